"""Statistics of made timelines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.talk import utterance
from local_stt.core.analysis.statistics import Interruption, Interval, statistics
from local_stt.core.call_record import LineKind, Utterance

CALLER, CALLEE = "inbound", "outbound"


def of(*said, tracks=(CALLER, CALLEE)):
    return statistics(tracks, said)


def test_the_talk_of_each_speaker_is_measured():
    caller, callee = of(
        utterance(CALLER, 0.0, 3.0, "one two three four five six"),
        utterance(CALLEE, 4.0, 5.0, "seven eight"),
    ).speakers
    assert (caller.speaker, caller.talk_time, caller.talk_share, caller.listen_share) == (
        "caller",
        3000,
        0.75,
        0.25,
    )
    assert (callee.speaker, callee.talk_time, callee.talk_share, callee.listen_share) == (
        "callee",
        1000,
        0.25,
        0.75,
    )
    assert (caller.words, caller.words_per_minute) == (6, 120.0)
    assert (callee.words, callee.words_per_minute) == (2, 120.0)


def test_a_speaker_without_a_word_and_a_call_without_speech_have_zeros():
    _, silent = of(utterance(CALLER, 0.0, 1.0)).speakers
    assert (silent.talk_time, silent.listen_share, silent.words_per_minute) == (0, 1.0, 0.0)
    assert silent.longest_monologue is None
    nothing = of()
    assert [each.talk_share for each in nothing.speakers] == [0.0, 0.0]
    assert (nothing.silences, nothing.overlaps, nothing.interruptions) == ((), (), ())


def test_silences_are_longer_than_two_seconds_and_between_what_is_said():
    found = of(
        utterance(CALLER, 5.0, 6.0), utterance(CALLEE, 8.0, 9.0), utterance(CALLER, 11.001, 12.0)
    ).silences
    assert found == (Interval(9000, 11_001),)


def test_what_was_not_heard_is_no_silence():
    gap = Utterance("", 1.5, 4.5, "3.0 s of the call were not heard", 0.0, kind=LineKind.GAP)
    assert of(utterance(CALLER, 0.0, 1.0), gap, utterance(CALLER, 5.0, 6.0)).silences == ()
    assert of(utterance(CALLER, 0.0, 1.0), utterance(CALLER, 5.0, 6.0)).silences == (Interval(1000, 5000),)
    late = Utterance("", 9.0, 9.5, "0.5 s of the call were not heard", 0.0, kind=LineKind.GAP)
    assert of(utterance(CALLER, 0.0, 1.0), late).silences == ()


def test_overlaps_are_longer_than_three_tenths_of_a_second():
    found = of(
        utterance(CALLER, 0.0, 2.0),
        utterance(CALLEE, 1.7, 3.0),  # 0.3 s
        utterance(CALLER, 2.699, 5.0),  # 0.301 s
    ).overlaps
    assert found == (Interval(2699, 3000),)


def test_an_overlap_of_three_speakers_is_one():
    found = statistics((), [utterance(track, at, at + 2.0) for at, track in enumerate("abc")]).overlaps
    assert found == (Interval(1000, 3000),)


@pytest.mark.parametrize(
    ("start", "end", "text", "is_one"),
    [
        (2.0, 6.0, "no wait a moment", True),
        (2.0, 3.5, "no wait a moment", False),  # the other goes on
        (2.0, 4.0, "no wait a moment", False),  # both end together
        (4.0, 6.0, "no wait a moment", False),  # the other has ended
        (1.0, 6.0, "no wait a moment", False),  # both begin together
        (2.0, 6.0, "oh yes", False),  # a backchannel
        (2.0, 6.0, "oh yes sure", True),
    ],
)
def test_an_interruption_begins_while_the_other_speaks_and_ends_after_that(start, end, text, is_one):
    found = of(utterance(CALLER, 1.0, 4.0), utterance(CALLEE, start, end, text))
    expected = (Interruption("callee", round(1000 * start), round(1000 * end)),) if is_one else ()
    assert found.interruptions == expected
    assert [each.interruptions for each in found.speakers] == [0, int(is_one)]


def test_an_interruption_counts_once_however_many_speakers_it_interrupts():
    said = [
        utterance("a", 0.0, 4.0),
        utterance("b", 1.0, 3.0),
        utterance("c", 2.0, 6.0),
    ]
    assert [each.speaker for each in statistics((), said).interruptions] == ["c"]


def test_a_monologue_goes_on_through_short_pauses_and_backchannels():
    found = of(
        utterance(CALLER, 0.0, 4.0),
        utterance(CALLEE, 4.0, 4.5, "i see"),
        utterance(CALLER, 6.0, 10.0),
        utterance(CALLEE, 10.5, 12.0, "let me have a look"),
        utterance(CALLER, 12.5, 20.0),
    )
    caller, callee = found.speakers
    assert caller.longest_monologue == Interval(0, 10_000)
    assert callee.longest_monologue == Interval(10_500, 12_000)


def test_a_silence_ends_a_monologue():
    (caller, _) = of(utterance(CALLER, 0.0, 4.0), utterance(CALLER, 6.001, 9.0)).speakers
    assert caller.longest_monologue == Interval(0, 4000)


def test_digits_and_gaps_are_no_speech():
    digit = Utterance(CALLEE, 1.0, 1.0, "pressed 5", 0.0, kind=LineKind.DIGIT)
    _, callee = of(utterance(CALLER, 0.0, 4.0), digit).speakers
    assert (callee.talk_time, callee.words) == (0, 0)


TIMES = st.lists(
    st.tuples(st.sampled_from((CALLER, CALLEE)), st.integers(0, 60_000), st.integers(1, 9000)), max_size=20
)


@given(TIMES)
def test_each_millisecond_is_counted_as_what_it_is(times):
    said = [utterance(track, at / 1000, (at + length) / 1000) for track, at, length in times]
    found = of(*said)
    heard = {CALLER: set(), CALLEE: set()}
    for track, at, length in times:
        heard[track].update(range(at, at + length))
    assert [each.talk_time for each in found.speakers] == [len(heard[CALLER]), len(heard[CALLEE])]
    both, any_one = heard[CALLER] & heard[CALLEE], heard[CALLER] | heard[CALLEE]
    for each in found.overlaps:
        assert each.length > 300
        assert both.issuperset(range(each.start, each.end))
        assert {each.start - 1, each.end}.isdisjoint(both)
    for each in found.silences:
        assert each.length > 2000
        assert any_one.isdisjoint(range(each.start, each.end))
        assert {each.start - 1, each.end} <= any_one
