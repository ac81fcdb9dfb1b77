"""Read audio files piece by piece at any sample rate, also as a phone line would carry them."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import IO

from .audio import PHONE_RATE, Samples, encode_mulaw, samples_of_pcm
from .decoding.layout import Refusal
from .decoding.messages import End
from .decoding.process import DecoderProcess, glance
from .decoding.sentences import GIVE, sentence_of
from .errors import AudioFileError, NoRoomError
from .system.reserve import temporary_file
from .system.unbuffered import write_all

MAX_CHANNELS = 2
"""Maximum number of channels in the audio of a call"""

BLOCK = 2**16
"""Bytes that are read from a pipe at once"""

SHORT = 1.0
"""Seconds by which a file may be shorter than its header says without a note"""


class AudioFile:
    """An open audio file.  Raises `AudioFileError` for a file that cannot be read.

    A decoder process of its own decodes it (`decoding`).
    """

    def __init__(
        self,
        name: str,
        file: "RawIOBase | IO[bytes]",
        *,
        mono: bool = False,
        notice: bool = False,
        max_seconds: float | None = None,
    ) -> None:
        """`file` must be unbuffered; `name` is the file's name in messages.

        With `mono` all channels are mixed into one, with `notice` only if all have the same audio.
        `max_seconds` limits the seconds that are decoded beforehand, to find the length and compare channels.
        """
        self.name = name
        self._file = file
        self._max_seconds = max_seconds
        self._wish = "mono" if mono else "notice" if notice else ""
        self._decoder = self._decode()
        self.channels: int = self._decoder.channels
        self.rate: int = self._decoder.rate
        """Samples a second of the recording"""
        self.seconds: float = self._decoder.seconds
        """Length of its audio, as far as is known before it is read"""
        self.shortfall = ""
        """Sentences about a file that was read and found incomplete or damaged; empty for others"""
        self.goes_on = False
        """Whether there is more audio after the end of the part that was read"""
        if self._wish == "notice":
            self._wish = "mono" if self.channels == 1 else ""

    def read(self, rate: int, since: float = 0.0, until: float | None = None) -> Iterator[Samples]:
        """Yield its samples at a sample rate, from one second to another, as arrays of shape (n, channels).

        Raises `AudioFileError` if there is no audio that can be read.
        """
        if self._decoder.is_used:
            self._decoder.close()
            self._decoder = self._decode()
        decoder, count, why = self._decoder, 0, ""
        try:
            for pcm in decoder.samples(rate, since, until):
                samples = samples_of_pcm(pcm, self.channels)
                count += len(samples)
                yield samples
        except Refusal as refusal:  # samples that were read before are kept
            why = sentence_of(self.name, refusal)
        if not count:
            raise AudioFileError(why or self._without_audio(decoder.end, since))
        self._note(
            decoder.end if not why else End(seconds=count / rate, why="its decoder ended"), since, until
        )

    def again(self) -> "AudioFile":
        """Return the same file as a new `AudioFile`, to read it again from its beginning."""
        return AudioFile(self.name, self._file, mono=self._wish == "mono")

    def rest(self) -> None:
        """End the decoder process.  The next reading starts another."""
        self._decoder.is_used = True
        self._decoder.close()

    def digest(self) -> str:
        """Return the SHA-256 of all bytes of the file, in hexadecimal."""
        at = self._file.tell()
        self._file.seek(0)
        found = hashlib.file_digest(self._file, "sha256").hexdigest()  # type: ignore[arg-type]
        self._file.seek(at)
        return found

    def close(self) -> None:
        """End the decoder process.  The file itself stays open."""
        self._decoder.close()

    def _decode(self) -> DecoderProcess:
        try:
            return DecoderProcess(self._file.fileno(), self.name, self._wish, self._max_seconds)
        except Refusal as refusal:
            raise AudioFileError(sentence_of(self.name, refusal)) from refusal

    def _without_audio(self, end: End, since: float) -> str:
        """Explain why no audio was read."""
        why = end.why
        if since and not why:
            return f"{self.name} ends after {self.seconds:.1f} s: begin before that."
        return f"{self.name} has no audio in it that can be read{f' ({why})' if why else ''}: {GIVE}."

    def _note(self, end: End, since: float, until: float | None) -> None:
        """Note whether the file goes on, and what is missing or damaged in it."""
        reached, why = since + end.seconds, end.why
        self.goes_on = end.goes_on
        is_over = until is not None and reached >= until - SHORT
        found = []
        if (min(end.stated, until or end.stated) - reached > SHORT) or ((why or end.is_cut) and not is_over):
            of_all = f" of {min(end.stated, until or end.stated):.1f} s" if end.stated > reached else ""
            found.append(f"breaks off after {reached:.1f} s{of_all}{f' ({why})' if why else ''}.")
        if end.unread and not is_over:
            found.append(f"has {end.unread:,} bytes that are no audio and were not read.")
        if end.damaged and not is_over:
            places = f"{end.damaged:,} places" if end.damaged > 1 else "1 place"
            found.append(f"is damaged in {places}: what was said there may be missing or wrong.")
        self.shortfall = " ".join(f"{self.name} {each}" for each in found)


def look_at(name: str, file: "RawIOBase | IO[bytes]") -> float:
    """Return the length that a file states, in seconds; 0 if it states none, or finding out takes long.

    Only the beginning is read, in a few seconds at most.  Raises `AudioFileError` if that shows that the file
    cannot be read.
    """
    try:
        return glance(file.fileno(), name)
    except Refusal as refusal:
        raise AudioFileError(sentence_of(name, refusal)) from refusal


@contextlib.contextmanager
def open_audio(path: Path, *, mono: bool = False, notice: bool = False) -> Iterator[AudioFile]:
    """Open a file or a pipe; `mono` and `notice` as for `AudioFile`.  Raises `AudioFileError`."""
    with (
        open_bytes(path) as file,
        contextlib.closing(AudioFile(str(path), file, mono=mono, notice=notice)) as audio,
    ):
        yield audio


@contextlib.contextmanager
def open_bytes(path: Path) -> Iterator[RawIOBase]:
    """Open a file or a pipe to be read from any place.  Raises `AudioFileError`."""
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise AudioFileError(f"There is no audio file {path}.") from error
    except IsADirectoryError as error:
        raise AudioFileError(f"{path} is a folder: name the audio files in it.") from error
    except OSError as error:
        raise AudioFileError(
            f"{path} cannot be read ({error.strerror}): see who may read it, or give another."
        ) from error
    with contextlib.ExitStack() as stack:
        stack.enter_context(file)
        yield file if file.seekable() else stack.enter_context(spooled(str(path), file))


@contextlib.contextmanager
def open_stream(
    name: str, stream: "RawIOBase | IO[bytes]", *, mono: bool = False, notice: bool = False
) -> Iterator[AudioFile]:
    """Open what a pipe carries, by way of a temporary file without a name.  Raises `AudioFileError`."""
    with (
        spooled(name, stream) as file,
        contextlib.closing(AudioFile(name, file, mono=mono, notice=notice)) as audio,
    ):
        yield audio


@contextlib.contextmanager
def spooled(name: str, stream: "RawIOBase | IO[bytes]") -> Iterator[RawIOBase]:
    """Write what a pipe carries to a temporary file without a name.  Raises `AudioFileError`."""

    def fill(file: RawIOBase) -> None:
        for block in iter(lambda: stream.read(BLOCK), b""):
            write_all(file, block or b"")

    with _filled(name, fill) as file:
        yield file


@contextlib.contextmanager
def open_filled(
    name: str, fill: Callable[[RawIOBase], object], *, mono: bool = False, notice: bool = False
) -> Iterator[AudioFile]:
    """Open a temporary file without a name that `fill` writes.  Raises `AudioFileError`."""
    with (
        _filled(name, fill) as file,
        contextlib.closing(AudioFile(name, file, mono=mono, notice=notice)) as audio,
    ):
        yield audio


@contextlib.contextmanager
def _filled(name: str, fill: Callable[[RawIOBase], object]) -> Iterator[RawIOBase]:
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(temporary_file())
            fill(file)
        except OSError as error:
            raise NoRoomError(f"{name} cannot be stored on disk ({error.strerror}): make room.") from error
        file.seek(0)
        yield file


def read_phone_audio(path: Path) -> list[bytes]:
    """Read a file's channels as 8 kHz mu-law: the first for the caller, a second for the callee.

    All formats of `AudioFile` are allowed.  The channels have the same length.  Raises `AudioFileError` for a
    file that cannot be read or has more than 2 channels.
    """
    with open_audio(path) as file:
        if file.channels > MAX_CHANNELS:
            raise AudioFileError(
                f"{path} has {file.channels} channels, and a call has a caller and a callee: give 1 or 2."
            )
        tracks = [bytearray() for _ in range(file.channels)]
        for samples in file.read(PHONE_RATE):
            for track, channel in zip(tracks, samples.T, strict=True):
                track += encode_mulaw(channel)
    return [bytes(track) for track in tracks]
