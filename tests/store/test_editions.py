"""Two editions of a call's text in a real database.  One of them is shown."""

import pytest

from helpers.events import save_call, started
from helpers.jobs import second_passes
from local_stt.core.call_record import CallState, Edition, LineKind, SecondPass, Utterance
from local_stt.core.formats import call_to_dict
from local_stt.events import CallEnded, DigitPressed, EndReason, Word

BETTER = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, (Word("better", 1.0, 2.0, 0.9),))]


@pytest.fixture
def wanting(store):
    """A store in which calls to +15550002 are to be heard again."""
    store.second_passes.subscribe(lambda call: call.number == "+15550002")
    return store


def texts(store, call_id="CA1", **which):
    return [each.text for each in store.utterances(call_id, **which)]


def heard_again(store, said=BETTER):
    (wanted,) = second_passes(store)
    return store.second_passes.keep(wanted, "large", said)


def test_the_end_of_a_call_says_what_is_wanted_and_nothing_else_does(wanting):
    wanting.start_call(started("CA1"), at=1, server="s1", model="m")
    assert second_passes(wanting) == []
    save_call(wanting, "CA1", "live words")
    save_call(wanting, "CA2", "other number", callee="+49")
    assert [(each.call_id, each.owner) for each in second_passes(wanting)] == [("CA1", "s1")]
    assert wanting.call("CA1").second_pass is SecondPass.WANTED
    assert wanting.call("CA2").second_pass is SecondPass.NONE


def test_a_call_that_was_cut_off_is_wanted_too(wanting):
    wanting.start_call(started("CA1"), at=1, server="s1", model="m")
    wanting.close_interrupted(["CA1"])
    assert [each.call_id for each in second_passes(wanting)] == ["CA1"]


def test_the_better_text_is_shown_and_the_live_one_on_request(wanting):
    wanting.start_call(started("CA1"), at=1, server="s1", model="demo-en")
    wanting.add_event(DigitPressed("CA1", "inbound", "5", 0.5), at=2)
    save_call(wanting, "CA1", "live words")
    assert heard_again(wanting)
    assert texts(wanting) == ["pressed 5", "better words"]
    assert texts(wanting, edition=Edition.LIVE) == ["pressed 5", "live words"]
    assert wanting.utterances("CA1")[1] == BETTER[0]
    call = call_to_dict(wanting.call("CA1"))
    assert (call["model"], call["second_model"], call["second_pass"]) == ("demo-en", "large", "done")
    assert (call["edition"], call["text_model"]) == ("second", "large")
    live, _ = wanting.call_with_utterances("CA1", edition=Edition.LIVE)
    assert (live.edition, live.text_model, live.second_pass) == (Edition.LIVE, "demo-en", SecondPass.DONE)
    assert second_passes(wanting) == []


def test_what_neither_could_recognize_is_shown_where_it_was_heard(wanting):
    save_call(wanting, "CA1", "live words")
    heard_again(wanting, [Utterance("inbound", 3.0, 4.0, "1.0 s lost", 0.0, kind=LineKind.SET_ASIDE)])
    assert texts(wanting) == ["1.0 s lost"]
    assert texts(wanting, edition=Edition.LIVE) == ["live words"]


def test_only_what_is_shown_is_found(wanting):
    save_call(wanting, "CA1", "live words")
    assert [match.text for match in wanting.search("words")] == ["live words"]
    heard_again(wanting)
    assert [match.text for match in wanting.search("words", limit=1)] == ["better words"]
    assert [match.text for match in wanting.search("words")] == ["better words"]
    assert wanting.search("live") == []
    save_call(wanting, "CA2", "new words", callee="+49")
    assert [match.text for match in wanting.search("words", limit=1)] == ["new words"]


def test_a_digit_is_found_beside_the_better_text(wanting):
    wanting.start_call(started("CA1"), at=1, server="s1", model="m")
    wanting.add_event(DigitPressed("CA1", "inbound", "5", 0.5), at=2)
    save_call(wanting, "CA1", "live words")
    heard_again(wanting)
    assert [match.text for match in wanting.search("pressed")] == ["pressed 5"]


def test_deleting_takes_both(wanting):
    save_call(wanting, "CA1", "live words")
    heard_again(wanting)
    left = wanting.delete("CA1", at=99)
    assert (left.second_pass, left.second_model) == (SecondPass.NONE, "")
    assert texts(wanting) == texts(wanting, edition=Edition.LIVE) == wanting.search("words") == []


def test_a_call_that_was_deleted_meanwhile_gets_nothing(wanting):
    save_call(wanting, "CA1", "live words")
    (wanted,) = second_passes(wanting)
    wanting.delete("CA1", at=99)
    assert not wanting.second_passes.keep(wanted, "large", BETTER)
    assert not wanting.second_passes.give_up(wanted)
    assert (texts(wanting), wanting.call("CA1").state) == ([], CallState.DELETED)


def test_a_call_that_goes_on_is_heard_again_from_the_beginning(wanting):
    save_call(wanting, "CA1", "live words", reason=EndReason.DISCONNECTED)
    (before,) = second_passes(wanting)
    heard_again(wanting)
    wanting.start_call(started("CA1"), at=20_000, server="s1", model="m")
    assert texts(wanting) == ["live words"]
    wanting.end_call(CallEnded("CA1", EndReason.HUNG_UP, 30.0), at=40_000)
    assert not wanting.second_passes.keep(before, "large", BETTER)  # of the shorter recording
    assert heard_again(wanting)
    assert texts(wanting) == ["better words"]


def test_what_is_given_up_stays_as_it_was_heard_live(wanting):
    save_call(wanting, "CA1", "live words")
    (wanted,) = second_passes(wanting)
    assert wanting.second_passes.give_up(wanted)
    assert second_passes(wanting) == []
    assert wanting.call("CA1").second_pass is SecondPass.FAILED
    assert texts(wanting) == ["live words"]
    wanting.end_call(CallEnded("CA1", EndReason.HUNG_UP, 9.5), at=50_000)  # told twice
    assert second_passes(wanting) == []
