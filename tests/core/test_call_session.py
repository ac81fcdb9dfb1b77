"""A call from its first message to its last."""

import pytest

from helpers import messages
from helpers.lines import CollectingSink
from local_stt.core.call_session import CHUNK_SAMPLES, MAX_KEYS, MAX_KEYS_PER_SECOND, CallSession
from local_stt.errors import BadDigit, BadMessage
from local_stt.events import CallEnded, CallStarted, DigitPressed, EndReason, Gap, TrackSummary


class Call:
    """A session, the sinks that it opened, and the events that it published."""

    def __init__(self):
        self.sinks, self.events = {}, []
        self.session = CallSession(self.open, self.events.extend)

    def open(self, call, track):
        return self.sinks.setdefault((call.call_id, track), CollectingSink())

    def take(self, *texts):
        for text in texts:
            self.session.receive(text)
        return self

    def chunks(self, track="inbound"):
        return self.sinks["CA1", track].chunks


def test_a_call_from_hello_to_goodbye():
    call = Call().take(messages.CONNECTED, messages.start(caller="+1"))
    call.take(messages.media(b"\x01" * 1000, at_ms=1000), messages.STOP)
    assert call.session.stopped
    call.session.finish(EndReason.HUNG_UP)
    assert call.events == [
        CallStarted("CA1", ("inbound", "outbound"), "+1", ""),
        CallEnded("CA1", EndReason.HUNG_UP, 1.125, (TrackSummary("inbound", 0.125, 1, 0, 0, 0.0),)),
    ]
    assert [(chunk.start, len(chunk.audio)) for chunk in call.chunks()] == [(8000, 800), (8800, 200)]
    assert call.sinks["CA1", "inbound"].waited


def test_a_call_ends_once():
    call = Call().take(messages.start(), messages.STOP)
    call.session.finish(EndReason.HUNG_UP)
    call.session.finish(EndReason.DISCONNECTED)
    assert [event.reason for event in call.events if isinstance(event, CallEnded)] == ["hung-up"]


def test_a_connection_that_never_started_a_call_says_nothing():
    call = Call().take(messages.CONNECTED)
    call.session.finish(EndReason.DISCONNECTED)
    assert call.events == []


def test_each_track_has_a_listener_of_its_own_opened_when_it_speaks():
    call = Call().take(messages.start())
    assert call.sinks == {}
    call.take(messages.media(), messages.media(track="outbound"))
    assert list(call.sinks) == [("CA1", "inbound"), ("CA1", "outbound")]


@pytest.mark.parametrize("cut", [1, 33, 160, 777, 4000])
def test_the_listener_gets_the_same_pieces_however_the_packets_were_cut(cut):
    mulaw = bytes(range(128)) * 40
    whole, cut_up = Call(), Call()
    for call, size in ((whole, 160), (cut_up, cut)):
        call.take(*messages.whole_call(mulaw, cut=size)).session.finish(EndReason.HUNG_UP)
    assert cut_up.chunks() == whole.chunks()
    assert {len(chunk.audio) for chunk in whole.chunks()[:-1]} == {CHUNK_SAMPLES}


def test_pieces_jump_with_the_call_when_audio_is_missing():
    """Nine minutes without a packet: three seconds of silence, and the next piece is nine minutes later."""
    call = Call().take(messages.start(), messages.media(b"\x01" * 1000, chunk=1, at_ms=0))
    call.take(messages.media(b"\x02" * 800, chunk=2, at_ms=540_000))
    call.session.finish(EndReason.HUNG_UP)
    starts = [chunk.start for chunk in call.chunks()]
    assert starts == sorted(starts)
    assert sum(len(chunk.audio) for chunk in call.chunks()) == 1000 + 24_000 + 800
    assert call.chunks()[-1].start == 540_000 * 8
    assert call.events[-1].seconds == 540.1


@pytest.mark.parametrize(
    "texts", [[messages.media()], [messages.dtmf("1")], [messages.start(), messages.start()]]
)
def test_what_makes_no_sense_where_it_comes_is_a_bad_message(texts):
    with pytest.raises(BadMessage):
        Call().take(*texts)


def test_of_a_call_placed_from_here_inbound_is_still_the_caller():
    """Twilio's `inbound` is the person at the other end of its line: here the one who was called."""
    call = Call().take(messages.start(direction="outbound"))
    call.take(messages.media(b"\x01" * 160, track="inbound"), messages.dtmf("5"))
    assert list(call.sinks) == [("CA1", "outbound")]
    assert call.events[0].direction == "outbound"
    assert call.events[0].tracks == ("outbound", "inbound")
    assert call.events[1] == DigitPressed("CA1", "outbound", "5", 0.02)


