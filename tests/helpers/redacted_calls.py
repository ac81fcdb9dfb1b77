"""Calls that are recorded and redacted."""

from helpers.events import started
from helpers.lines import CollectingSink
from helpers.recordings import noise
from helpers.waiting import wait_until
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.privacy import RedactedAudio
from local_stt.events import CallEnded, EndReason, FinalText, Redaction
from local_stt.store.recordings import Recorder
from local_stt.store.recordings.wav_header import HEADER_SIZE

CALL = started("CA1")


def redacted(start, end, track="inbound", call_id="CA1"):
    """Make a final with one redaction, which is all of it."""
    return FinalText(call_id, track, "[DATE]", start, end, (), (Redaction("date", start, end),))


def ended(call_id="CA1", reason=EndReason.HUNG_UP):
    return CallEnded(call_id, reason, 3.0)


class Recording:
    """A recorder, and a call of three seconds on which both sides are noise."""

    def __init__(self, recordings, sound=RedactedAudio.SILENCE, sink=CollectingSink):
        self.recordings = recordings
        self.recorder = Recorder(recordings, lambda *_: sink(), redacted_audio=lambda _: sound)
        self.recorder.start()
        self.audio = {"inbound": noise(1), "outbound": noise(2)}
        self.sinks = {track: self.recorder.open(CALL, track) for track in self.audio}

    def speak(self, since=0.0, until=3.0, tracks=("inbound", "outbound")):
        """Send audio of both sides, in chunks of 100 ms."""
        for at in range(round(since * 8000), round(until * 8000), 800):
            for track in tracks:
                self.sinks[track].push(AudioChunk(at, self.audio[track][at : at + 800]))

    def finish(self):
        for sink in self.sinks.values():
            sink.finish()
        for sink in self.sinks.values():
            sink.wait()

    def hear(self, *events):
        for event in events:
            self.recorder(event)

    def written(self):
        """Return the audio on the disk by track, when all is written."""
        wait_until(lambda: not self.recorder.queue._items)
        whole = self.recordings.path("CA1").read_bytes()[HEADER_SIZE:]
        return {"inbound": whole[0::2], "outbound": whole[1::2]}

    @property
    def has_note(self):
        return self.recordings.is_unredacted("CA1")
