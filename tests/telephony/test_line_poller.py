"""One thread that goes round all lines."""

import threading
import time
from contextlib import contextmanager

from local_stt.errors import BadMessage
from local_stt.events import EndReason
from local_stt.telephony.line_poller import MAX_VISIT_SECONDS, POLL_SECONDS, LinePoller


class Line:
    """Has what it is given, a batch at a time; an exception is raised, None is the end."""

    is_urgent = False

    def __init__(self, *batches, has_more=False):
        self.batches, self.has_more = list(batches), has_more

    def read_messages(self):
        batch = self.batches.pop(0) if self.batches else []
        if isinstance(batch, Exception):
            raise batch
        return batch


class Session:
    """Remembers what it received, and when."""

    call_id = "CA1"

    def __init__(self, *, ready=True):
        self.ready, self.received, self.times = ready, [], []

    @property
    def stopped(self):
        return "stop" in self.received

    def receive(self, message):
        self.received.append(message)
        self.times.append(time.monotonic())


def follow(rounds, *calls):
    """Follow calls, each in a thread of its own; their reasons, once all are over."""
    reasons = {}
    threads = [
        threading.Thread(target=lambda key=key, call=call: reasons.update({key: rounds.follow(*call)}))
        for key, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return [reasons[key] for key in range(len(calls))]


def rounds_threads():
    return [thread for thread in threading.enumerate() if thread.name == "line-poller"]


def test_each_call_ends_in_its_own_way_and_disturbs_no_other():
    calls = [
        (Line(["a"], [], ["b", "stop", "never"]), Session()),
        (Line(["a"], None), Session()),
        (Line(BadMessage("too long")), Session()),
        (Line(RuntimeError("broken")), Session()),
    ]
    reasons = follow(LinePoller(), *calls)
    assert reasons == [EndReason.HUNG_UP, EndReason.DISCONNECTED, EndReason.BAD_MESSAGE, EndReason.FAILED]
    assert [session.received for _, session in calls] == [["a", "b", "stop"], ["a"], [], []]


def test_one_thread_serves_all_and_is_gone_when_nobody_calls():
    rounds = LinePoller()
    lines = [Line() for _ in range(5)]
    threads = [threading.Thread(target=rounds.follow, args=(line, Session())) for line in lines]
    for thread in threads:
        thread.start()
    time.sleep(2 * POLL_SECONDS)
    assert len(rounds_threads()) == 1
    for line in lines:
        line.batches.append(None)
    for thread in threads:
        thread.join(120)
    time.sleep(2 * POLL_SECONDS)
    assert rounds_threads() == []
    assert follow(rounds, (Line(None), Session())) == [EndReason.DISCONNECTED]


def test_a_fast_sender_does_not_wait_for_the_next_round():
    session = Session()
    line = Line(*[["more"]] * 50, None, has_more=True)
    started = time.monotonic()
    follow(LinePoller(), (line, session))
    assert session.received == ["more"] * 50
    assert session.times[-1] - started < 25 * POLL_SECONDS


def test_a_session_that_is_far_behind_is_passed_over_and_holds_up_nobody():
    behind = Session(ready=False)
    line, other = Line(["waits"], None, has_more=True), Session()
    threading.Timer(4 * POLL_SECONDS, lambda: setattr(behind, "ready", True)).start()
    follow(LinePoller(), (line, behind), (Line(["a"], None), other))
    assert other.times[0] < behind.times[0]


def test_a_round_is_gone_in_its_context():
    entered = []

    @contextmanager
    def burst():
        entered.append("in")
        yield
        entered.append("out")

    follow(LinePoller(burst), (Line([], None), Session()))
    assert entered == ["in", "out"] * 2


def test_an_error_that_nobody_foresaw_ends_the_calls_and_the_next_is_taken(monkeypatch, caplog):
    rounds = LinePoller()

    def broken(call):
        raise MemoryError

    monkeypatch.setattr("local_stt.telephony.line_poller._visit", broken)
    assert follow(rounds, (Line(), Session())) == [EndReason.FAILED]
    assert "MemoryError" in caplog.text
    monkeypatch.undo()
    assert follow(rounds, (Line(None), Session())) == [EndReason.DISCONNECTED]


def test_a_call_that_sends_more_than_it_can_speak_does_not_hold_up_the_others():
    class Slow(Session):
        def receive(self, message):
            super().receive(message)
            time.sleep(0.02)

    greedy, other = Slow(), Session()
    line = Line(*[["x"]] * 10, None)
    follow(LinePoller(), (Line(["x"] * 50, None), greedy), (line, other))
    assert other.times[-1] < greedy.times[30]
    assert len(greedy.received) == 50


def test_a_connection_that_starts_no_call_is_closed(monkeypatch, caplog):
    monkeypatch.setattr("local_stt.telephony.line_poller.START_TIMEOUT", 0.2)
    session = Session()
    session.call_id = ""
    assert follow(LinePoller(), (Line(), session)) == [EndReason.BAD_MESSAGE]
    assert "no call started" in caplog.text


class Unstarted(Session):
    """A session that begins with a message that says so."""

    @property
    def call_id(self):
        return "CA1" if "start" in self.received else ""


def test_a_call_whose_start_was_late_because_of_this_program_is_followed(monkeypatch):
    """The round is held up for longer than a start may take, and then looks again and again."""
    monkeypatch.setattr("local_stt.telephony.line_poller.START_TIMEOUT", 0.5)
    monkeypatch.setattr("local_stt.system.waiting.MAX_SECONDS_BETWEEN_TICKS", 0.1)

    class Slow(Session):
        def receive(self, message):
            super().receive(message)
            time.sleep(1)

    session = Unstarted()
    line = Line([], ["connected"], [], ["start"], None)
    reasons = follow(LinePoller(), (line, session), (Line(["x"], ["x"], ["x"], None), Slow()))
    assert reasons == [EndReason.DISCONNECTED] * 2
    assert session.received == ["connected", "start"]


def test_a_start_that_has_come_and_is_not_passed_on_yet_is_in_time(monkeypatch):
    monkeypatch.setattr("local_stt.telephony.line_poller.START_TIMEOUT", 0)

    class Slow(Unstarted):
        def receive(self, message):
            super().receive(message)
            time.sleep(2 * MAX_VISIT_SECONDS)

    session = Slow()
    assert follow(LinePoller(), (Line(["connected", "start"], None), session)) == [EndReason.DISCONNECTED]
    assert session.received == ["connected", "start"]


def test_a_line_whose_other_end_waits_is_read_again_before_the_next_round(monkeypatch):
    """Each of its messages comes after the answer to the one before."""
    monkeypatch.setattr("local_stt.telephony.line_poller.POLL_SECONDS", 3600.0)
    line = Line(["a"], [], ["b"], ["stop"])
    line.is_urgent = True
    assert follow(LinePoller(), (line, Session())) == [EndReason.HUNG_UP]