def test_keys_are_told_with_their_time():
    call = Call().take(messages.start(), messages.media(at_ms=2000), messages.dtmf("#"))
    assert call.events[1] == DigitPressed("CA1", "inbound", "#", 2.02)


def test_a_stream_that_was_started_again_goes_on_at_its_place_in_the_call():
    call = Call().take(messages.start(began_ms="90000", heard_ms="85500"))
    call.take(messages.media(b"\x01" * 800, at_ms=100), messages.media(b"\x02" * 800, chunk=2, at_ms=200))
    call.session.finish(EndReason.HUNG_UP)
    assert call.events[1] == Gap("CA1", 85.5, 90.0)
    assert [chunk.start for chunk in call.chunks()] == [90_100 * 8, 90_200 * 8]
    assert call.events[-1].seconds == 90.3


DAY_MS = 24 * 3_600_000


def heard_seconds(call):
    return sum(len(chunk.audio) for chunk in call.chunks()) / 8000


def test_a_clock_that_leaps_further_than_audio_can_be_lost_ends_the_call():
    """Or a few messages would be a day of silence on the disk and in the statistics."""
    call = Call().take(messages.start(), *(messages.media(chunk=n, at_ms=20 * n) for n in (1, 2, 3)))
    call.take(messages.media(chunk=4, at_ms=DAY_MS - 40))  # a lone one may be a mistake
    with pytest.raises(BadMessage, match=r"its clock leapt from 0 s to 863\d\d s"):
        call.take(messages.media(chunk=5, at_ms=DAY_MS - 20))
    call.session.finish(EndReason.BAD_MESSAGE)
    assert call.events[-1].seconds < 1
    assert call.events[-1].tracks[0].filled < 1
    assert all(chunk.start < 8000 for chunk in call.chunks())


@pytest.mark.parametrize("before", [4, 0])
def test_a_last_packet_that_is_stamped_a_day_later_follows_those_before_it(before):
    call = Call().take(messages.start(), *(messages.media(chunk=n, at_ms=20 * n) for n in range(before)))
    call.take(messages.media(chunk=before, at_ms=DAY_MS), messages.STOP)
    call.session.finish(EndReason.HUNG_UP)
    assert call.events[-1].seconds < 1
    assert heard_seconds(call) < 1


def test_a_side_that_is_silent_for_long_may_speak_when_the_other_shows_that_the_time_has_passed():
    call = Call().take(messages.start())
    for n in range(50):
        call.take(messages.media(b"\x01" * 8000, chunk=n + 1, at_ms=20_000 * n))
    for n in (0, 1):
        call.take(messages.media(track="outbound", chunk=n + 1, at_ms=16 * 60_000 + 20 * n))
    call.session.finish(EndReason.HUNG_UP)
    assert call.chunks("outbound")[0].start == 16 * 60 * 8000


def test_a_stream_that_begins_later_than_any_call_lasts_is_refused():
    session = CallSession(lambda *_: CollectingSink(), [].extend, max_ms=60_000)
    with pytest.raises(BadMessage, match="begins 61 s into a call"):
        session.receive(messages.start(began_ms="61000"))


def press(call, times):
    """Press a key so often; return how many times it was ignored."""
    ignored = 0
    for _ in range(times):
        try:
            call.take(messages.dtmf("1"))
        except BadDigit:
            ignored += 1
    return ignored


def keys(call):
    return sum(isinstance(event, DigitPressed) for event in call.events)


def test_more_keys_in_a_second_than_a_machine_can_dial_are_ignored():
    call = Call().take(messages.start())
    assert press(call, 5000) == 5000 - MAX_KEYS_PER_SECOND
    call.take(messages.media(b"\x01" * 8000))
    assert press(call, 12) == 0
    assert keys(call) == MAX_KEYS_PER_SECOND + 12


def test_more_keys_in_a_call_than_people_press_are_ignored():
    call = Call().take(messages.start())
    ignored = 0
    for second in range(2 * MAX_KEYS // MAX_KEYS_PER_SECOND):
        call.take(messages.media(b"\x01" * 8000, at_ms=1000 * second))
        ignored += press(call, MAX_KEYS_PER_SECOND)
    assert (keys(call), ignored) == (MAX_KEYS, MAX_KEYS)
