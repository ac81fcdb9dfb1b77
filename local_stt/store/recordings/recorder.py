"""Record calls in files while they go on."""

from collections.abc import Callable
from dataclasses import dataclass

from ...audio import PHONE_RATE
from ...core.call_session import OpenSink, TrackSink
from ...core.jitter_buffer import AudioChunk
from ...core.media_stream import TRACKS
from ...errors import StoreError
from ...events import CallStarted
from ...system.parts import Measurement, Part
from ...system.write_behind import NeverWritable, NotWritableNow, Wording, WriteBehindQueue
from .folder import Recordings
from .wav_file import RecordingFile

MAX_PENDING = 64 * 1024 * 1024
"""Bytes of audio that may wait: two minutes of fifty calls"""

WRITE_TIMEOUT = 5.0
"""Seconds to write what still waits at the end"""

WORDING = Wording(
    "The folder of recordings",
    "their audio",
    lambda lost: f"{lost / PHONE_RATE:.0f} seconds of recordings",
)


@dataclass(frozen=True, slots=True)
class TrackAudio:
    """An audio chunk of one track; the chunk is None when no more will come."""

    call_id: str
    track: str
    chunk: AudioChunk | None


class Recorder(Part):
    """A part that opens sinks and records their audio before they get it.  Safe to share between threads."""

    def __init__(
        self,
        recordings: Recordings,
        open_sink: OpenSink,
        should_record: Callable[[CallStarted], bool] = lambda _: True,
        max_pending: int = MAX_PENDING,
    ) -> None:
        self._should_record = should_record
        self._recordings, self._open_sink = recordings, open_sink
        self._files: dict[str, RecordingFile] = {}
        self._tracks: set[tuple[str, str]] = set()  # tracks that may get more audio
        self.queue: WriteBehindQueue[TrackAudio] = WriteBehindQueue(
            "recorder", self._write, wording=WORDING, max_pending=max_pending, size=_size
        )

    def start(self) -> None:
        """Make the folder and start the thread that writes.  Raises `StoreError` if it cannot be made."""
        try:
            self._recordings.make_folder()
        except OSError as error:
            raise StoreError(
                f"Calls cannot be recorded ({error}): set LOCAL_STT_DATA_DIR to another folder, or "
                "RECORD_CALLS to no."
            ) from error
        self.queue.start()

    def measurements(self) -> list[Measurement]:
        """List what is measured: audio that waits, and audio that was lost."""
        return [
            Measurement(
                "audio_held_bytes",
                "Bytes of audio that wait to be written to disk",
                lambda: self.queue.pending,
            ),
            Measurement(
                "audio_lost_bytes",
                "Bytes of audio that could not be written to disk",
                lambda: self.queue.lost,
            ),
        ]

    def open(self, call: CallStarted, track: str) -> TrackSink:
        """Open a sink for one track of one call, which records if `should_record` says so."""
        sink = self._open_sink(call, track)
        if not self._should_record(call):
            return sink
        return RecordingSink(sink, self.queue, call.call_id, track)

    def close(self) -> None:
        """Write what waits, for `WRITE_TIMEOUT` seconds at most."""
        self.queue.close(WRITE_TIMEOUT)

    def _write(self, audio: TrackAudio) -> None:
        try:
            if audio.chunk:
                self._file(audio).put(TRACKS.index(audio.track), audio.chunk)
            else:
                self._close(audio)
        except IsADirectoryError as error:
            raise NeverWritable(f"the recording of call {audio.call_id}") from error
        except OSError as error:
            raise NotWritableNow(error.strerror or str(error)) from error

    def _file(self, audio: TrackAudio) -> RecordingFile:
        """Return the file of a call, and open it if need be.

        A file that was deleted with its call is still written to, where nobody finds it.  If the whole
        folder is gone, a new one is made.
        """
        self._tracks.add((audio.call_id, audio.track))
        file = self._files.get(audio.call_id)
        if file is None or (file.is_gone and not self._recordings.is_there):
            self._recordings.make_folder()
            file = RecordingFile(self._recordings.path(audio.call_id))
            self._files[audio.call_id] = file
        return file

    def _close(self, audio: TrackAudio) -> None:
        self._tracks.discard((audio.call_id, audio.track))
        others = any(call_id == audio.call_id for call_id, _ in self._tracks)
        if not others and audio.call_id in self._files:
            self._files.pop(audio.call_id).close()


class RecordingSink:
    """A sink that records its audio and passes it on."""

    def __init__(
        self, sink: TrackSink, queue: WriteBehindQueue[TrackAudio], call_id: str, track: str
    ) -> None:
        self._sink, self._queue, self._call_id, self._track = sink, queue, call_id, track

    @property
    def ready(self) -> bool:
        """Whether more audio may come now."""
        return self._sink.ready

    def push(self, chunk: AudioChunk) -> None:
        """Record the next chunk of the track, and pass it on."""
        self._queue.put(TrackAudio(self._call_id, self._track, chunk))
        self._sink.push(chunk)

    def end_turn(self) -> None:
        """End the turn after the audio so far."""
        self._sink.end_turn()

    def finish(self) -> None:
        """End the track: no more audio will come."""
        self._queue.put(TrackAudio(self._call_id, self._track, None))
        self._sink.finish()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until every word is published, for `seconds` at most; return whether that is so."""
        return self._sink.wait(seconds)


def _size(audio: TrackAudio) -> int:
    return len(audio.chunk.audio) if audio.chunk else 0
