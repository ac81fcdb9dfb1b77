"""Decode with libsndfile, by the package soundfile."""

import contextlib
import os
import threading
from collections.abc import Generator, Iterator

import numpy as np
import numpy.typing as npt
import soundfile

from .flac import next_frame
from .input import Input, Joined
from .layout import MAX_CHANNELS, MAX_RATE, MIN_RATE, Layout, Refusal, Segment

BLOCK = 2**14
"""Samples of all channels together that are decoded at once, and lost at once where a file is damaged"""

MAX_DAMAGED = 1000
"""Damaged places of a FLAC file behind which decoding goes on"""

Floats = npt.NDArray[np.float32]
Block = tuple[int, Floats]
"""Samples a second; samples of shape (n, channels), full scale being 1"""


class _Sound(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is read without seeking.

    soundfile seeks to its own position after every read of a seekable file, and MP3 then loses some of the
    data that it needs to go on.
    """

    def seekable(self) -> bool:
        return False


def silence(length: int, channels: int) -> Iterator[Floats]:
    """Yield `length` samples of silence for each channel, in arrays of shape (n, channels)."""
    for start in range(0, length, BLOCK):
        yield np.zeros((min(BLOCK, length - start), channels), np.float32)


class SoundSource:
    """A file that libsndfile decodes, segment by segment."""

    def __init__(self, file: Input, layout: Layout) -> None:
        """Open the first segment.  Raises `Refusal` for a file that libsndfile cannot decode."""
        self._file, self._layout = file, layout
        self.stated, self.unread, self.is_cut = layout.stated, layout.unread, layout.is_cut
        self.damaged = layout.damaged
        with self._open(layout.segments[0]) as sound:
            self.rate, self.channels = sound.samplerate, sound.channels
        self.why = ""
        """The reason why decoding ended early; empty if it did not"""

    @property
    def seconds(self) -> float | None:
        """Seconds that it lasts; None if only decoding can tell."""
        frames = [each.frames for each in self._layout.segments]
        if None in frames:
            return None
        return sum((each.frames or 0) / each.rate for each in self._layout.segments)

    def blocks(self, since: float = 0.0) -> Iterator[Block]:
        """Decode from second `since` on, up to the end or to where decoding fails; `why` then says why."""
        self.damaged = self._layout.damaged
        for number, segment in enumerate(self._layout.segments):
            try:
                with self._open(segment) as sound:
                    since -= yield from self._decode(sound, segment, since)
            except Refusal as refusal:
                self.why = str(refusal.fields.get("reason", ""))
                if number == 0:
                    return

    def _decode(self, sound: _Sound, segment: Segment, since: float) -> Generator[Block, None, float]:
        """Yield the blocks of a segment, and return how many seconds of `since` are in it.

        A block may be empty, as a sign of life.
        """
        rate = sound.samplerate
        skip = max(0, round(since * rate))
        passed, why = yield from self._give(sound, segment, skip)
        if why and segment.flac_block:
            passed, why = yield from self._go_on(segment, skip, passed, why)
        self.why = why or self.why
        return min(since, float(passed / rate))

    def _give(
        self, sound: _Sound, segment: Segment, skip: int, passed: int = 0
    ) -> Generator[Block, None, tuple[int, str]]:
        """Yield the samples from `skip` on; return how many have passed, and what went wrong then."""
        try:
            if segment.is_sought and skip < sound.frames and soundfile.SoundFile.seekable(sound):
                passed = sound.seek(skip)
            while len(samples := self._read(sound, segment.flac_block)):
                yield sound.samplerate, self._as_many_channels(samples[max(0, skip - passed) :])
                passed += len(samples)
        except soundfile.SoundFileError as error:
            return passed, reason_of(error)
        return passed, ""

    def _go_on(
        self, segment: Segment, skip: int, passed: int, why: str
    ) -> Generator[Block, None, tuple[int, str]]:
        """Decode FLAC behind each damaged place, with silence for lost samples; return as `_give` does."""
        while why and self.damaged < MAX_DAMAGED and (found := next_frame(self._file, segment, passed + 1)):
            self.damaged += 1
            number, segment = found
            for samples in silence(number - max(passed, min(skip, number)), self.channels):
                yield segment.rate, samples
            with self._open(segment) as sound:
                passed, why = yield from self._give(sound, segment, skip, number)
        return passed, why

    def _read(self, sound: _Sound, count: int) -> Floats:
        samples: Floats = sound.read(
            count or max(1, BLOCK // sound.channels), dtype="float32", always_2d=True
        )
        return samples

    def _as_many_channels(self, samples: Floats) -> Floats:
        """Fit samples to the channels of the first segment.

        A single channel is copied to all.  Missing channels are silent, and those beyond are dropped.
        """
        if samples.shape[1] == self.channels:
            return samples
        if samples.shape[1] == 1:
            return np.repeat(samples, self.channels, axis=1)
        if samples.shape[1] < self.channels:
            return np.pad(samples, ((0, 0), (0, self.channels - samples.shape[1])))
        return samples[:, : self.channels]

    @contextlib.contextmanager
    def _open(self, segment: Segment) -> Iterator[_Sound]:
        with contextlib.ExitStack() as stack:
            joined = Joined(self._file, segment.parts)
            try:
                if segment.is_mpeg:
                    sound = stack.enter_context(_Sound(stack.enter_context(_piped(joined)), closefd=False))
                else:
                    sound = stack.enter_context(_Sound(joined))
            except (soundfile.SoundFileError, TypeError, ValueError) as error:
                raise Refusal("broken", reason=reason_of(error)) from error
            if not (1 <= sound.channels <= MAX_CHANNELS and MIN_RATE <= sound.samplerate <= MAX_RATE):
                raise Refusal("broken", reason="what it says of itself does not go together")
            yield sound


@contextlib.contextmanager
def _piped(joined: Joined) -> Iterator[int]:
    """Feed the file through a pipe, as that has no length that libmpg123 could guess."""
    theirs, ours = os.pipe()

    def feed() -> None:
        with contextlib.suppress(OSError), os.fdopen(ours, "wb") as pipe:
            for block in joined.blocks():
                pipe.write(block)

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        thread.join()


def reason_of(error: Exception) -> str:
    """Return libsndfile's message about an error, without a full stop."""
    return str(getattr(error, "error_string", "") or error).rstrip(". ")
