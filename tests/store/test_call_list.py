"""The list of calls in a real database: what it shows, and how it is filtered."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from helpers.events import final, recording, save_call, started
from helpers.jobs import second_passes
from helpers.recordings import record
from local_stt.core.call_record import Badge, CallState, Utterance
from local_stt.errors import BadQuery
from local_stt.events import Alert, CallEnded, EndReason, Gap, Redaction, Token, Turn, Word
from local_stt.store import CallFilter, Wanted
from local_stt.store.call_filter import BADGES
from local_stt.store.schema import calls, contacts


def listed(store, **wanted):
    page = store.page(CallFilter(**wanted))
    assert page.total == len(page.calls)
    return [call.call_id for call in page.calls]


@pytest.fixture
def full(store):
    """A store with a call for each badge."""
    store.second_passes.subscribe(lambda call: call.caller == "+3")
    save_call(store, "recorded", "one hello", at=1000, caller="+15550001234")
    record(store, "recorded")
    store.start_call(started("voicemail"), at=2000, server="s", model="m", handling="voicemail")
    store.save_call(replace(recording("file", "Übung 50%.wav"), started_at=3000), [])
    save_call(store, "alert", "two hello", at=4000)
    store.add_alert(Alert("alert", "inbound", "refund", "money back", 1.0, 2.0), at=1)
    store.start_call(started("gap"), at=5000, server="s", model="m")
    store.add_event(Gap("gap", 1.0, 2.0), at=5000)
    save_call(store, "second-pass", "three hello", at=6000, caller="+3")
    store.second_passes.keep(second_passes(store)[0], "large", [Utterance("inbound", 1, 2, "besser", 1.0)])
    store.start_call(started("redacted"), at=7000, server="s", model="m")
    store.add_event(
        replace(final("[NAME]", call_id="redacted"), redactions=(Redaction("name", 1.0, 1.4),)), at=1
    )
    save_call(store, "edited", "four hello", at=8000)
    store.corrections.add("edited", Wanted("inbound", 1000, 1400, "vier"), at=90_000)
    return store


@pytest.mark.parametrize("badge", Badge)
def test_a_call_is_found_by_its_badge(full, badge):
    assert listed(full, badge=badge) == [str(badge)]
    assert full.call(str(badge)).badges == [badge]
    assert (badge in BADGES) == (badge is not Badge.RECORDED)


def test_a_deleted_call_has_no_badge_but_that_of_a_file(full):
    for badge in Badge:
        full.delete(str(badge), at=99_000)
        assert full.call(str(badge)).badges == ([badge] if badge is Badge.FILE else [])
        assert listed(full, badge=badge) == ([str(badge)] if badge is Badge.FILE else [])


def test_what_is_asked_for_must_all_be(full):
    assert listed(full, q="hello", direction="inbound") == ["edited", "alert", "recorded"]
    assert listed(full, q="hello", badge=Badge.ALERT, topic="refund") == ["alert"]
    assert listed(full, q="hello", badge=Badge.ALERT, topic="anger") == []
    assert listed(full, state=CallState.LIVE, badge=Badge.GAP) == ["gap"]
    full.annotations.change("alert", tags=["vip"])
    assert listed(full, tag="vip") == ["alert"]
    assert listed(full, tag="VIP") == []


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("5000 12", ["recorded"]),
        ("+1 (555) 000-12", ["recorded"]),
        ("50%", ["file"]),
        ("bung", ["file"]),
        ("5%0", []),
        ("_", []),
        ("ÖSTER", ["recorded"]),
        ("zoë", ["recorded"]),
        ("nobody", []),
    ],
)
def test_people_are_found_by_parts_of_numbers_and_names(full, who, found):
    with full._engine.begin() as connection:
        connection.execute(insert(contacts).values(number="+15550001234", name="Zoë Österreich"))
    assert listed(full, who=who) == found


def test_lengths_are_compared_as_they_are_shown(store):
    for number, seconds in enumerate((1.0, 1.4996, 1.5004, 2.0)):
        save_call(store, f"CA{number}", at=number)
        with store._engine.begin() as connection:
            chosen = update(calls).where(calls.c.call_id == f"CA{number}")
            connection.execute(chosen.values(seconds=seconds))
    assert listed(store, min_duration=1500) == ["CA3", "CA2", "CA1"]
    assert listed(store, max_duration=1500) == ["CA2", "CA1", "CA0"]


def test_the_first_page_has_the_number_of_all(store):
    for number in range(5):
        save_call(store, f"CA{number}", "hello", at=number)
    page = store.page(CallFilter(q="hello"), limit=2)
    assert (page.total, [call.call_id for call in page.calls]) == (5, ["CA4", "CA3"])
    rest = store.page(CallFilter(q="hello"), before=page.older, limit=1000)
    assert (rest.total, rest.older, len(rest.calls)) == (None, None, 3)


def test_each_call_has_its_earliest_matches_and_their_number(store):
    save_call(store, "CA1", "money one", "no", "money two", "my money", "money four", at=1)
    save_call(store, "CA2", "no money", at=2)
    save_call(store, "CA3", "nothing", at=3)
    two, one = store.page(CallFilter(q="money")).calls
    assert ([match.text for match in two.matches], two.match_count) == (["no money"], 1)
    assert [match.text for match in one.matches] == ["money one", "money two", "my money"]
    assert one.match_count == 4
    assert one.matches[2] in store.search("money")
    assert store.page().calls[0].matches == ()
    with pytest.raises(BadQuery):
        store.page(CallFilter(q="?"))


def test_only_the_best_text_counts(full):
    assert listed(full, q="three") == listed(full, q="four") == []
    assert listed(full, q="besser") == ["second-pass"]
    assert listed(full, q="vier") == ["edited"]


def test_the_opening_is_what_people_read_of_the_best_text(store):
    save_call(store, "CA1", "um four p m", "yes please", at=1)
    words = final("um four p m").words
    tokens = (Token("4", 0, 2), Token("p.m.", 2, 4))
    store.add_turn(
        Turn("CA1", "inbound", 0, True, True, 1.0, "um four p m", "4 p.m.", 1.0, 2.9, words, tokens), at=1
    )
    assert store.call("CA1").opening == "4 p.m. yes please"
    save_call(store, "CA2", *[f"many words {number}" for number in range(30)], at=2)
    opening = store.call("CA2").opening
    assert opening.startswith("many words 0 many words 1")
    assert len(opening) <= 160
    store.start_call(started("CA3"), at=3, server="s", model="m")
    assert store.call("CA3").opening == ""


def test_a_voicemail_of_a_call_that_nobody_answered_is_noted_later(store):
    store.start_call(started("CA1"), at=1, server="s", model="m", handling="forward")
    store.note_voicemail("CA1")
    assert store.call("CA1").badges == [Badge.VOICEMAIL]
    store.delete("CA1", at=2)
    store.note_voicemail("CA1")
    store.note_voicemail("CA9")
    assert store.call("CA1").badges == []


def test_alerts_are_kept_once_and_those_of_whole_texts_too(store):
    found = Alert("CA1", "inbound", "refund", "money back", 1.0, 2.0)
    store.second_passes.subscribe(lambda _: True)
    store.alerts.subscribe(lambda call, said: [replace(found, start=1.2), replace(found, topic="anger")])
    save_call(store, "CA1", "money back")
    for _ in range(2):
        store.add_alert(found, at=1)
    assert store.call("CA1").topics == ("refund",)
    store.second_passes.keep(
        second_passes(store)[0],
        "large",
        [Utterance("inbound", 1.0, 2.0, "money", 1.0, (Word("money", 1.0, 2.0, 1.0),))],
    )
    assert store.call("CA1").topics == ("anger", "refund")
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM alerts").scalar() == 2
    store.save_call(recording(), [])
    assert store.call("file-1").topics == ("anger", "refund")


def test_a_call_that_goes_on_keeps_its_alerts(store):
    save_call(store, "CA1", "money back", reason=EndReason.DISCONNECTED)
    store.add_alert(Alert("CA1", "inbound", "refund", "money back", 1.0, 2.0), at=1)
    store.annotations.change("CA1", note="angry")
    store.start_call(started("CA1"), at=20_000, server="s1", model="m")
    store.end_call(CallEnded("CA1", EndReason.HUNG_UP, 30.0), at=40_000)
    assert (store.call("CA1").topics, store.call("CA1").note) == (("refund",), "angry")
