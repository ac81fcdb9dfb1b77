"""Which calls and streams find a place."""

import pytest

from local_stt.telephony.places import SECONDS_TO_COME, CallSlots


@pytest.fixture
def places(clock):
    return CallSlots(2, clock)


def taken(places, call_id, spare=0):
    """The place of a call that came without having been answered here, or None."""
    place = places.enter(spare)
    if place and place.begin(call_id):
        return place
    if place:
        place.leave()
    return None


def test_no_more_calls_are_answered_than_there_are_places(places):
    assert [places.promise(call_id) for call_id in ("CA1", "CA2", "CA3")] == [True, True, False]
    assert places.promise("CA1")  # Twilio asks again


def test_a_call_that_was_answered_has_one_place_before_and_after_its_stream_has_come(places):
    places.promise("CA1")
    first = taken(places, "CA1")
    assert places.promise("CA1")
    assert places.promise("CA2")
    assert not places.promise("CA3")
    first.leave()
    assert places.promise("CA3")


def test_a_call_whose_stream_does_not_come_loses_its_place(places, clock):
    places.promise("CA1")
    places.promise("CA2")
    clock.now = SECONDS_TO_COME
    assert places.promise("CA3")


def test_a_stream_that_nobody_expects_is_refused_at_its_handshake_when_all_places_are_taken(places):
    assert taken(places, "CA1")
    second = taken(places, "CA2")
    assert places.enter() is None
    second.leave()
    assert places.enter() is not None


def test_a_stream_that_comes_instead_of_an_expected_one_is_refused_when_it_says_so(places):
    assert taken(places, "CA1")
    assert places.promise("CA2")
    assert taken(places, "CA3") is None
    assert taken(places, "CA2")
    assert places.enter() is None


def test_handshakes_alone_do_not_keep_out_a_call_that_is_answered(places):
    assert places.enter()
    assert places.enter()
    assert places.enter() is None
    assert places.promise("CA1")
    assert taken(places, "CA1")


def test_a_stream_that_comes_back_finds_the_place_of_the_one_that_broke(places):
    broken, _ = taken(places, "CA1"), taken(places, "CA2")
    broken.is_aside = True
    places.expect("CA1", 15)
    assert not places.promise("CA3")
    assert taken(places, "CA3") is None
    assert taken(places, "CA1")
    assert places.enter() is None
    broken.leave()
    assert places.enter() is None


def test_a_call_that_was_placed_here_comes_however_many_there_are(places):
    assert taken(places, "CA1")
    assert taken(places, "CA2")
    places.expect("CA3", 120)
    assert taken(places, "CA3")
    places.expect("CA4", 120)
    places.withdraw("CA4")
    assert places.enter() is None


def test_a_viewer_finds_some_more_places(places):
    assert taken(places, "CA1")
    assert taken(places, "CA2")
    assert taken(places, "CA3", spare=1)
    assert places.enter(spare=1) is None
    assert CallSlots(0).enter() is None
    assert CallSlots(0).enter(spare=1)
