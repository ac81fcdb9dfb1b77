"""A stream that breaks is started again, and the call goes on with its gap marked."""

import json
import threading
import time
from dataclasses import replace

import pytest

from helpers import messages
from helpers.events import final
from helpers.lines import QueueLine
from helpers.recordings import record
from helpers.servers import Witness, switchboard_of
from helpers.waiting import wait_until
from local_stt.audio import PhoneAudio
from local_stt.config.settings import CallSettings, LimitSettings, Settings
from local_stt.core.call_record import RESUME_TIMEOUT
from local_stt.engine.in_process import InProcessEngine
from local_stt.events import CallEnded, CallStarted, EndReason, Gap
from local_stt.hub import Hub
from local_stt.service.storage import is_known_as_closed
from local_stt.store import now, open_store
from local_stt.store.call_states import RESUME_TIMEOUT_MS
from local_stt.telephony.account import Account
from local_stt.telephony.addresses import Addresses
from local_stt.telephony.call_flow import CallFlow, load_phonebook
from local_stt.telephony.call_slots import CallSlots
from local_stt.telephony.other_hosts import Resumption
from local_stt.telephony.stream_recovery import MAX_TRIES, STABLE_SECONDS, StreamRecovery, resume_interrupted
from local_stt.telephony.switchboard import RESTART_TIMEOUT, never
from local_stt.web.event_log import EventLog
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

CALL = CallStarted("CA1", ("inbound", "outbound"), "+15550001", "+15551110001")


def recovery(api):
    call_flow = CallFlow(
        CallSettings(), LimitSettings(), (), load_phonebook(Settings()), Addresses("https://name.example")
    )
    account = Account(ACCOUNT_SID, AUTH_TOKEN, api.url, sleep=[].append)
    return StreamRecovery(account, call_flow)


def test_twilio_is_asked_for_a_stream_that_goes_on_where_the_call_is(api, notices):
    api.calls["CA1"] = {"status": "in-progress"}
    assert recovery(api).restart_stream(CALL, 12.5, 20.0)
    (asked,) = api.streams
    parameters = {asked[f"Parameter{n}.Name"]: asked[f"Parameter{n}.Value"] for n in range(1, 6)}
    assert parameters == {
        "caller": "+15550001",
        "callee": "+15551110001",
        "direction": "inbound",
        "began_ms": "20000",
        "heard_ms": "12500",
    }
    assert (asked["Url"], asked["Track"]) == ("wss://name.example/stream", "both_tracks")
    assert notices == ["The stream of call CA1 had broken and is started again."]


@pytest.mark.parametrize("status", ["completed", "ringing", None])
def test_a_call_that_is_over_or_unknown_is_not_streamed(api, status):
    if status:
        api.calls["CA1"] = {"status": status}
    assert not recovery(api).restart_stream(CALL, 1.0, 2.0)
    assert api.streams == []


@pytest.mark.parametrize(("status", "is_to_come"), [(500, True), (400, False), (404, False)])
def test_a_stream_may_come_where_twilio_has_not_said_no(api, status, is_to_come):
    """It may have been started before its answer was lost."""
    api.calls["CA1"] = {"status": "in-progress"}
    api.refusing = status
    assert recovery(api).restart_stream(CALL, 1.0, 2.0) is is_to_come


def test_what_breaks_again_and_again_is_left_alone(api):
    api.calls["CA1"] = {"status": "in-progress"}
    again = recovery(api)
    assert [again.restart_stream(CALL, 1.0, 2.0) for _ in range(MAX_TRIES + 1)] == [True] * MAX_TRIES + [
        False
    ]


def test_a_stream_that_held_for_long_is_mended_and_of_a_call_that_is_over_nothing_is_known(api):
    api.calls["CA1"] = {"status": "in-progress"}
    again = recovery(api)
    breaks = [number * STABLE_SECONDS for number in range(2 * MAX_TRIES)]
    assert all(again.restart_stream(CALL, heard, heard + 1) for heard in breaks)
    assert list(again._tries) == ["CA1"]
    again(CallEnded("CA1", EndReason.HUNG_UP, 1.0))
    assert again._tries == {}


