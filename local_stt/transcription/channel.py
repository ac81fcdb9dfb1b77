"""Cut one channel of a file into sections, for an engine to recognize."""

from collections.abc import Callable

from ..core.jitter_buffer import AudioChunk
from ..core.segmenter import CHUNK_SECONDS, Cutter
from ..engine import Engine
from ..events import CallStarted, FinalText, TrackEvent


class Section:
    """What one speaker says between two cuts.  The engine's threads add its events."""

    def __init__(self, engine: Engine, name: str, channel: str, cutter: Cutter) -> None:
        """Begin where the cutter is; `name` is the file's."""
        self.events: list[TrackEvent] = []
        self._source = cutter.source
        self._start = self._end = cutter.checkpoint.position
        self._finished = False
        self._sink = engine.open(
            CallStarted(name, (channel,)), channel, self.events.extend, cutter.checkpoint, cutter.source
        )

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk."""
        self._end = chunk.end
        self._sink.push(chunk)

    def finish(self) -> None:
        """End the section: no more audio will come."""
        self._finished = True
        self._sink.finish()

    def is_done(self, seconds: float = 0.0) -> bool:
        """Check whether all its words are there, after waiting for `seconds` at most."""
        return self._finished and self._sink.wait(seconds)

    @property
    def seconds(self) -> float:
        """Seconds of it that are recognized, as far as its words show."""
        end = self._source.seconds(self._end)
        if not self.is_done():
            end = max((each.end for each in self.events[-1:] if isinstance(each, FinalText)), default=0.0)
        return max(0.0, end - self._source.seconds(self._start))


class Speaker:
    """One channel of a file, whose audio may come in any amounts."""

    def __init__(self, cutter: Cutter, begin: Callable[[Cutter], Section]) -> None:
        """Begin each section with `begin`."""
        self._cutter, self._begin = cutter, begin
        self._position = cutter.checkpoint.position
        self._chunk_bytes = cutter.source.position(CHUNK_SECONDS)
        self._rest = b""  # less than a chunk
        self._section: Section | None = None

    @property
    def position(self) -> int:
        """End of the audio that has come, in bytes of the file's audio."""
        return self._position + len(self._rest)

    def push(self, pcm: bytes) -> None:
        """Take the audio that comes next."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % self._chunk_bytes
        for at in range(0, whole, self._chunk_bytes):
            self._push_chunk(pcm[at : at + self._chunk_bytes])
        self._rest = pcm[whole:]

    def finish(self) -> None:
        """End the last section: no more audio will come."""
        if self._rest:
            self._push_chunk(self._rest)
            self._rest = b""
        self._end_section()

    def _push_chunk(self, pcm: bytes) -> None:
        chunk = AudioChunk(self._position, pcm)
        self._position = chunk.end
        self._section = self._section or self._begin(self._cutter)
        self._section.push(chunk)
        if self._cutter.push(chunk):
            self._end_section()

    def _end_section(self) -> None:
        if self._section:
            self._section.finish()
            self._section = None
