"""Calls, each in its thread, and the hub that hears of them."""

import queue
import threading

import messages
import pytest
from conftest import Witness
from test_session import HELLO, ScriptedRecognizer

from local_stt.errors import BadMessage
from local_stt.events import CallEnded, FinalText
from local_stt.hub import Hub
from local_stt.switchboard import Switchboard


class QueueLine:
    """A line whose messages are put in by the test.  An exception put in is raised."""

    def __init__(self, *texts):
        self.texts = queue.SimpleQueue()
        for text in texts:
            self.texts.put(text)
        self.hung_up = threading.Event()

    def receive(self):
        text = self.texts.get(timeout=10)
        if isinstance(text, Exception):
            raise text
        return text

    def hang_up(self):
        self.hung_up.set()
        self.texts.put(None)


@pytest.fixture
def witness():
    return Witness()


def switchboard(witness, open_recognizer=lambda: ScriptedRecognizer(last=(HELLO,))):
    return Switchboard(open_recognizer, Hub([witness]))


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
    line = QueueLine(messages.start(), messages.media(), ending)
    switchboard(witness).take(line)
    assert [event.text for event in witness.of(FinalText)] == ["hello"]
    assert witness.events[-1].reason == reason
    assert line.hung_up.is_set()


def test_a_recognizer_that_breaks_ends_its_call_and_says_so(witness, caplog):
    class Broken(ScriptedRecognizer):
        def feed(self, pcm):
            raise RuntimeError("the engine is gone")

        finish = None

    switchboard(witness, Broken).take(QueueLine(messages.start(), messages.media(b"\xff" * 800)))
    assert [(event.call_id, event.reason) for event in witness.of(CallEnded)] == [("CA1", "failed")]
    assert "the engine is gone" in caplog.text


def test_draining_hangs_up_and_waits_for_the_last_words(witness):
    board = switchboard(witness)
    line = QueueLine(messages.start(), messages.media())
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


def test_a_listener_that_breaks_harms_neither_the_call_nor_the_others(witness, caplog):
    def broken(event):
        raise RuntimeError("no more")

    Switchboard(ScriptedRecognizer, Hub([broken, witness])).take(QueueLine(messages.start(), messages.STOP))
    assert len(witness.events) == 2
    assert "no more" in caplog.text
