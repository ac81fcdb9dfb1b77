"""Audio files, read bit by bit, also as a phone line would carry them.  soundfile and soxr live here."""

import contextlib
import hashlib
import math
import re
import tempfile
from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import IO, Any

import soundfile
import soxr

from .audio import PHONE_RATE, Samples, encode_mulaw, to_16_bit
from .errors import AudioFileError, NoRoomError
from .unbuffered import write_all

MOST_CHANNELS = 2
"""Of a call"""

SLOWEST = 2000
"""Samples a second: with fewer it is no speech, and a small file would last for days"""

BLOCK = 2**14
"""Samples that are read at once, over all channels, and lost together where a file is damaged"""

UNTOLD = 0x7FFF0000
"""Bytes: a program that writes WAV to a pipe says so many or more, because it cannot know"""

UNKNOWN = 2**63 - 1
"""Samples: what libsndfile says of FLAC that went through a pipe, whose header cannot tell"""

SHORT = 1.0
"""Seconds by which a file may be shorter than it says"""


class _Sound(soundfile.SoundFile):  # type: ignore[misc]
    """Reads on where it was.

    soundfile seeks to where it is after every read of what can be sought in, and there MP3 loses some
    of what it needs to go on.
    """

    def seekable(self) -> bool:
        return False


class AudioFile:
    """An open audio file.  Raises `AudioFileError` for one that cannot be heard."""

    def __init__(self, name: str, file: "RawIOBase | IO[bytes]") -> None:
        """`file` has nothing buffered; `name` is what a person calls it."""
        self.name = name
        self._file = file
        try:
            self._sound = _Sound(file.fileno(), closefd=False)
        except (soundfile.LibsndfileError, TypeError) as error:
            reason = "it is empty" if not file.seek(0, 2) else _reason(error)
            raise AudioFileError(
                f"{name} cannot be read as audio ({reason}): give a WAV, FLAC, MP3 or OGG file."
            ) from error
        self.rate: int = self._sound.samplerate
        self.channels: int = self._sound.channels
        self._frames: int = self._sound.frames
        if self._frames == UNKNOWN:
            self._frames = self._counted()
        self.seconds: float = self._frames / self.rate
        """How long it is, as far as is known before it is read"""
        self.shortfall = ""
        """What is to be said of it when it has been read and was not whole"""
        if not self.seconds:
            raise AudioFileError(f"{name} has no audio in it.")
        if self.rate < SLOWEST:
            raise AudioFileError(f"{name} has {self.rate} samples a second, which is too few for speech.")

    def read(self, rate: int, since: float = 0.0, until: float | None = None) -> Iterator[Samples]:
        """Its samples at another rate, from one second to another, as arrays of shape (n, channels)."""
        resampler = soxr.ResampleStream(self.rate, rate, self.channels, dtype="float32")
        first, end = round(since * self.rate), round((self.seconds if until is None else until) * self.rate)
        if since >= self.seconds:
            raise AudioFileError(f"{self.name} ends after {self.seconds:.1f} s: begin before that.")
        at, why = first, ""
        try:
            self._go_to(first)
            while len(samples := self._block(end - at)):
                at += len(samples)
                yield to_16_bit(resampler.resample_chunk(samples))
        except soundfile.LibsndfileError as error:  # what was read before is there all the same
            why = f" ({_reason(error)})"
        if at == first:
            raise AudioFileError(f"{self.name} has no audio in it that can be read{why}.")
        yield to_16_bit(resampler.resample_chunk(samples[:0], last=True))
        told = self._announced if until is None else min(end, self._announced)
        if told - at > SHORT * self.rate:
            self.shortfall = (
                f"{self.name} breaks off after {at / self.rate:.1f} s of {told / self.rate:.1f} s{why}."
            )

    def again(self) -> "AudioFile":
        """The same file, to be read once more from its beginning when this has been read."""
        self._file.seek(0)
        return AudioFile(self.name, self._file)

    def digest(self) -> str:
        """SHA-256 of all its bytes, in hexadecimal."""
        at = self._file.tell()
        self._file.seek(0)
        found = hashlib.file_digest(self._file, "sha256").hexdigest()  # type: ignore[arg-type]
        self._file.seek(at)
        return found

    def close(self) -> None:
        """Let go of it; the file itself stays open."""
        self._sound.close()

    def _go_to(self, frame: int) -> None:
        """From the beginning; in GSM, for one, by reading what is before, since it cannot be passed over."""
        if soundfile.SoundFile.seekable(self._sound):
            self._sound.seek(frame)
            return
        while frame and (passed := len(self._block(frame))):
            frame -= passed

    def _counted(self) -> int:
        """Its samples, of which it must be read to know how many there are."""
        frames = 0
        with contextlib.suppress(soundfile.LibsndfileError):  # which is told of when it is heard
            while samples := len(self._block()):
                frames += samples
        self._sound.seek(0)
        return frames

    def _block(self, most: float = math.inf) -> Any:
        return self._sound.read(min(max(1, BLOCK // self.channels), most), dtype="float32", always_2d=True)

    @property
    def _announced(self) -> float:
        """Samples that its header says there are: of a WAV file libsndfile notes that there are fewer."""
        fewer = re.search(r"^data : (\d+) \(should be (\d+)\)", self._sound.extra_info, re.MULTILINE)
        if fewer and int(fewer[1]) < UNTOLD:
            return self._frames * int(fewer[1]) / int(fewer[2])
        return self._frames


def _reason(error: Exception) -> str:
    return str(getattr(error, "error_string", "") or error).rstrip(". ")


@contextlib.contextmanager
def open_audio(path: Path) -> Iterator[AudioFile]:
    """A file or a pipe.  Raises `AudioFileError`."""
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
            with contextlib.closing(AudioFile(str(path), file)) as audio:
                yield audio
        else:
            with open_stream(str(path), file) as audio:
                yield audio


@contextlib.contextmanager
def open_stream(name: str, stream: "RawIOBase | IO[bytes]") -> Iterator[AudioFile]:
    """What comes from a pipe, whole, by way of a temporary file that has no name."""

    def fill(file: IO[bytes]) -> None:
        for block in iter(lambda: stream.read(BLOCK), b""):
            write_all(file, block or b"")

    with open_filled(name, fill) as audio:
        yield audio


@contextlib.contextmanager
def open_filled(name: str, fill: Callable[[IO[bytes]], object]) -> Iterator[AudioFile]:
    """A temporary file that has no name, with what `fill` writes to it.  Raises `AudioFileError`."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(prefix="local_stt-", buffering=0))
            fill(file)
        except OSError as error:
            raise NoRoomError(f"{name} cannot be held on disk ({error.strerror}): make room.") from error
        file.seek(0)
        yield stack.enter_context(contextlib.closing(AudioFile(name, file)))


def read_phone_audio(path: Path) -> list[bytes]:
    """The file's channels as 8 kHz mu-law: one for the caller, a second for the callee.

    Any format, rate and length libsndfile reads (WAV, FLAC, MP3, OGG).  Channels have the same
    length.  Raises `AudioFileError`.
    """
    with open_audio(path) as file:
        if file.channels > MOST_CHANNELS:
            raise AudioFileError(
                f"{path} has {file.channels} channels, and a call has a caller and a callee: give 1 or 2."
            )
        tracks = [bytearray() for _ in range(file.channels)]
        for samples in file.read(PHONE_RATE):
            for track, channel in zip(tracks, samples.T, strict=True):
                track += encode_mulaw(channel)
    return [bytes(track) for track in tracks]