def test_viewers_are_told_when_a_call_that_a_killed_program_left_is_over(tmp_path, api):
    store = open_store(tmp_path)
    for call_id in ("CA1", "CA2"):
        store.start_call(
            CallStarted(call_id, ("inbound",), "+15550001"), at=now() - 9000, server="s1", model="m"
        )
        store.add_event(final("hello there", call_id=call_id), at=now())
    event_log, left = EventLog(), store.take_over(["s1"], "s2")
    event_log.add_interrupted(left)
    start, calls = event_log.snapshot
    assert (start.number, calls) == (0, ["CA1", "CA2"])
    assert [each.at for each in event_log.in_progress] == [call.started_at for call in left]
    store.delete("CA2", at=now())
    again = recovery(api)
    board = switchboard_of(InProcessEngine(Never, gated=False), event_log, again)
    for thread in resume_interrupted(left, again, board, store, Hub([event_log, again]).publish):
        thread.join()
    assert event_log.snapshot == (replace(start, number=2), [])
    notices = [json.loads(entry.json) for entry in event_log.after(start, 10)]
    assert {(each["type"], each["reason"]) for each in notices} == {("call-ended", "interrupted")}
    assert {each["call_id"]: each["seconds"] for each in notices} == {"CA1": 1.9, "CA2": 0.0}
    assert again._tries == {}
    store.close()


class AskedBoard:
    """A switchboard that is asked to expect a call."""

    def resume(self, call, heard, since, ask):
        self.heard, self.since = heard, since
        return Resumption.HERE


@pytest.mark.parametrize(("began", "since"), [(-9, 9), (40 * 86_400, 1.9), (-40 * 86_400, 1.9)])
def test_a_clock_that_was_set_does_not_move_the_stream_of_a_call(tmp_path, api, began, since):
    """A stream that would begin days into a call, or before it, is refused."""
    store = open_store(tmp_path)
    store.start_call(CallStarted("CA1", ("inbound",)), at=now() + began * 1000, server="s1", model="m")
    store.add_event(final("hello there"), at=now())
    board = AskedBoard()
    for thread in resume_interrupted(store.take_over(["s1"], "s2"), recovery(api), board, store, print):
        thread.join()
    assert board.heard == 1.9
    assert board.since == pytest.approx(since, abs=120)
    assert board.since >= since
    store.close()


def test_a_stream_that_begins_again_by_itself_goes_on_where_the_call_is():
    witness = Witness()
    board = switchboard_of(InProcessEngine(Never, gated=False), witness)
    for _ in range(2):
        board.take(QueueLine(messages.start(), messages.media(b"\x01" * 800), None))
        time.sleep(0.3)
    (gap,) = witness.of(Gap)
    first, second = witness.of(CallEnded)
    assert (first.seconds, gap.start) == (0.1, 0.1)
    assert gap.end >= 0.3
    assert second.seconds == pytest.approx(gap.end + 0.1, abs=0.01)


def test_a_call_may_go_on_for_as_long_as_streams_of_it_are_asked_for():
    assert RESUME_TIMEOUT == MAX_TRIES * RESTART_TIMEOUT
    assert RESUME_TIMEOUT_MS == 1000 * RESUME_TIMEOUT


def twice(witness, ending, is_closed=never):
    """Return a switchboard that took two streams of one call; each ended with `ending`."""
    board = switchboard_of(InProcessEngine(Never, gated=False), witness, is_closed=is_closed)
    for _ in range(2):
        board.take(QueueLine(messages.start(), messages.media(b"\x01" * 800), ending))
    return board


def test_a_call_that_was_hung_up_is_not_begun_again(caplog):
    witness = Witness()
    twice(witness, messages.STOP)
    assert len(witness.of(CallStarted)) == len(witness.of(CallEnded)) == 1
    (record,) = [record for record in caplog.records if "refused" in record.getMessage()]
    assert record.getMessage().startswith("A stream of call CA1 was refused: that call is over")


def test_a_call_whose_stream_broke_long_ago_is_not_begun_again(monkeypatch, caplog):
    monkeypatch.setattr("local_stt.telephony.remembered_calls.RESUME_TIMEOUT", 0.0)
    witness = Witness()
    twice(witness, None)
    assert len(witness.of(CallStarted)) == len(witness.of(CallEnded)) == 1
    assert "A stream of call CA1 was refused: that call is over" in caplog.text


