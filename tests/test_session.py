"""A call from its first message to its last, with a scripted recognizer."""

import messages
import pytest

from local_stt.errors import BadMessage
from local_stt.events import CallEnded, CallStarted, EndReason, FinalText, PartialText, TrackSummary, Word
from local_stt.session import PIECE, CallClock, CallSession

HELLO = Word("hello", 0.05, 0.25, 0.9)


class ScriptedRecognizer:
    """Says one scripted thing for each piece of audio."""

    def __init__(self, *script, last=()):
        self.script, self.last = list(script), last
        self.heard = b""

    def feed(self, pcm):
        self.heard += pcm
        return self.script.pop(0) if self.script else ""

    def finish(self):
        return self.last


def talk(session, *texts):
    return [event for text in texts for event in session.receive(text)]


def pieces(count, *, track="inbound", first_ms=0):
    return [
        messages.media(b"\xff" * PIECE, track=track, chunk=n + 1, at_ms=first_ms + 100 * n)
        for n in range(count)
    ]


def test_a_call_from_hello_to_goodbye():
    recognizer = ScriptedRecognizer("", "hel", "hel", (HELLO,), last=(Word("bye", 0.4, 0.5, 0.8),))
    session = CallSession(lambda: recognizer)
    told = talk(
        session, messages.CONNECTED, messages.start(caller="+1"), *pieces(5, first_ms=1000), messages.STOP
    )
    assert told == [
        CallStarted("CA1", ("inbound", "outbound"), "+1", ""),
        PartialText("CA1", "inbound", "hel", 1.2),
        FinalText("CA1", "inbound", "hello", 1.05, 1.25, (Word("hello", 1.05, 1.25, 0.9),)),
        FinalText("CA1", "inbound", "bye", 1.4, 1.5, (Word("bye", 1.4, 1.5, 0.8),)),
        CallEnded("CA1", EndReason.HUNG_UP, 1.5, (TrackSummary("inbound", 0.5, 5, 0, 0, 0.0),)),
    ]


def test_a_call_ends_once():
    session = CallSession(ScriptedRecognizer)
    talk(session, messages.start(), messages.STOP)
    assert session.ended
    assert session.finish(EndReason.DISCONNECTED) == []


def test_a_call_that_dies_without_stop_is_flushed_all_the_same():
    session = CallSession(lambda: ScriptedRecognizer(last=(HELLO,)))
    talk(session, messages.start(), *pieces(1))
    final, ended = session.finish(EndReason.DISCONNECTED)
    assert (final.text, ended.reason) == ("hello", "disconnected")


def test_a_connection_that_never_started_a_call_says_nothing():
    session = CallSession(ScriptedRecognizer)
    talk(session, messages.CONNECTED)
    assert session.finish(EndReason.DISCONNECTED) == []


def test_empty_finals_are_not_shown():
    session = CallSession(lambda: ScriptedRecognizer((), ""))
    assert talk(session, messages.start(), *pieces(2))[1:] == []


def test_each_track_has_a_recognizer_of_its_own_opened_when_it_speaks():
    opened = []
    session = CallSession(lambda: opened.append(ScriptedRecognizer((HELLO,))) or opened[-1])
    talk(session, messages.start())
    assert opened == []
    told = talk(session, *pieces(1), *pieces(1, track="outbound"))
    assert [final.track for final in told] == ["inbound", "outbound"]
    assert len(opened) == 2


@pytest.mark.parametrize("cut", [1, 33, 160, 777, 4000])
def test_the_recognizer_gets_the_same_pieces_however_the_packets_were_cut(cut):
    mulaw = bytes(range(128)) * 40
    whole, cut_up = ScriptedRecognizer(), ScriptedRecognizer()
    for recognizer, size in ((whole, 160), (cut_up, cut)):
        session = CallSession(lambda recognizer=recognizer: recognizer)
        talk(session, *messages.whole_call(mulaw, cut=size))
    assert cut_up.heard == whole.heard


def test_word_times_jump_with_the_call_when_audio_is_missing():
    """An hour without a packet: its silence is not fed, and the next word is an hour later."""
    late = Word("late", 3.15, 3.18, 1.0)
    recognizer = ScriptedRecognizer(last=(HELLO, late))
    session = CallSession(lambda: recognizer)
    talk(session, messages.start(), messages.media(b"\xff" * 800, chunk=1, at_ms=0))
    talk(session, messages.media(b"\xff" * 800, chunk=2, at_ms=3_600_000))
    final = session.finish(EndReason.HUNG_UP)[0]
    assert [word.start for word in final.words] == [0.05, 3600.05]


def test_the_clock_before_its_first_jump_is_the_first_jump():
    clock = CallClock()
    clock.jump(0.0, 0.5)
    clock.jump(2.0, 10.0)
    assert [clock.to_call(at) for at in (0.0, 1.999, 2.0, 3.0)] == [0.5, 2.499, 10.0, 11.0]


@pytest.mark.parametrize("texts", [[messages.media()], [messages.start(), messages.start()]])
def test_what_makes_no_sense_where_it_comes_is_a_bad_message(texts):
    with pytest.raises(BadMessage):
        talk(CallSession(ScriptedRecognizer), *texts)
