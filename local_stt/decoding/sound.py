"""Decode with libsndfile.  soundfile lives here."""

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
"""Samples that are decoded at once, over all channels, and lost together where a file is damaged"""

MAX_DAMAGED = 1000
"""Places in FLAC at which decoding goes on behind damage"""

Floats = npt.NDArray[np.float32]
Block = tuple[int, Floats]
"""Samples a second; samples of shape (n, channels), full scale being 1"""


class _Sound(soundfile.SoundFile):  # type: ignore[misc]
    """Reads on where it was.

    soundfile seeks to where it is after every read of what can be sought in, and there MP3 loses some
    of what it needs to go on.
    """

    def seekable(self) -> bool:
        return False


def silence(length: int, channels: int) -> Iterator[Floats]:
    """Give so many samples of silence, a block at a time."""
    for start in range(0, length, BLOCK):
        yield np.zeros((min(BLOCK, length - start), channels), np.float32)


class SoundSource:
    """A file that libsndfile decodes, segment by segment."""

    def __init__(self, file: Input, layout: Layout) -> None:
        """Raises `Refusal` for one that it cannot decode."""
        self._file, self._layout = file, layout
        self.stated, self.unread, self.is_cut = layout.stated, layout.unread, layout.is_cut
        self.damaged = layout.damaged
        with self._open(layout.segments[0]) as sound:
            self.rate, self.channels = sound.samplerate, sound.channels
        self.why = ""
        """What went wrong after the beginning"""

    @property
    def seconds(self) -> float | None:
        """How long it is; None if only decoding it can tell."""
        frames = [each.frames for each in self._layout.segments]
        if None in frames:
            return None
        return sum((each.frames or 0) / each.rate for each in self._layout.segments)

    def blocks(self, since: float = 0.0) -> Iterator[Block]:
        """Decode it, from a moment on, up to its end or to where it cannot be decoded."""
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
        """Give the blocks of a segment, and return how many seconds of `since` are in it.

        A block may be empty: it is a sign of life.
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
        """Give the samples from `skip` on; how many have passed, and what went wrong then."""
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
        """Decode FLAC behind damage, as often as there is some, with silence for what is lost."""
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
        """As the first segment has: one is heard on all, of more the first count."""
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
    """A pipe: what comes from one has no length that libmpg123 could guess."""
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
    """Return what libsndfile says went wrong."""
    return str(getattr(error, "error_string", "") or error).rstrip(". ")
