"""A call from its first message to its last."""

import messages
import pytest

from local_stt.errors import BadMessage
from local_stt.events import CallEnded, CallStarted, EndReason, TrackSummary
from local_stt.session import PIECE, CallSession


class RecordingListener:
    """Remembers the pieces it was given."""

    def __init__(self):
        self.pieces = []
        self.ready, self.finished, self.waited = True, False, False

    def hear(self, piece):
        self.pieces.append(piece)

    def finish(self):
        self.finished = True

    def wait(self):
        assert self.finished
        self.waited = True


class Call:
    """A session, the listeners it opened, and what it told."""

    def __init__(self):
        self.listeners, self.told = {}, []
        self.session = CallSession(self.open, self.told.extend)

    def open(self, call_id, track, tell):
        return self.listeners.setdefault((call_id, track), RecordingListener())

    def take(self, *texts):
        for text in texts:
            self.session.receive(text)
        return self

    def heard(self, track="inbound"):
        return self.listeners["CA1", track].pieces


def test_a_call_from_hello_to_goodbye():
    call = Call().take(messages.CONNECTED, messages.start(caller="+1"))
    call.take(messages.media(b"\x01" * 1000, at_ms=1000), messages.STOP)
    assert call.session.stopped
    call.session.finish(EndReason.HUNG_UP)
    assert call.told == [
        CallStarted("CA1", ("inbound", "outbound"), "+1", ""),
        CallEnded("CA1", EndReason.HUNG_UP, 1.125, (TrackSummary("inbound", 0.125, 1, 0, 0, 0.0),)),
    ]
    assert [(piece.start, len(piece.audio)) for piece in call.heard()] == [(8000, 800), (8800, 200)]
    assert call.listeners["CA1", "inbound"].waited


def test_a_call_ends_once():
    call = Call().take(messages.start(), messages.STOP)
    call.session.finish(EndReason.HUNG_UP)
    call.session.finish(EndReason.DISCONNECTED)
    assert [event.reason for event in call.told if isinstance(event, CallEnded)] == ["hung-up"]


def test_a_connection_that_never_started_a_call_says_nothing():
    call = Call().take(messages.CONNECTED)
    call.session.finish(EndReason.DISCONNECTED)
    assert call.told == []


def test_each_track_has_a_listener_of_its_own_opened_when_it_speaks():
    call = Call().take(messages.start())
    assert call.listeners == {}
    call.take(messages.media(), messages.media(track="outbound"))
    assert list(call.listeners) == [("CA1", "inbound"), ("CA1", "outbound")]


@pytest.mark.parametrize("cut", [1, 33, 160, 777, 4000])
def test_the_listener_gets_the_same_pieces_however_the_packets_were_cut(cut):
    mulaw = bytes(range(128)) * 40
    whole, cut_up = Call(), Call()
    for call, size in ((whole, 160), (cut_up, cut)):
        call.take(*messages.whole_call(mulaw, cut=size)).session.finish(EndReason.HUNG_UP)
    assert cut_up.heard() == whole.heard()
    assert {len(piece.audio) for piece in whole.heard()[:-1]} == {PIECE}


def test_pieces_jump_with_the_call_when_audio_is_missing():
    """An hour without a packet: three seconds of silence, and the next piece is an hour later."""
    call = Call().take(messages.start(), messages.media(b"\x01" * 1000, chunk=1, at_ms=0))
    call.take(messages.media(b"\x02" * 800, chunk=2, at_ms=3_600_000))
    call.session.finish(EndReason.HUNG_UP)
    starts = [piece.start for piece in call.heard()]
    assert starts == sorted(starts)
    assert sum(len(piece.audio) for piece in call.heard()) == 1000 + 24_000 + 800
    assert call.heard()[-1].start == 3_600_000 * 8
    assert call.told[-1].seconds == 3600.1


@pytest.mark.parametrize("texts", [[messages.media()], [messages.start(), messages.start()]])
def test_what_makes_no_sense_where_it_comes_is_a_bad_message(texts):
    with pytest.raises(BadMessage):
        Call().take(*texts)