def test_a_call_that_is_kept_and_over_is_not_begun_again_and_is_asked_for_once(caplog):
    witness, asked = Witness(), []
    twice(witness, None, is_closed=lambda call_id: bool(asked.append(call_id)))
    assert asked == ["CA1"]  # then it is remembered
    assert len(witness.of(CallStarted)) == 2
    twice(witness, None, is_closed=lambda _: True)
    assert len(witness.of(CallStarted)) == 2
    assert caplog.text.count("A stream of call CA1 was refused") == 1


def test_others_do_not_wait_while_the_store_is_asked():
    witness, answered = Witness(), threading.Event()
    board = switchboard_of(
        InProcessEngine(Never, gated=False),
        witness,
        is_closed=lambda call_id: call_id == "CA1" and not answered.wait(60),
    )
    waiting = threading.Thread(target=board.take, args=(QueueLine(messages.start("CA1"), messages.STOP),))
    waiting.start()
    board.take(QueueLine(messages.start("CA2"), messages.STOP))
    assert [event.call_id for event in witness.of(CallEnded)] == ["CA2"]
    answered.set()
    waiting.join()
    assert [event.call_id for event in witness.of(CallEnded)] == ["CA2", "CA1"]


def test_where_the_store_does_not_answer_a_call_is_taken(tmp_path):
    store = open_store(tmp_path)
    store.start_call(CALL, at=now() - 900_000, server="s", model="m")
    store.end_call(CallEnded("CA1", EndReason.HUNG_UP, 1.0), at=now() - 800_000)
    assert is_known_as_closed(store, "CA1")
    assert not is_known_as_closed(store, "CA2")
    store.close()
    (tmp_path / "calls.sqlite3").write_bytes(b"no database" * 1000)
    assert not is_known_as_closed(store, "CA1")
    record(store, "CA1")
    assert is_known_as_closed(store, "CA1")  # its recording would be written over


class Never:
    """A recognizer that hears nothing."""

    can_reset = True

    def decoder(self, source):
        return PhoneAudio(source=source)

    def feed(self, pcm):
        return None

    def partial(self):
        return ""

    def close(self):
        return ()

    def finish(self):
        return ()


def test_a_call_whose_stream_comes_back_has_not_ended():
    witness = Witness()
    asked = []
    second = QueueLine()

    def restart_stream(call, heard, since):
        asked.append((call.call_id, heard))
        threading.Thread(target=board.take, args=(second,)).start()
        second.texts.put(messages.start(began_ms=str(round(since * 1000)), heard_ms=str(round(heard * 1000))))
        return True

    board = switchboard_of(InProcessEngine(Never, gated=False), witness, restart_stream=restart_stream)
    first = QueueLine(messages.start(), messages.media(b"\x01" * 800))
    threading.Timer(0.4, first.texts.put, [None]).start()
    board.take(first)
    assert asked == [("CA1", 0.1)]
    assert witness.of(CallEnded) == []
    (gap,) = witness.of(Gap)
    assert gap.start == 0.1
    second.texts.put(messages.media(b"\x01" * 8000))
    second.texts.put(messages.STOP)
    witness.wait_for_ends()
    (ended,) = witness.of(CallEnded)
    assert (ended.reason, ended.seconds) == ("hung-up", pytest.approx(gap.end + 1.0, abs=0.01))
    wait_until(lambda: board.calls == 0)
    assert board._remembered._admitted == {}


def test_a_stream_that_comes_goes_on_with_its_call_whatever_asking_said_and_however_long_it_took(monkeypatch):
    monkeypatch.setattr("local_stt.telephony.remembered_calls.RESUME_TIMEOUT", 0)
    witness, second = Witness(), QueueLine(messages.start())

    def restart_stream(*_):
        threading.Thread(target=board.take, args=(second,)).start()
        wait_until(lambda: len(witness.of(CallStarted)) == 2)
        return False  # Twilio's answer was lost

    board = switchboard_of(InProcessEngine(Never, gated=False), witness, restart_stream=restart_stream)
    board.take(QueueLine(messages.start(), messages.media(b"\x01" * 800), None))
    assert witness.of(CallEnded) == []
    second.texts.put(messages.STOP)
    witness.wait_for_ends()
    assert [event.reason for event in witness.of(CallEnded)] == ["hung-up"]
    wait_until(lambda: board.calls == 0)
    assert (board._broken_sessions, board._remembered._admitted, board._summaries) == (set(), {}, {})


