"""Which calls and streams find a slot."""

import pytest

from local_stt.telephony.call_slots import STREAM_TIMEOUT, CallSlots, Readiness


@pytest.fixture
def call_slots(clock):
    return CallSlots(2, clock)


def taken(call_slots, call_id, spare=0):
    """The slot of a call that came without having been answered here, or None."""
    slot = call_slots.acquire(spare)
    if slot and slot.assign(call_id):
        return slot
    if slot:
        slot.release()
    return None


def test_no_more_calls_are_answered_than_there_are_places(call_slots):
    assert [call_slots.reserve(call_id) for call_id in ("CA1", "CA2", "CA3")] == [True, True, False]
    assert call_slots.reserve("CA1")  # Twilio asks again


def test_a_call_that_was_answered_has_one_place_before_and_after_its_stream_has_come(call_slots):
    call_slots.reserve("CA1")
    first = taken(call_slots, "CA1")
    assert call_slots.reserve("CA1")
    assert call_slots.reserve("CA2")
    assert not call_slots.reserve("CA3")
    first.release()
    assert call_slots.reserve("CA3")


def test_a_call_whose_stream_does_not_come_loses_its_place(call_slots, clock):
    call_slots.reserve("CA1")
    call_slots.reserve("CA2")
    clock.now = STREAM_TIMEOUT
    assert call_slots.reserve("CA3")


def test_a_stream_that_nobody_expects_is_refused_at_its_handshake_when_all_places_are_taken(call_slots):
    assert taken(call_slots, "CA1")
    second = taken(call_slots, "CA2")
    assert call_slots.acquire() is None
    second.release()
    assert call_slots.acquire() is not None


def test_a_stream_that_comes_instead_of_an_expected_one_is_refused_when_it_says_so(call_slots):
    assert taken(call_slots, "CA1")
    assert call_slots.reserve("CA2")
    assert taken(call_slots, "CA3") is None
    assert taken(call_slots, "CA2")
    assert call_slots.acquire() is None


def test_handshakes_alone_do_not_keep_out_a_call_that_is_answered(call_slots):
    assert call_slots.acquire()
    assert call_slots.acquire()
    assert call_slots.acquire() is None
    assert call_slots.reserve("CA1")
    assert taken(call_slots, "CA1")


def test_a_stream_that_comes_back_finds_the_place_of_the_one_that_broke(call_slots):
    broken, _ = taken(call_slots, "CA1"), taken(call_slots, "CA2")
    broken.is_broken = True
    call_slots.expect("CA1", 15)
    assert not call_slots.reserve("CA3")
    assert taken(call_slots, "CA3") is None
    assert taken(call_slots, "CA1")
    assert call_slots.acquire() is None
    broken.release()
    assert call_slots.acquire() is None


def test_a_call_that_was_placed_here_comes_however_many_there_are(call_slots):
    assert taken(call_slots, "CA1")
    assert taken(call_slots, "CA2")
    call_slots.expect("CA3", 120)
    assert taken(call_slots, "CA3")
    call_slots.expect("CA4", 120)
    call_slots.cancel("CA4")
    assert call_slots.acquire() is None


def test_a_viewer_finds_some_more_places(call_slots):
    assert taken(call_slots, "CA1")
    assert taken(call_slots, "CA2")
    assert taken(call_slots, "CA3", spare=1)
    assert call_slots.acquire(spare=1) is None
    assert CallSlots(0).acquire() is None
    assert CallSlots(0).acquire(spare=1)


def test_whether_a_further_call_could_be_answered_is_known(call_slots):
    assert call_slots.readiness is Readiness.READY
    call_slots.reserve("CA1")
    first = taken(call_slots, "CA2")
    assert call_slots.readiness is Readiness.FULL
    first.release()
    assert call_slots.readiness is Readiness.READY


def test_a_program_about_to_stop_takes_only_the_streams_of_calls_that_it_has_answered(call_slots):
    call_slots.reserve("CA1")
    call_slots.is_draining = True
    assert call_slots.readiness is Readiness.DRAINING
    assert not call_slots.reserve("CA2")
    assert taken(call_slots, "CA2") is None
    assert taken(call_slots, "CA1")
    assert call_slots.acquire() is None


def test_the_load_is_the_share_of_slots_that_are_taken_or_expected(call_slots, clock):
    assert call_slots.load == 0
    call_slots.reserve("CA1")
    assert call_slots.load == 0.5
    taken(call_slots, "CA1")
    assert call_slots.load == 0.5
    taken(call_slots, "CA2")
    call_slots.expect("CA3", 10)  # beyond the limit
    assert call_slots.load == 1


def test_without_slots_all_are_taken_and_without_a_limit_none_matters():
    assert CallSlots(0).load == 1
    assert CallSlots().load == 0
