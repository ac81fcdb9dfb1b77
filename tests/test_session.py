"""A call from its first message to its last."""

import messages
import pytest

from local_stt.errors import BadMessage
from local_stt.events import CallEnded, CallStarted, DigitPressed, EndReason, Gap, TrackSummary
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

    def wait(self, seconds=None):
        assert self.finished
        self.waited = True
        return True


class Call:
    """A session, the listeners it opened, and what it told."""

    def __init__(self):
        self.listeners, self.told = {}, []
        self.session = CallSession(self.open, self.told.extend)

    def open(self, call, track, tell):
        return self.listeners.setdefault((call.call_id, track), RecordingListener())

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


@pytest.mark.parametrize(
    "texts", [[messages.media()], [messages.dtmf("1")], [messages.start(), messages.start()]]
)
def test_what_makes_no_sense_where_it_comes_is_a_bad_message(texts):
    with pytest.raises(BadMessage):
        Call().take(*texts)


def test_of_a_call_placed_from_here_inbound_is_still_the_caller():
    """Twilio's `inbound` is whoever is at the other end of its line: here the one who was called."""
    call = Call().take(messages.start(direction="outbound"))
    call.take(messages.media(b"\x01" * 160, track="inbound"), messages.dtmf("5"))
    assert list(call.listeners) == [("CA1", "outbound")]
    assert call.told[0].direction == "outbound"
    assert call.told[0].tracks == ("outbound", "inbound")
    assert call.told[1] == DigitPressed("CA1", "outbound", "5", 0.02)


def test_keys_are_told_with_their_time():
    call = Call().take(messages.start(), messages.media(at_ms=2000), messages.dtmf("#"))
    assert call.told[1] == DigitPressed("CA1", "inbound", "#", 2.02)


def test_a_stream_that_was_started_again_goes_on_at_its_place_in_the_call():
    call = Call().take(messages.start(began_ms="90000", heard_ms="85500"))
    call.take(messages.media(b"\x01" * 800, at_ms=100), messages.media(b"\x02" * 800, chunk=2, at_ms=200))
    call.session.finish(EndReason.HUNG_UP)
    assert call.told[1] == Gap("CA1", 85.5, 90.0)
    assert [piece.start for piece in call.heard()] == [90_100 * 8, 90_200 * 8]
    assert call.told[-1].seconds == 90.3
