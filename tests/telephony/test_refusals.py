"""Which calls were refused lately."""

from local_stt.telephony.addresses import Addresses
from local_stt.telephony.admission import Admission, SharedAdmission
from local_stt.telephony.call_slots import CallSlots
from local_stt.telephony.refusals import MAX_REMEMBERED, Refusals, RefusedCalls


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def test_calls_that_are_refused_within_a_minute_for_one_reason_are_counted_together():
    clock = Clock()
    refusals = Refusals(clock)
    for _ in range(3):
        refusals.note("full")
        clock.now += 25
    refusals.note("full")
    refusals.note("stopping")
    assert refusals.lately() == [
        RefusedCalls(1_000_075_000, 1, "stopping"),
        RefusedCalls(1_000_075_000, 1, "full"),
        RefusedCalls(1_000_000_000, 3, "full"),
    ]


def test_a_day_is_remembered_and_not_more_than_fits():
    clock = Clock()
    refusals = Refusals(clock)
    refusals.note("full")
    clock.now += 24 * 3600 + 1
    assert refusals.lately() == []
    for number in range(MAX_REMEMBERED + 5):
        refusals.note(str(number))
    assert len(refusals.lately()) == MAX_REMEMBERED


def test_a_clock_that_is_set_back_is_no_harm():
    clock = Clock()
    refusals = Refusals(clock)
    refusals.note("full")
    clock.now -= 7200
    refusals.note("full")
    assert [each.count for each in refusals.lately()] == [1, 1]


class FullHosts:
    """The loads of hosts that have no room, as Redis has them."""

    id = "a"

    def promise(self, call_id, seconds):
        return False


def test_a_call_that_no_host_has_room_for_is_counted_where_it_came_first():
    slots = CallSlots(1)
    admission = SharedAdmission(slots, Addresses("https://name.example"), FullHosts())
    assert admission.answer("CA1") is None
    assert [each.sentence for each in slots.refusals.lately()] == ["The lines of all hosts were in use."]


def test_a_call_that_has_a_place_is_not_counted():
    slots = CallSlots(2)
    admission = Admission(slots, Addresses("https://name.example"))
    for call_id in ("CA1", "CA1", "CA2", "CA3", "CA2"):
        admission.answer(call_id)
    (refused,) = slots.refusals.lately()
    assert (refused.count, refused.sentence) == (1, "All 2 lines were in use (LOCAL_STT_MAX_CALLS).")
