"""Has what is heard on calls written into files, as it is heard."""

from collections.abc import Callable
from dataclasses import dataclass

from ...audio import PHONE_RATE
from ...core.call_session import OpenListener, TrackSink
from ...core.jitter_buffer import AudioChunk
from ...core.media_stream import TRACKS
from ...errors import StoreError
from ...events import CallStarted
from ...system.parts import Measurement, Part
from ...system.write_behind import Never, NotNow, Wording, WriteBehindQueue
from .folder import Recordings
from .wav_file import RecordingFile

MAX_HELD = 64 * 1024 * 1024
"""Bytes: two minutes of fifty calls"""

SECONDS_TO_WRITE = 5.0
"""For what is still held at the end"""

WORDING = Wording(
    "The folder of recordings",
    "their audio",
    lambda lost: f"{lost / PHONE_RATE:.0f} seconds of recordings",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one track brought; None when no more will come."""

    call_id: str
    track: str
    piece: AudioChunk | None


class Recorder(Part):
    """Opens listeners whose audio is recorded before they hear it.  Safe to share between threads."""

    def __init__(
        self,
        recordings: Recordings,
        open_listener: OpenListener,
        is_wanted: Callable[[CallStarted], bool] = lambda _: True,
        most_held: int = MAX_HELD,
    ) -> None:
        self._is_wanted = is_wanted
        self._recordings, self._open_listener = recordings, open_listener
        self._files: dict[str, RecordingFile] = {}
        self._tracks: set[tuple[str, str]] = set()  # that more may come of
        self.holding: WriteBehindQueue[Heard] = WriteBehindQueue(
            "recorder", self._write, wording=WORDING, most=most_held, size=_size
        )

    def start(self) -> None:
        """Make the folder, and write from now on.  Raises `StoreError` if audio can be kept nowhere."""
        try:
            self._recordings.make_folder()
        except OSError as error:
            raise StoreError(
                f"Calls cannot be recorded ({error}): set LOCAL_STT_DATA_DIR to another folder, or "
                "RECORD_CALLS to no."
            ) from error
        self.holding.start()

    def measurements(self) -> list[Measurement]:
        """List what is measured of it."""
        return [
            Measurement("audio_held_bytes", "Audio that waits to be kept", lambda: self.holding.held),
            Measurement("audio_lost_bytes", "Audio that could not be kept", lambda: self.holding.lost),
        ]

    def open(self, call: CallStarted, track: str) -> TrackSink:
        """Open a listener for one track of one call."""
        listener = self._open_listener(call, track)
        if not self._is_wanted(call):
            return listener
        return Recorded(listener, self.holding, call.call_id, track)

    def close(self) -> None:
        """Write what is held, for a while at most."""
        self.holding.close(SECONDS_TO_WRITE)

    def _write(self, heard: Heard) -> None:
        try:
            if heard.piece:
                self._file(heard).put(TRACKS.index(heard.track), heard.piece)
            else:
                self._close(heard)
        except IsADirectoryError as error:
            raise Never(f"the recording of call {heard.call_id}") from error
        except OSError as error:
            raise NotNow(error.strerror or str(error)) from error

    def _file(self, heard: Heard) -> RecordingFile:
        """A file that was deleted with its call is written on, and nobody finds it."""
        self._tracks.add((heard.call_id, heard.track))
        file = self._files.get(heard.call_id)
        if file is None or (file.is_gone and not self._recordings.is_there):
            self._recordings.make_folder()
            file = RecordingFile(self._recordings.path(heard.call_id))
            self._files[heard.call_id] = file
        return file

    def _close(self, heard: Heard) -> None:
        self._tracks.discard((heard.call_id, heard.track))
        others = any(call_id == heard.call_id for call_id, _ in self._tracks)
        if not others and heard.call_id in self._files:
            self._files.pop(heard.call_id).close()


class Recorded:
    """A listener whose audio is recorded."""

    def __init__(
        self, listener: TrackSink, holding: WriteBehindQueue[Heard], call_id: str, track: str
    ) -> None:
        self._listener, self._holding, self._call_id, self._track = listener, holding, call_id, track

    @property
    def ready(self) -> bool:
        """Whether more may come now."""
        return self._listener.ready

    def hear(self, piece: AudioChunk) -> None:
        """Take the next piece of the track."""
        self._holding.put(Heard(self._call_id, self._track, piece))
        self._listener.hear(piece)

    def finish(self) -> None:
        """No more will come."""
        self._holding.put(Heard(self._call_id, self._track, None))
        self._listener.finish()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether every word has been told, or is within so long."""
        return self._listener.wait(seconds)


def _size(heard: Heard) -> int:
    return len(heard.piece.audio) if heard.piece else 0
