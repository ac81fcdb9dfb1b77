"""Record calls in files while they go on, and redact the files when it is known what was said."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...audio import PHONE_RATE
from ...core.audio_redaction import AudioSpan, Mask, span_around
from ...core.call_session import OpenSink, TrackSink
from ...core.jitter_buffer import AudioChunk
from ...core.media_stream import TRACKS
from ...core.privacy import RedactedAudio
from ...errors import StoreError
from ...events import AnyEvent, AudioSetAside, CallEnded, CallLeft, CallStarted, FinalText
from ...system.parts import Measurement, Part
from ...system.write_behind import NeverWritable, NotWritableNow, Wording, WriteBehindQueue
from .folder import Recordings
from .redacted_call import RedactedCall, Stretch
from .redaction_note import RedactionNote, lock_note
from .wav_file import RecordingFile

MAX_PENDING = 64 * 1024 * 1024
"""Bytes of audio that may wait: two minutes of fifty calls"""

WRITE_TIMEOUT = 5.0
"""Seconds to write what still waits at the end"""

MAX_REMEMBERED = 1000
"""Calls whose redacted parts are remembered, in case audio comes again"""

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


@dataclass(frozen=True, slots=True)
class Silenced:
    """A part of a call that must not be heard."""

    call_id: str
    call: RedactedCall
    span: AudioSpan


@dataclass(frozen=True, slots=True)
class Complete:
    """All parts of a call that must not be heard are known, unless it has gone on meanwhile."""

    call_id: str
    call: RedactedCall


Item = TrackAudio | Silenced | Complete
"""What the recorder writes, in order"""


class Recorder(Part):
    """A part that opens sinks and records their audio before they get it.  Safe to share between threads.

    It is a listener of the hub: what is redacted in finals is overwritten in the file.
    """

    def __init__(
        self,
        recordings: Recordings,
        open_sink: OpenSink,
        should_record: Callable[[CallStarted], bool] = lambda _: True,
        redacted_audio: Callable[[CallStarted], RedactedAudio] = lambda _: RedactedAudio.NO,
        max_pending: int = MAX_PENDING,
    ) -> None:
        """Record the calls for which `should_record` returns true, redacted as `redacted_audio` says."""
        self._should_record, self._redacted_audio = should_record, redacted_audio
        self._recordings, self._open_sink = recordings, open_sink
        self._files: dict[str, RecordingFile] = {}
        self._notes: dict[str, RedactionNote] = {}  # by call
        self._tracks: set[tuple[str, str]] = set()  # tracks that may get more audio
        self._redacted: OrderedDict[str, RedactedCall] = OrderedDict()  # by call, also those that are over
        self._lock = threading.Lock()  # of the redacted calls
        self.queue: WriteBehindQueue[Item] = WriteBehindQueue(
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
        return RecordingSink(sink, self.queue, call.call_id, track, self._new_stretch(call, track))

    def __call__(self, event: AnyEvent) -> None:
        """Queue the parts of a redacted call that must be overwritten, as soon as they are known."""
        with self._lock:
            call = self._redacted.get(event.call_id)
            match event:
                case FinalText() if call:
                    spans = [span_around(event.track, each) for each in event.redactions]
                    self._silence(event.call_id, call, spans)
                    call.note_words(event.track, event.end)
                case AudioSetAside() if call:
                    self._silence(event.call_id, call, [AudioSpan(event.track, event.start, event.end)])
                case CallEnded() | CallLeft() if call:
                    self._silence(event.call_id, call, call.unknown())
                    call.stretches.clear()
                    call.is_over = True
                    self.queue.put(Complete(event.call_id, call))

    def close(self) -> None:
        """Write what waits, for `WRITE_TIMEOUT` seconds at most; the next start redacts what is not."""
        self.queue.close(WRITE_TIMEOUT)
        for note in self._notes.values():
            note.release()

    def _new_stretch(self, call: CallStarted, track: str) -> Stretch | None:
        """Begin to follow the words of a track; return None if the call's audio is not redacted."""
        sound = self._redacted_audio(call)
        if sound is RedactedAudio.NO:
            return None
        with self._lock:
            known = self._redacted.setdefault(call.call_id, RedactedCall(sound, Mask(sound)))
            self._redacted.move_to_end(call.call_id)
            known.stretches.append(Stretch(track))
            known.is_over = False
            over = [call_id for call_id, each in self._redacted.items() if each.is_over]
            for call_id in over[:-MAX_REMEMBERED]:
                del self._redacted[call_id]
            return known.stretches[-1]

    def _silence(self, call_id: str, call: RedactedCall, spans: Iterable[AudioSpan]) -> None:
        for span in spans:
            self.queue.put(Silenced(call_id, call, span))

    def _write(self, item: Item) -> None:
        try:
            match item:
                case TrackAudio(chunk=None):
                    self._close(item)
                case TrackAudio(chunk=chunk) if chunk:
                    self._file(item).put(TRACKS.index(item.track), chunk)
                case Silenced():
                    self._redact(item)
                case Complete():
                    self._complete(item)
        except IsADirectoryError as error:
            raise NeverWritable(f"the recording of call {item.call_id}") from error
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
            call = self._redacted.get(audio.call_id)
            if call:
                self._leave_note(audio.call_id, call.sound)
            path = self._recordings.path(audio.call_id)
            file = RecordingFile(path, call.mask if call else None, is_live=True)
            self._files[audio.call_id] = file
        return file

    def _leave_note(self, call_id: str, sound: RedactedAudio) -> None:
        """Note that a recording is not redacted to its end, for the next start if this program is killed."""
        note = self._notes.get(call_id)
        if note is None or not note.is_there:
            note = self._notes[call_id] = lock_note(self._recordings.path(call_id))
            note.write(sound)

    def _redact(self, part: Silenced) -> None:
        """Overwrite a part of a recording, even if the file is closed, and in audio that comes later."""
        call, path = part.call, self._recordings.path(part.call_id)
        channel, samples = TRACKS.index(part.span.track), part.span.samples
        call.mask.add(channel, samples)
        if file := self._files.get(part.call_id):
            file.redact(channel, samples)
        elif path.exists():
            with contextlib.closing(RecordingFile(path, call.mask)) as file:
                file.redact(channel, samples)

    def _complete(self, item: Complete) -> None:
        """Remove the note of a call that is over and redacted."""
        if item.call.is_over and item.call_id in self._notes:
            self._notes[item.call_id].remove()
            del self._notes[item.call_id]

    def _close(self, audio: TrackAudio) -> None:
        self._tracks.discard((audio.call_id, audio.track))
        others = any(call_id == audio.call_id for call_id, _ in self._tracks)
        if not others and audio.call_id in self._files:
            self._files.pop(audio.call_id).close()


