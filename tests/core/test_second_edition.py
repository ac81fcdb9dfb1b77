"""What is redacted in the live text of a call is redacted in the text of the second pass."""

from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.call_record import LineKind, Utterance
from local_stt.core.second_edition import with_live_redactions
from local_stt.events import Redaction, Word

NUMBER = Redaction("phone_number", 3.0, 5.0)


def line(*words, track="inbound", redactions=()):
    """Make an utterance of words that are given as text, start and end."""
    said = tuple(Word(*word, 0.9) for word in words)
    text = " ".join(word.text for word in said)
    return Utterance(track, said[0].start, said[-1].end, text, 0.9, said, redactions=tuple(redactions))


LIVE = [
    line(("call", 2.0, 2.4), ("[PHONE_NUMBER]", 3.0, 5.0), ("please", 5.2, 5.6), redactions=[NUMBER]),
]


def test_what_is_silent_in_the_recording_gets_its_words_back():
    said = [line(("call", 2.0, 2.6)), line(("please", 5.6, 6.0))]
    first, second = with_live_redactions(said, LIVE)
    assert (first.text, first.start, first.end) == ("call [PHONE_NUMBER]", 2.0, 5.0)
    assert first.redactions == (NUMBER,)
    assert second == said[1]


def test_words_that_the_better_model_recognized_there_are_removed():
    said = [
        line(
            ("call", 2.0, 2.4),
            ("four", 2.9, 3.3),
            ("one", 3.4, 3.9),
            ("five", 4.6, 5.1),
            ("please", 5.2, 5.6),
        )
    ]
    (only,) = with_live_redactions(said, LIVE)
    assert only.text == "call [PHONE_NUMBER] please"
    assert (only.start, only.end, only.redactions) == (2.0, 5.6, (NUMBER,))


def test_a_part_with_nothing_beside_it_is_a_line_of_its_own():
    said = [line(("hello", 0.0, 0.4)), line(("four", 3.1, 3.4), ("one", 3.5, 4.0)), line(("bye", 9.0, 9.4))]
    assert [each.text for each in with_live_redactions(said, LIVE)] == ["hello", "[PHONE_NUMBER]", "bye"]
    (only,) = with_live_redactions([], LIVE)
    assert (only.text, only.start, only.end, only.redactions) == ("[PHONE_NUMBER]", 3.0, 5.0, (NUMBER,))


def test_the_other_speaker_and_what_nobody_said_are_left_as_they_are():
    other = line(("four", 3.1, 3.4), track="outbound")
    aside = Utterance("inbound", 3.0, 4.0, "1.0 s lost", 0.0, kind=LineKind.SET_ASIDE)
    assert with_live_redactions([other, aside], LIVE) == [
        aside,
        line(("[PHONE_NUMBER]", 3.0, 5.0), redactions=[NUMBER]),
        other,
    ]


def test_what_both_editions_redact_is_redacted_once_as_widely_as_either():
    own = Redaction("number_sequence", 2.8, 5.5)
    said = [line(("call", 2.0, 2.4), ("[NUMBER_SEQUENCE]", 2.8, 5.5), redactions=[own])]
    (only,) = with_live_redactions(said, LIVE)
    assert only.text == "call [PHONE_NUMBER]"
    assert only.redactions == (Redaction("phone_number", 2.8, 5.5),)


def test_without_redactions_nothing_changes():
    said = [line(("call", 2.0, 2.4)), line(("me", 2.1, 2.4), track="outbound")]
    assert with_live_redactions(said, [line(("four", 2.0, 3.0))]) == said


def lines_of(letter, starts):
    return [line(*((letter, at / 10, at / 10 + 0.3) for at in start)) for start in starts]


TIMES = st.lists(st.integers(0, 60).map(lambda at: [at, at + 4, at + 8]), max_size=4)


@given(TIMES, st.lists(st.tuples(st.integers(0, 70), st.integers(1, 20)), max_size=4))
def test_each_redaction_stands_and_all_words_outside_are_kept_once(starts, spans):
    parts = [Redaction("date", at / 10, (at + length) / 10) for at, length in spans]
    live = [line(("[DATE]", each.start, each.end), redactions=[each]) for each in parts]
    said = lines_of("word", starts)
    made = with_live_redactions(said, live)
    found = [each for of in made for each in of.redactions]
    assert all(any(each.start <= part.start and part.end <= each.end for each in found) for part in parts)
    spoken = [word for of in said for word in of.words]
    left = [word for of in made for word in of.words if word.text == "word"]
    outside = [word for word in spoken if not any(word.start < p.end and p.start < word.end for p in found)]
    within = [word for word in spoken if any(p.start <= word.start and word.end <= p.end for p in found)]
    assert all(left.count(word) == spoken.count(word) for word in outside)
    assert not any(word in left for word in within)
    assert all(each.text == " ".join(word.text for word in each.words) for each in made)
    assert all(each.redactions == tuple(sorted(each.redactions, key=lambda r: r.start)) for each in made)
