"""Where a speaker's audio may be cut, so that the parts can be recognized side by side.  No I/O.

A cut at which the gate is closed changes nothing: whoever listens to the whole ends the utterance
there as well, and begins anew when somebody speaks again.
"""

import copy
from collections import deque

from ..audio import Source, frame_levels
from .jitter_buffer import AudioChunk
from .track_transcriber import Checkpoint
from .vad import SpeechGate

CHUNK_SECONDS = 0.1
"""Of audio that is heard at a time, as of calls"""

MIN_SECTION_SECONDS, MAX_SECTION_SECONDS = 30.0, 120.0
"""Seconds after which a section ends with the next silence.  Each has a recognizer of its own, whose
work is slower at first, and which has to get to know its speaker if its model adapts to that"""

SECTIONS_PER_CORE = 8
"""So many of a file at least, if they are not too short, or cores would be idle at its end"""

SEARCH_SECONDS = 30.0
"""How long that silence is waited for; then the softest moment will do"""

LEVELS_COMPARED = 100
"""Pieces of which it is the softest: ten seconds have a breath in them"""


def section_seconds(seconds: float, cores: int, *, adapts: bool) -> float:
    """How long sections of a file of so many seconds should be, for a model that adapts or does not."""
    if adapts:
        return MAX_SECTION_SECONDS
    share = seconds / (SECTIONS_PER_CORE * cores)
    return min(MAX_SECTION_SECONDS, max(MIN_SECTION_SECONDS, share))


class Cutter:
    """Listens to one speaker, 100 ms at a time, and says where a section ends and the next begins."""

    def __init__(
        self, position: int, section_seconds: float, source: Source = Source.FILE, *, adapts: bool
    ) -> None:
        """`position` is where the audio begins; `adapts` is of the model."""
        self.source = source
        self._gate = SpeechGate(source, pauses=not adapts)
        self._min_length = source.position(section_seconds)
        self._max_length = self._min_length + source.position(SEARCH_SECONDS)
        self._levels: deque[float] = deque(maxlen=LEVELS_COMPARED)
        self.checkpoint = Checkpoint(position)
        """Where the section began that is going on, and what its gate knew then"""

    def push(self, chunk: AudioChunk) -> bool:
        """Take the next chunk; whether its end is where to cut, and so a new section's beginning."""
        self._gate.push(chunk.audio, busy=True)
        length = chunk.end - self.checkpoint.position
        if length < self._min_length:
            return False
        if self._gate.is_open and not (self._is_softest(chunk) and length >= self._max_length):
            return False
        self._levels.clear()
        self.checkpoint = Checkpoint(chunk.end, gate=copy.deepcopy(self._gate))
        return True

    def _is_softest(self, chunk: AudioChunk) -> bool:
        level = max(frame_levels(chunk.audio, self.source), default=0.0)
        softest = level <= min(self._levels, default=level)
        self._levels.append(level)
        return softest and len(self._levels) == LEVELS_COMPARED