class RecordingSink:
    """A sink that records its audio and passes it on."""

    def __init__(
        self,
        sink: TrackSink,
        queue: WriteBehindQueue[Item],
        call_id: str,
        track: str,
        stretch: Stretch | None = None,
    ) -> None:
        """Pass audio on to `sink`, and note in `stretch` how far its words are known."""
        self._sink, self._queue, self._call_id, self._track = sink, queue, call_id, track
        self._stretch = stretch

    @property
    def ready(self) -> bool:
        """Whether more audio may come now."""
        return self._sink.ready

    def push(self, chunk: AudioChunk) -> None:
        """Record the next chunk of the track, and pass it on."""
        if self._stretch:
            self._stretch.add(chunk)
        self._queue.put(TrackAudio(self._call_id, self._track, chunk))
        self._sink.push(chunk)

    def end_turn(self) -> None:
        """End the turn after the audio so far."""
        self._sink.end_turn()

    def finish(self) -> None:
        """End the track: no more audio will come."""
        self._queue.put(TrackAudio(self._call_id, self._track, None))
        self._sink.finish()

    @property
    def is_complete(self) -> bool:
        """Whether every word is published; not if the track was given up."""
        return self._sink.is_complete

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no more words will be published, for `seconds` at most; return whether that is so."""
        is_over = self._sink.wait(seconds)
        if self._stretch:
            self._stretch.is_known = self.is_complete
        return is_over


def _size(item: Item) -> int:
    return len(item.chunk.audio) if isinstance(item, TrackAudio) and item.chunk else 0
