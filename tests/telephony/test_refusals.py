"""Which calls were refused lately."""

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
