"""Decide where to cut a speaker's audio, so that the sections can be recognized in parallel.  No I/O.

A cut at which the gate is closed does not change the words.  A transcriber of the whole audio ends the
utterance there too, and begins a new one when somebody speaks again.
"""

import copy
from collections import deque

from ..audio import Source, frame_levels
from .jitter_buffer import AudioChunk
from .track_transcriber import Checkpoint
from .vad import SpeechGate

CHUNK_SECONDS = 0.1
"""Seconds of audio that are taken at a time, as on calls"""

MIN_SECTION_SECONDS, MAX_SECTION_SECONDS = 30.0, 120.0
"""Bounds, in seconds, of the length after which a section ends at the next silence.  Each section has its own
recognizer, which is slower at first, and must adapt to its speaker if its model does that."""

SECTIONS_PER_CORE = 8
"""Minimum sections of a file per core, if they are not too short: with fewer, cores idle at its end"""

SEARCH_SECONDS = 30.0
"""Seconds of search for that silence; after them the section ends at the softest moment"""

LEVELS_COMPARED = 100
"""Chunks among which that moment is the softest: ten seconds have a breath in them"""


def section_seconds(seconds: float, cores: int, *, adapts: bool) -> float:
    """Return how many seconds sections should have in a file of `seconds`.

    `adapts` says whether the model adapts to its speaker.
    """
    if adapts:
        return MAX_SECTION_SECONDS
    share = seconds / (SECTIONS_PER_CORE * cores)
    return min(MAX_SECTION_SECONDS, max(MIN_SECTION_SECONDS, share))


class Cutter:
    """Takes the audio of one speaker, 100 ms at a time, and says where a section ends and the next begins."""

    def __init__(
        self, position: int, section_seconds: float, source: Source = Source.FILE, *, adapts: bool
    ) -> None:
        """`position` is where the audio begins, in bytes.  `adapts` is as for `section_seconds`."""
        self.source = source
        self._gate = SpeechGate(source, pauses=not adapts)
        self._min_length = source.position(section_seconds)
        self._max_length = self._min_length + source.position(SEARCH_SECONDS)
        self._levels: deque[float] = deque(maxlen=LEVELS_COMPARED)
        self.checkpoint = Checkpoint(position)
        """Beginning of the current section, with the state of the gate there"""

    def push(self, chunk: AudioChunk) -> bool:
        """Take the next chunk; return whether to cut at its end, where a new section then begins."""
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
