"""Audio files, read bit by bit at any rate, also as a phone line would carry them."""

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
"""Of a call"""

BLOCK = 2**16
"""Bytes that are taken from a pipe at once"""

SHORT = 1.0
"""Seconds by which a file may be shorter than it says"""


class AudioFile:
    """An open audio file.  Raises `AudioFileError` for one that cannot be read.

    A process of its own decodes it: see `decoding`.
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
        """`file` has nothing buffered; `name` is what a person calls it.

        With `mono` all channels are mixed into one; with `notice` those that carry the same are one.
        `max_seconds` is how many seconds are worth decoding to learn of what lies behind them.
        """
        self.name = name
        self._file = file
        self._max_seconds = max_seconds
        self._wish = "mono" if mono else "notice" if notice else ""
        self._decoder = self._decode()
        self.channels: int = self._decoder.channels
        self.rate: int = self._decoder.rate
        """Samples a second, as it was recorded"""
        self.seconds: float = self._decoder.seconds
        """How long it is, as far as is known before it is read"""
        self.shortfall = ""
        """What to say of it when it has been read and was not whole"""
        self.goes_on = False
        """Whether there was more behind the end that was asked for, when it has been read"""
        if self._wish == "notice":
            self._wish = "mono" if self.channels == 1 else ""

    def read(self, rate: int, since: float = 0.0, until: float | None = None) -> Iterator[Samples]:
        """Return its samples at a rate, from one second to another, as arrays of shape (n, channels)."""
        if self._decoder.is_used:
            self._decoder.close()
            self._decoder = self._decode()
        decoder, count, why = self._decoder, 0, ""
        try:
            for pcm in decoder.samples(rate, since, until):
                samples = samples_of_pcm(pcm, self.channels)
                count += len(samples)
                yield samples
        except Refusal as refusal:  # what was read before is there all the same
            why = sentence_of(self.name, refusal)
        if not count:
            raise AudioFileError(why or self._without_audio(decoder.end, since))
        self._note(
            decoder.end if not why else End(seconds=count / rate, why="its decoder ended"), since, until
        )

    def again(self) -> "AudioFile":
        """Return the same file, to be read once more from its beginning."""
        return AudioFile(self.name, self._file, mono=self._wish == "mono")

    def rest(self) -> None:
        """End the process that decodes it; reading starts another."""
        self._decoder.is_used = True
        self._decoder.close()

    def digest(self) -> str:
        """Return the SHA-256 of all its bytes, in hexadecimal."""
        at = self._file.tell()
        self._file.seek(0)
        found = hashlib.file_digest(self._file, "sha256").hexdigest()  # type: ignore[arg-type]
        self._file.seek(at)
        return found

    def close(self) -> None:
        """Let go of it; the file itself stays open."""
        self._decoder.close()

    def _decode(self) -> DecoderProcess:
        try:
            return DecoderProcess(self._file.fileno(), self.name, self._wish, self._max_seconds)
        except Refusal as refusal:
            raise AudioFileError(sentence_of(self.name, refusal)) from refusal

    def _without_audio(self, end: End, since: float) -> str:
        """Why nothing came of it."""
        why = end.why
        if since and not why:
            return f"{self.name} ends after {self.seconds:.1f} s: begin before that."
        return f"{self.name} has no audio in it that can be read{f' ({why})' if why else ''}: {GIVE}."

    def _note(self, end: End, since: float, until: float | None) -> None:
        """Keep what to say of a file that was not whole."""
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
    """Return how many seconds a file says it lasts; 0 if it does not say, or not soon.

    Only its beginning is looked at, with a few seconds of work at most.  Raises `AudioFileError` if that
    shows that it cannot be read.
    """
    try:
        return glance(file.fileno(), name)
    except Refusal as refusal:
        raise AudioFileError(sentence_of(name, refusal)) from refusal


@contextlib.contextmanager
def open_audio(path: Path, *, mono: bool = False, notice: bool = False) -> Iterator[AudioFile]:
    """Open a file or a pipe; `mono` and `notice` as for `AudioFile`.  Raises `AudioFileError`."""
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
    with file:
        if file.seekable():
            with contextlib.closing(AudioFile(str(path), file, mono=mono, notice=notice)) as audio:
                yield audio
        else:
            with open_stream(str(path), file, mono=mono, notice=notice) as audio:
                yield audio


@contextlib.contextmanager
def open_stream(
    name: str, stream: "RawIOBase | IO[bytes]", *, mono: bool = False, notice: bool = False
) -> Iterator[AudioFile]:
    """Open what comes from a pipe, whole, by way of a temporary file that has no name."""

    def fill(file: RawIOBase) -> None:
        for block in iter(lambda: stream.read(BLOCK), b""):
            write_all(file, block or b"")

    with open_filled(name, fill, mono=mono, notice=notice) as audio:
        yield audio


@contextlib.contextmanager
def open_filled(
    name: str, fill: Callable[[RawIOBase], object], *, mono: bool = False, notice: bool = False
) -> Iterator[AudioFile]:
    """Open a temporary file that has no name, with what `fill` writes to it.  Raises `AudioFileError`."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(temporary_file())
            fill(file)
        except OSError as error:
            raise NoRoomError(f"{name} cannot be held on disk ({error.strerror}): make room.") from error
        file.seek(0)
        yield stack.enter_context(contextlib.closing(AudioFile(name, file, mono=mono, notice=notice)))


def read_phone_audio(path: Path) -> list[bytes]:
    """The file's channels as 8 kHz mu-law: one for the caller, a second for the callee.

    Any format that is read will do.  Channels have the same length.  Raises `AudioFileError`.
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