def test_a_call_that_is_not_streamed_again_has_its_place_until_its_last_word():
    finishing, may_finish = threading.Event(), threading.Event()

    class Slow(Never):
        def finish(self):
            finishing.set()
            may_finish.wait(60)
            return ()

    witness, call_slots = Witness(), CallSlots(1)
    board = switchboard_of(
        InProcessEngine(Slow, gated=False), witness, restart_stream=lambda *_: False, call_slots=call_slots
    )
    slot = call_slots.acquire()
    first = QueueLine(messages.start(), messages.media(b"\x01" * 800), None)
    taking = threading.Thread(target=board.take, args=(first, slot))
    taking.start()
    assert finishing.wait(60)
    assert board.calls == 1
    assert not call_slots.reserve("CA2")
    may_finish.set()
    taking.join()
    slot.release()
    assert call_slots.reserve("CA2")


@pytest.mark.parametrize("breaks", [1, 3])
def test_a_call_whose_stream_comes_back_for_a_moment_ends_once(breaks):
    witness, lines = Witness(), [QueueLine() for _ in range(breaks)]
    threads = []

    def restart_stream(*_):
        line = lines.pop()
        threads.append(threading.Thread(target=board.take, args=(line,)))
        threads[-1].start()
        line.texts.put(messages.start())
        line.texts.put(messages.media(b"\x01" * 800))
        line.texts.put(None if lines else messages.STOP)
        return True

    board = switchboard_of(InProcessEngine(Never, gated=False), witness, restart_stream=restart_stream)
    began = time.monotonic()
    board.take(QueueLine(messages.start(), messages.media(b"\x01" * 800), None))
    for thread in threads:
        thread.join()
    assert [event.reason for event in witness.of(CallEnded)] == ["hung-up"]
    assert witness.events[-1] == witness.of(CallEnded)[0]
    assert time.monotonic() - began < 10
    assert (board.calls, board._broken_sessions) == (0, set())
    assert (board._remembered._admitted, board._summaries) == ({}, {})
    (track,) = witness.of(CallEnded)[0].tracks
    assert (track.packets, track.seconds) == (
        breaks + 1,
        pytest.approx((breaks + 1) * 0.1),
    )  # of the whole call


def test_the_clock_of_a_call_goes_on_however_long_twilio_takes():
    witness = Witness()

    def restart_stream(call, heard, since):
        time.sleep(0.5)
        began, had = (str(round(seconds * 1000)) for seconds in (since, heard))
        second = QueueLine(messages.start(began_ms=began, heard_ms=had), messages.STOP)
        threading.Thread(target=board.take, args=(second,)).start()
        return True

    board = switchboard_of(InProcessEngine(Never, gated=False), witness, restart_stream=restart_stream)
    board.take(QueueLine(messages.start(), messages.media(b"\x01" * 800), None))
    witness.wait_for_ends()
    (gap,) = witness.of(Gap)
    assert gap.end >= 0.5


def test_the_end_of_the_program_does_not_wait_for_a_stream_to_come_back():
    witness = Witness()
    board = switchboard_of(InProcessEngine(Never, gated=False), witness, restart_stream=lambda *_: True)
    thread = threading.Thread(target=board.take, args=(QueueLine(messages.start(), None),))
    thread.start()
    wait_until(lambda: board._broken_sessions)
    began = time.monotonic()
    board.drain(30)
    thread.join()
    assert time.monotonic() - began < 5
    assert [event.reason for event in witness.of(CallEnded)] == ["shutdown"]


def test_a_call_whose_stream_does_not_come_back_has_ended(monkeypatch):
    monkeypatch.setattr("local_stt.telephony.switchboard.RESTART_TIMEOUT", 0.1)
    for expected in (True, False):
        witness = Witness()
        board = switchboard_of(
            InProcessEngine(Never, gated=False), witness, restart_stream=lambda *_, it=expected: it
        )
        board.take(QueueLine(messages.start(), None))
        assert [event.reason for event in witness.of(CallEnded)] == ["disconnected"]
