"""Calls go on at other hosts, and none of them is ended here."""

import threading

import pytest

from helpers import messages
from helpers.lines import QueueLine
from helpers.servers import Witness, switchboard_of
from helpers.waiting import wait_until
from local_stt.engine.in_process import InProcessEngine
from local_stt.events import CallEnded, CallStarted, Gap
from local_stt.telephony import switchboard
from local_stt.telephony.call_slots import CallSlots
from local_stt.telephony.other_hosts import OtherHosts, Resumption

AUDIO = messages.media(b"\x01" * 800)


class Hosts:
    """The other hosts, as a test wants them."""

    def __init__(self, *, there=True):
        self.there, self.followed, self.left = there, set(), []

    def as_asked(self):
        return OtherHosts(lambda: self.there, lambda call_id: call_id in self.followed, self.left.append)


class Board:
    """A switchboard with calls in progress, each with a thread that takes it."""

    def __init__(self, hosts, **options):
        self.witness = Witness()
        self.slots = CallSlots()
        self.board = switchboard_of(
            InProcessEngine(None, gated=False),
            self.witness,
            other_hosts=hosts.as_asked(),
            call_slots=self.slots,
            **options,
        )
        self._threads = []

    def take(self, call_id, *, can_move=True):
        line = QueueLine(messages.start(call_id))
        slot = self.slots.acquire()
        thread = threading.Thread(
            target=self.board.take, args=(line, slot), kwargs={"can_move": can_move}, daemon=True
        )
        thread.start()
        self._threads.append(thread)
        wait_until(lambda: self.witness.of(CallStarted, call_id))
        return line

    def wait(self):
        for thread in self._threads:
            thread.join(400)
            assert not thread.is_alive()


def test_a_call_that_another_host_has_taken_over_is_left():
    hosts = Hosts()
    board = Board(hosts)
    lines = {call_id: board.take(call_id) for call_id in ("CA1", "CA2")}
    hosts.followed = {"CA1"}
    board.board.leave_taken()
    wait_until(lambda: hosts.left == ["CA1"])
    assert lines["CA1"].hung_up.is_set()
    assert not lines["CA2"].hung_up.is_set()
    assert board.witness.of(CallEnded) == []
    lines["CA2"].texts.put(messages.STOP)
    board.wait()
    assert [each.call_id for each in board.witness.of(CallEnded)] == ["CA2"]


def test_a_call_that_was_left_may_come_back():
    hosts = Hosts()
    board = Board(hosts)
    board.take("CA1")
    hosts.followed = {"CA1"}
    board.board.leave_taken()
    board.wait()
    hosts.followed = set()
    board.take("CA1").texts.put(messages.STOP)
    board.wait()
    assert len(board.witness.of(CallEnded)) == 1


def test_other_hosts_go_on_with_calls_when_the_program_stops():
    hosts = Hosts()
    board = Board(hosts)
    board.take("CA1")
    board.take("CAbrowser", can_move=False)
    board.board.close()
    board.wait()
    assert hosts.left == ["CA1"]
    assert [each.call_id for each in board.witness.of(CallEnded)] == ["CAbrowser"]


def test_calls_are_finished_here_when_there_is_no_other_host():
    hosts = Hosts(there=False)
    board = Board(hosts)
    board.take("CA1")
    board.board.close()
    board.wait()
    assert hosts.left == []
    assert [each.call_id for each in board.witness.of(CallEnded)] == ["CA1"]


def test_calls_may_go_on_while_no_new_ones_are_taken(notices):
    board = Board(Hosts(), seconds_to_drain=400)
    line = board.take("CA1")
    closing = threading.Thread(target=board.board.close)
    closing.start()
    wait_until(lambda: board.slots.is_draining)
    assert board.slots.acquire() is None
    assert not board.slots.reserve("CA2")
    assert not line.hung_up.is_set()
    line.texts.put(messages.STOP)
    closing.join(400)
    board.wait()
    (ended,) = board.witness.of(CallEnded)
    assert ended.reason == "hung-up"
    assert notices == ["1 calls may go on for 400 s (LOCAL_STT_DRAIN_SECONDS); no new ones are taken."]


@pytest.mark.parametrize("can_move", [True, False])
def test_a_broken_stream_that_goes_on_elsewhere_does_not_end_its_call(monkeypatch, can_move):
    monkeypatch.setattr(switchboard, "LOOK_SECONDS", 0.01)
    hosts = Hosts()

    def restart(call, heard, since):
        hosts.followed.add(call.call_id)  # its new stream comes to another host
        return True

    board = Board(hosts, restart_stream=restart)
    board.take("CA1", can_move=can_move).texts.put(None)
    board.wait()
    assert hosts.left == ["CA1"]
    assert board.witness.of(CallEnded) == []


def test_a_call_of_a_host_that_is_gone_may_go_on_at_a_third(monkeypatch):
    monkeypatch.setattr(switchboard, "LOOK_SECONDS", 0.01)
    hosts = Hosts()
    board = Board(hosts)

    def request():
        hosts.followed.add("CA1")
        return True

    call = CallStarted("CA1", ("inbound",))
    assert board.board.resume(call, 1.0, 2.0, request) is Resumption.ELSEWHERE
    assert board.board.resume(call, 1.0, 2.0, lambda: False) is Resumption.NOWHERE


def test_a_new_stream_that_another_host_has_asked_for_takes_the_place_of_the_former():
    hosts = Hosts()
    board = Board(hosts)
    former = board.take("CA1")
    new = QueueLine(messages.start("CA1", began_ms="5000", heard_ms="4000"))
    thread = threading.Thread(target=board.board.take, args=(new,), kwargs={"can_move": True})
    thread.start()
    wait_until(lambda: len(board.witness.of(CallStarted)) == 2)
    assert former.hung_up.is_set()
    assert [(gap.start, gap.end) for gap in board.witness.of(Gap)] == [(4.0, 5.0)]
    new.texts.put(messages.STOP)
    thread.join(400)
    board.wait()
    assert len(board.witness.of(CallEnded)) == 1
