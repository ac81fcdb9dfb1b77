"""The turns of a call, as events."""

from helpers.spoken import spoken_final as final
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.call_turns import CallTurns
from local_stt.core.formatting import covers
from local_stt.events import CallEnded, EndReason, FinalText, PartialText, Silence, Turn
from local_stt.formatters import Formatters

ENGLISH = Formatters(FormattingSettings(), CallSettings()).of_turns("en-US")


def turns_of_call(**options):
    return CallTurns(ENGLISH, **options)


def read(call, *events):
    return [each for event in events for each in call.read(event)]


def test_a_final_comes_before_its_turn_and_silence_ends_the_turn():
    said = final("can you help me")
    events = read(turns_of_call(), said, Silence("CA1", "inbound", said.end + 2.5))
    assert [type(each) for each in events] == [FinalText, Turn, Turn]
    assert events[0] == said
    assert [each.end_of_turn for each in events[1:]] == [False, True]
    assert events[2].formatted == "Can you help me?"
    assert (events[2].start, events[2].end, events[2].words) == (said.start, said.end, said.words)
    assert events[2].turn_is_formatted
    assert covers(events[2].tokens, 4)


def test_a_number_said_in_groups_is_one_turn_and_one_token():
    call, at, events = turns_of_call(), 0.0, []
    for group in ("my number is four one five", "five five five", "one two one two"):
        events += read(call, said := final(group, at), Silence("CA1", "inbound", said.end + 0.59))
        at = said.end + 0.6
    events += read(call, Silence("CA1", "inbound", at + 2.0))
    turns = [each for each in events if isinstance(each, Turn)]
    assert {each.turn_order for each in turns} == {0}
    assert turns[-1].formatted == "My number is 415-555-1212."
    assert (turns[-1].tokens[-1].kind, turns[-1].tokens[-1].first) == ("phone", 3)
    assert turns[-1].end_of_turn


def test_turns_of_both_speakers_are_numbered_in_the_order_of_their_beginnings():
    events = read(
        turns_of_call(), final("hello there"), final("hi", 0.5, "outbound"), final("who is it", 9.0)
    )
    turns = [each for each in events if isinstance(each, Turn)]
    assert [(each.track, each.turn_order, each.end_of_turn) for each in turns] == [
        ("inbound", 0, False),
        ("outbound", 1, False),
        ("inbound", 0, True),
        ("inbound", 2, False),
    ]


def test_a_turn_ends_at_once_where_its_end_is_asked_for_and_with_the_call():
    for end in (
        Silence("CA1", "inbound", 0.9, ends_turn=True),
        CallEnded("CA1", EndReason.HUNG_UP, 3.0),
    ):
        events = read(turns_of_call(), final("so i was"), end)
        assert [each.end_of_turn for each in events if isinstance(each, Turn)] == [False, True]
        assert events[-1] == end or isinstance(end, Silence)


def test_other_events_pass_and_silence_without_words_is_nothing():
    partial = PartialText("CA1", "inbound", "hel", 0.2)
    assert read(turns_of_call(), partial, Silence("CA1", "inbound", 5.0)) == [partial]


def test_without_formatting_turns_have_the_words_as_they_were_recognized():
    events = read(turns_of_call(is_formatted=False), final("it is four thirty p m"))
    assert (events[1].formatted, events[1].tokens, events[1].turn_is_formatted) == (
        "it is four thirty p m",
        (),
        False,
    )


def test_words_of_a_broken_stream_that_come_late_are_a_turn_of_their_own():
    late_end = Silence("CA1", "inbound", 95.0, ends_turn=True)
    events = read(turns_of_call(), final("hello again", 100.0), final("as i said", 90.0), late_end)
    turns = [(each.turn_order, each.text, each.end_of_turn) for each in events if isinstance(each, Turn)]
    assert turns == [
        (0, "hello again", False),
        (0, "hello again", True),
        (1, "as i said", False),
        (1, "as i said", True),
    ]
