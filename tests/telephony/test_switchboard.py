"""Calls, each in its thread, and the hub that hears of them."""

import threading

import pytest

from helpers import messages
from helpers.lines import QueueLine
from helpers.recognizers import HELLO, SPEECH, ScriptedRecognizer
from helpers.servers import Witness, switchboard_of
from local_stt.engine.in_process import InProcessEngine
from local_stt.errors import BadMessage
from local_stt.events import CallEnded, CallStarted, DigitPressed, FinalText
from local_stt.telephony.line_poller import MAX_STRAY


@pytest.fixture
def witness():
    return Witness()


def switchboard(witness, open_recognizer=lambda: ScriptedRecognizer(last=(HELLO,))):
    return switchboard_of(InProcessEngine(open_recognizer, gated=False), witness)


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (messages.STOP, "hung-up"),
        (None, "disconnected"),
        ("rubbish", "bad-message"),
        (BadMessage("x"), "bad-message"),
    ],
)
def test_however_a_call_ends_its_words_are_kept_and_its_line_is_closed(witness, ending, reason):
    endings = [ending] * (MAX_STRAY + 1) if ending == "rubbish" else [ending]
    line = QueueLine(messages.start(), messages.media(SPEECH), *endings)
    switchboard(witness).take(line)
    assert [event.text for event in witness.of(FinalText)] == ["hello"]
    assert witness.events[-1].reason == reason
    assert line.hung_up.is_set()


def test_a_recognizer_that_breaks_ends_its_call_and_says_so(witness, caplog):
    class Broken(ScriptedRecognizer):
        def feed(self, pcm):
            raise RuntimeError("the engine is gone")

        def finish(self):
            raise RuntimeError("still gone")

    switchboard(witness, Broken).take(QueueLine(messages.start(), messages.media(SPEECH)))
    assert [(event.call_id, event.reason) for event in witness.of(CallEnded)] == [("CA1", "failed")]
    assert "the engine is gone" in caplog.text


def test_draining_hangs_up_and_waits_for_the_last_words(witness):
    board = switchboard(witness)
    line = QueueLine(messages.start(), messages.media(SPEECH))
    thread = threading.Thread(target=board.take, args=(line,))
    thread.start()
    while not line.texts.empty():
        pass
    assert board.drain(10) == 0
    thread.join(10)
    assert [event.text for event in witness.of(FinalText)] == ["hello"]
    assert witness.events[-1].reason == "shutdown"


def test_a_call_that_comes_while_draining_is_not_taken(witness):
    board = switchboard(witness)
    board.drain(0)
    line = QueueLine(messages.start())
    board.take(line)
    assert line.hung_up.is_set()
    assert witness.events == []


def test_a_call_is_streamed_once_at_a_time(witness, caplog):
    """A second stream under the same id would mix two callers up."""
    board = switchboard(witness)
    first = QueueLine(messages.start("CA1"))
    thread = threading.Thread(target=board.take, args=(first,))
    thread.start()
    witness.wait_for(CallStarted)
    board.take(QueueLine(messages.start("CA1"), messages.media(SPEECH)))
    assert "streamed already" in caplog.text
    first.hang_up()
    thread.join()
    assert [type(event) for event in witness.events].count(CallStarted) == 1
    board.take(QueueLine(messages.start("CA1"), messages.STOP))
    assert [type(event) for event in witness.events].count(CallStarted) == 2


def test_calls_that_cannot_be_finished_in_time_are_told_to_be_over(witness):
    class Slow(ScriptedRecognizer):
        def finish(self):
            released.wait(10)
            return (HELLO,)

    released = threading.Event()
    board = switchboard(witness, Slow)
    line = QueueLine(messages.start(), messages.media(SPEECH))
    thread = threading.Thread(target=board.take, args=(line,))
    thread.start()
    witness.wait_for(CallStarted)
    assert board.drain(0.2) == 1
    assert [event.reason for event in witness.of(CallEnded)] == ["shutdown"]
    released.set()
    thread.join()
    assert len(witness.of(CallEnded)) == 1


def test_a_listener_that_breaks_harms_neither_the_call_nor_the_others(witness, caplog):
    def broken(event):
        raise RuntimeError("no more")

    switchboard_of(InProcessEngine(ScriptedRecognizer), broken, witness).take(
        QueueLine(messages.start(), messages.STOP)
    )
    assert len(witness.events) == 2
    assert "no more" in caplog.text


def test_an_unreadable_key_is_ignored_and_the_call_goes_on(witness, caplog):
    bad = [messages.dtmf("12")] * 3
    line = QueueLine(messages.start(), *bad, messages.media(SPEECH), messages.dtmf("7"), messages.STOP)
    switchboard(witness).take(line)
    assert [event.digit for event in witness.of(DigitPressed)] == ["7"]
    assert [event.text for event in witness.of(FinalText)] == ["hello"]
    assert witness.events[-1].reason == "hung-up"
    first, last = [each.getMessage() for each in caplog.records]
    assert first.startswith("A message of call CA1 is ignored: unreadable key: ")
    assert last == "3 messages of call CA1 were ignored"


STRAY = [
    *("{", "[]", b"\xff", messages.start("CA2")),
    *(messages.media(at_ms=10**12), messages.media(track="third")),
]


def test_a_few_stray_messages_are_ignored_and_the_call_goes_on(witness, caplog):
    line = QueueLine(messages.start(), *STRAY, messages.media(SPEECH), messages.STOP)
    switchboard(witness).take(line)
    assert [event.text for event in witness.of(FinalText)] == ["hello"]
    assert witness.events[-1].reason == "hung-up"
    first, last = [record.getMessage() for record in caplog.records]
    assert first.startswith("A message of call CA1 is ignored: unreadable media stream message: ")
    assert last == f"{len(STRAY)} messages of call CA1 were ignored"


def test_before_a_call_has_started_nothing_stray_is_ignored(witness, caplog):
    switchboard(witness).take(QueueLine("{"))
    assert witness.events == []
    assert "Call (not started) is closed" in caplog.text
