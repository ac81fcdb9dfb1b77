"""The event log keeps what happened on calls, and forgets those that are deleted."""

from helpers.events import final, started
from local_stt.events import CallDeleted, CallEnded, EndReason
from local_stt.web.event_log import EventLog, Position


def kept(log):
    return [entry.json.decode() for entry in log.after(Position(log.newest.epoch, 0), 100)]


def test_of_a_call_that_is_deleted_while_it_goes_on_nothing_is_left_in_the_end():
    log = EventLog()
    for event in (started(), final("a secret"), CallDeleted("CA1")):
        log(event)
    (live,) = log.in_progress
    assert (live.started.call_id, live.started.caller, live.started.callee) == ("CA1", "", "")
    log(final("another secret"))
    log(CallEnded("CA1", EndReason.HUNG_UP, 2.0))
    *before, end = kept(log)
    assert set(before) == {""}
    assert '"call-ended"' in end
    assert log.in_progress == []


def test_other_calls_stay_when_one_is_deleted():
    log = EventLog()
    for event in (started(), started("CA2"), CallDeleted("CA1")):
        log(event)
    assert ["CA2" in each for each in kept(log)] == [False, True, False]
