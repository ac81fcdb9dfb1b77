"""Where a speaker's audio may be cut, so that the parts can be recognized side by side.  No I/O.

A cut at which the gate is closed changes nothing: whoever listens to the whole ends the utterance
there as well, and begins anew when somebody speaks again.
"""

import copy
from collections import deque

from ..audio import Source, frame_levels
from ..ear import Checkpoint
from ..gate import Gate
from ..timeline import Stretch

PIECE = Source.FILE.position(0.1)
"""Bytes that are heard at a time, as of calls"""

SECTION_SECONDS = 30.0
"""After which a section ends with the next silence"""

ADAPTING_SECONDS = 120.0
"""The same for a model that adapts to its speaker, whom it has to get to know anew in each section"""

REACH_SECONDS = 30.0
"""How long that silence is waited for; then the softest moment will do"""

MOMENTS = 100
"""Pieces of which it is the softest: ten seconds have a breath in them"""


class Cutter:
    """Listens to one speaker, 100 ms at a time, and says where a section ends and the next begins."""

    def __init__(self, position: int, *, adapts: bool) -> None:
        """`position` is where the audio begins, `adapts` is of the model."""
        self._gate = Gate(Source.FILE, pauses=not adapts)
        self._least = Source.FILE.position(ADAPTING_SECONDS if adapts else SECTION_SECONDS)
        self._most = self._least + Source.FILE.position(REACH_SECONDS)
        self._levels: deque[float] = deque(maxlen=MOMENTS)
        self.checkpoint = Checkpoint(position)
        """Where the section began that is going on, and what its gate knew then"""

    def hear(self, piece: Stretch) -> bool:
        """Take the next piece; whether its end is where to cut, and so a new section's beginning."""
        self._gate.hear(piece.audio, busy=True)
        length = piece.end - self.checkpoint.position
        if length < self._least:
            return False
        if self._gate.is_open and not (self._is_softest(piece) and length >= self._most):
            return False
        self._levels.clear()
        self.checkpoint = Checkpoint(piece.end, gate=copy.deepcopy(self._gate))
        return True

    def _is_softest(self, piece: Stretch) -> bool:
        level = max(frame_levels(piece.audio, Source.FILE), default=0.0)
        softest = level <= min(self._levels, default=level)
        self._levels.append(level)
        return softest and len(self._levels) == MOMENTS
