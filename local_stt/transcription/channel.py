"""One channel of a file: its audio, cut to sections, which an engine hears."""

from collections.abc import Callable

from ..core.jitter_buffer import AudioChunk
from ..core.segmenter import PIECE_SECONDS, Cutter
from ..engine import Engine
from ..events import CallStarted, Event, FinalText


class Section:
    """What one speaker says between two cuts.  It is heard elsewhere, and told by other threads."""

    def __init__(self, engine: Engine, name: str, channel: str, cutter: Cutter) -> None:
        """Begins where the cutter is; `name` is the file's."""
        self.told: list[Event] = []
        self._source = cutter.source
        self._start = self._end = cutter.checkpoint.position
        self._finished = False
        self._listener = engine.open(
            CallStarted(name, (channel,)), channel, self.told.extend, cutter.checkpoint, cutter.source
        )

    def hear(self, piece: AudioChunk) -> None:
        """Take the next piece."""
        self._end = piece.end
        self._listener.hear(piece)

    def finish(self) -> None:
        """No more will come."""
        self._finished = True
        self._listener.finish()

    def is_done(self, seconds: float = 0.0) -> bool:
        """Whether every word of it has been told, after so many seconds at most."""
        return self._finished and self._listener.wait(seconds)

    @property
    def seconds(self) -> float:
        """How much of it is recognized, as far as its words tell."""
        end = self._source.seconds(self._end)
        if not self.is_done():
            end = max((each.end for each in self.told[-1:] if isinstance(each, FinalText)), default=0.0)
        return max(0.0, end - self._source.seconds(self._start))


class Speaker:
    """Takes a channel's audio, in any amounts."""

    def __init__(self, cutter: Cutter, begin: Callable[[Cutter], Section]) -> None:
        """`begin` begins a section."""
        self._cutter, self._begin = cutter, begin
        self._position = cutter.checkpoint.position
        self._piece = cutter.source.position(PIECE_SECONDS)
        self._rest = b""  # less than a piece
        self._section: Section | None = None

    @property
    def position(self) -> int:
        """How far it has come, in bytes of audio."""
        return self._position + len(self._rest)

    def hear(self, pcm: bytes) -> None:
        """Take what comes next."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % self._piece
        for at in range(0, whole, self._piece):
            self._pass_on(pcm[at : at + self._piece])
        self._rest = pcm[whole:]

    def finish(self) -> None:
        """No more will come."""
        if self._rest:
            self._pass_on(self._rest)
            self._rest = b""
        self._end_section()

    def _pass_on(self, pcm: bytes) -> None:
        piece = AudioChunk(self._position, pcm)
        self._position = piece.end
        self._section = self._section or self._begin(self._cutter)
        self._section.hear(piece)
        if self._cutter.hear(piece):
            self._end_section()

    def _end_section(self) -> None:
        if self._section:
            self._section.finish()
            self._section = None
