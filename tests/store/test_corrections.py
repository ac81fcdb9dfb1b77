"""The edited edition of a call's text in a real database."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from helpers.events import final, save_call, started
from helpers.jobs import second_passes
from helpers.recordings import record
from local_stt.core.audio_redaction import redacted_spans
from local_stt.core.call_record import Badge, CallState, Edition, LineKind, SecondPass, Utterance
from local_stt.errors import CorrectionError, NoSuchCall, NoSuchCorrection, NoSuchEdition, RedactedError
from local_stt.events import CallEnded, DigitPressed, EndReason, Redaction, Word
from local_stt.store import Wanted
from local_stt.store.schema import corrections, utterances, words

BETTER = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, (Word("better", 1.0, 2.0, 0.9),))]

HANSSEN = Wanted("inbound", 2500, 2900, "Hanssen,")
"""Corrects the last word of `call`"""


@pytest.fixture
def call(store):
    save_call(store, "CA1", "my name is hansen", "good bye")
    return store


def texts(store, **which):
    return [each.text for each in store.utterances("CA1", **which)]


def rows(store, table, **values):
    chosen = [table.c[name] == value for name, value in values.items()]
    with store._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*chosen)).scalar()


def test_a_correction_makes_a_copy_and_what_was_heard_stays(call):
    before = call.utterances("CA1")
    line = call.corrections.add("CA1", HANSSEN, at=50_000)
    assert (line.text, line.formatted) == ("my name is Hanssen", "my name is Hanssen,")
    assert texts(call) == ["my name is Hanssen", "good bye"]
    assert call.utterances("CA1", edition=Edition.LIVE) == before
    found = call.call("CA1")
    assert (found.edition, found.edited_at, found.text_model) == (Edition.EDITED, 50_000, "demo-en")
    assert found.badges == [Badge.EDITED]
    assert found.opening == "my name is Hanssen, good bye"
    with pytest.raises(NoSuchEdition):
        call.utterances("CA1", edition=Edition.SECOND)


def test_the_corrected_word_is_found_and_the_wrong_one_is_not(call):
    call.corrections.add("CA1", HANSSEN, at=50_000)
    assert [match.formatted for match in call.search("hanssen")] == ["my name is Hanssen,"]
    assert call.search("hansen") == []
    assert [match.text for match in call.search("bye")] == ["good bye"]
    call.corrections.undo("CA1", at=60_000)
    assert call.search("hanssen") == []
    assert [match.text for match in call.search("hansen")] == ["my name is hansen"]


def test_corrections_are_undone_one_by_one_until_the_copy_goes(call):
    call.corrections.add("CA1", HANSSEN, at=50_000)
    once = call.utterances("CA1")
    call.corrections.add("CA1", Wanted("inbound", 1000, 1900, "The name"), at=51_000)
    call.corrections.add("CA1", Wanted("inbound", 11_000, 11_900, ""), at=52_000)
    assert texts(call) == ["The name is Hanssen"]
    made = call.corrections.listed("CA1")
    assert [(each.at, each.before, each.after) for each in made] == [
        (52_000, "good bye", ""),
        (51_000, "my name", "The name"),
        (50_000, "hansen", "Hanssen,"),
    ]
    assert (made[2].track, made[2].start, made[2].end) == ("inbound", 2.5, 2.9)
    assert call.corrections.undo("CA1", at=53_000).text == "good bye"
    assert call.corrections.undo("CA1", at=54_000) == once[0]
    assert call.utterances("CA1") == once
    assert call.corrections.undo("CA1", at=55_000).text == "my name is hansen"
    assert call.call("CA1").edition is Edition.LIVE
    assert rows(call, utterances, edition=3) == rows(call, corrections) == 0
    with pytest.raises(NoSuchCorrection):
        call.corrections.undo("CA1", at=56_000)


def test_a_line_without_words_is_not_shown_and_comes_back(call):
    assert call.corrections.add("CA1", Wanted("inbound", 1000, 2900, " "), at=50_000) is None
    assert texts(call) == ["good bye"]
    assert call.call("CA1").opening == "good bye"
    assert call.corrections.undo("CA1", at=51_000).text == "my name is hansen"
    assert texts(call) == ["my name is hansen", "good bye"]


@pytest.mark.parametrize(
    "wanted",
    [
        replace(HANSSEN, start=2501),
        replace(HANSSEN, end=2899),
        replace(HANSSEN, track="outbound"),
        replace(HANSSEN, end=11_400),  # in the next line
    ],
)
def test_words_that_are_not_there_are_not_corrected(call, wanted):
    with pytest.raises(CorrectionError, match="not there any more"):
        call.corrections.add("CA1", wanted, at=50_000)
    assert call.call("CA1").edition is Edition.LIVE
    assert rows(call, utterances, edition=3) == 0


def test_who_is_slower_is_refused(call):
    call.corrections.add("CA1", replace(HANSSEN, text="Jan Hanssen"), at=50_000)
    for seen in ("hansen", "jan hanssen"):
        with pytest.raises(CorrectionError, match="somebody else"):
            call.corrections.add("CA1", replace(HANSSEN, text="Hansson", before=seen), at=50_001)
    assert call.corrections.add("CA1", replace(HANSSEN, before=" Jan  Hanssen"), at=50_001)


def test_a_call_is_corrected_when_it_is_over(store):
    store.start_call(started("CA1"), at=1000, server="s", model="m")
    store.add_event(final("my name is hansen"), at=1000)
    with pytest.raises(CorrectionError, match="go on"):
        store.corrections.add("CA1", HANSSEN, at=2000)
    store.end_call(CallEnded("CA1", EndReason.DISCONNECTED, 5.0), at=3000)
    with pytest.raises(CorrectionError, match="go on"):
        store.corrections.add("CA1", HANSSEN, at=4000)
    assert store.corrections.add("CA1", HANSSEN, at=100_000)
    for call_id in ("CA9", "CA\0"):
        with pytest.raises(NoSuchCall):
            store.corrections.add(call_id, HANSSEN, at=2000)
        with pytest.raises(NoSuchCall):
            store.corrections.listed(call_id)


def test_redacted_words_are_not_corrected(store):
    store.start_call(started("CA1"), at=1000, server="s", model="m")
    said = final("my name is hansen")
    store.add_event(replace(said, redactions=(Redaction("person_name", 2.5, 2.9),)), at=1000)
    store.end_call(CallEnded("CA1", EndReason.HUNG_UP, 5.0), at=3000)
    with pytest.raises(RedactedError):
        store.corrections.add("CA1", HANSSEN, at=4000)
    line = store.corrections.add("CA1", Wanted("inbound", 1000, 1400, "Our"), at=4000)
    assert store.utterances("CA1") == [line]
    assert line.redactions == (Redaction("person_name", 2.5, 2.9),)


def test_the_second_passes_text_is_corrected_if_there_is_one(store):
    store.second_passes.subscribe(lambda _: True)
    store.start_call(started("CA1"), at=1000, server="s", model="m")
    store.add_event(DigitPressed("CA1", "inbound", "5", 0.5), at=2)
    save_call(store, "CA1", "live words")
    (wanted,) = second_passes(store)
    lost = Utterance("inbound", 3.0, 4.0, "1.0 s lost", 0.0, kind=LineKind.SET_ASIDE)
    store.second_passes.keep(wanted, "large", [*BETTER, lost])
    store.corrections.add("CA1", Wanted("inbound", 1000, 2000, "best"), at=50_000)
    assert texts(store) == ["pressed 5", "best", "1.0 s lost"]
    assert texts(store, edition=Edition.SECOND) == ["pressed 5", "better words", "1.0 s lost"]
    assert store.call("CA1").text_model == "large"


def test_a_second_pass_that_comes_later_is_kept_beside_the_edited_text(store):
    store.second_passes.subscribe(lambda _: True)
    save_call(store, "CA1", "my name is hansen")
    (wanted,) = second_passes(store)
    store.corrections.add("CA1", HANSSEN, at=50_000)
    assert store.second_passes.keep(wanted, "large", BETTER)
    call = store.call("CA1")
    assert (call.edition, call.second_pass, call.text_model) == (Edition.EDITED, SecondPass.DONE, "demo-en")
    assert texts(store) == ["my name is Hanssen"]
    assert store.search("better") == []
    store.corrections.undo("CA1", at=60_000)
    assert (texts(store), store.call("CA1").text_model) == (["better words"], "large")


def test_deleting_takes_the_edited_text_too(call):
    call.corrections.add("CA1", HANSSEN, at=50_000)
    left = call.delete("CA1", at=60_000)
    assert (left.state, left.edition, left.edited_at) == (CallState.DELETED, Edition.LIVE, None)
    assert (left.edited_model, left.opening) == ("", "")
    assert rows(call, utterances) == rows(call, words) == rows(call, corrections) == 0
    with pytest.raises(CorrectionError, match="deleted"):
        call.corrections.add("CA1", HANSSEN, at=70_000)


def test_every_change_has_a_time_of_its_own(call):
    """Copies that are made of a text are told apart by it."""
    times = []
    for text in ("Hanson", "Hanssen"):
        call.corrections.add("CA1", replace(HANSSEN, text=text), at=50_000)
        times.append(call.call("CA1").edited_at)
    call.corrections.undo("CA1", at=40_000)
    times.append(call.call("CA1").edited_at)
    assert times == [50_000, 50_001, 50_002]


def test_what_any_text_has_redacted_is_silent_in_a_redacted_recording(call):
    record(call, "CA1", seconds=13)
    call.corrections.add("CA1", Wanted("inbound", 11_000, 11_900, ""), at=50_000)
    heard = {}

    def spans_of(record, said):
        heard[record.edition] = [each.text for each in said]
        return redacted_spans(said)

    call.redacted_recording("CA1", spans_of).close()
    assert heard == {
        Edition.LIVE: ["my name is hansen", "good bye"],
        Edition.EDITED: ["my name is hansen"],
    }


def test_text_is_written_as_people_write_when_it_is_copied(call):
    def write(said):
        return [replace(each, text=each.text.upper()) for each in said]

    call.corrections.add("CA1", HANSSEN, at=50_000, write=write)
    assert texts(call)[1] == "GOOD BYE"


def test_others_write_while_a_text_is_written_and_what_they_add_is_copied_too(call):
    def write(said):
        if len(written) == 0:
            call.add_event(final("late words", start=21.0), at=12_000)
        written.append(said)
        return said

    written = []
    call.corrections.add("CA1", HANSSEN, at=50_000, write=write)
    assert texts(call) == ["my name is Hanssen", "good bye", "late words"]
    assert [len(said) for said in written] == [2, 3]
    call.corrections.add("CA1", Wanted("inbound", 1000, 1400, "the"), at=51_000, write=write)
    assert len(written) == 2
