"""A kept call in the forms other programs read."""

import io
import json
from dataclasses import replace
from itertools import pairwise

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.call_record import CallRecord, CallState, Utterance, utterance_of
from local_stt.core.captions import captions, find_phrase, paragraphs
from local_stt.core.formats import FORMATS, to_json, to_srt, to_text, to_vtt, utterance_to_dict
from local_stt.events import AudioSetAside, DigitPressed, Gap, Redaction, Word

CALL = CallRecord(
    call_id="CA1",
    state=CallState.ENDED,
    direction="inbound",
    caller="+1",
    callee="+2",
    started_at=0,
    ended_at=9500,
    seconds=9.5,
    reason="hung-up",
    model="demo-en",
    tracks=("inbound", "outbound"),
)


def utterance(text, start=1.0, track="inbound"):
    words = tuple(
        Word(word, start + number, start + number + 0.5, 0.5) for number, word in enumerate(text.split())
    )
    return Utterance(track, start, words[-1].end, text, 0.5, words)


SAID = [utterance("hello there"), utterance("good morning to you", 3725.25, "outbound")]


def test_json_has_milliseconds_and_the_speaker_of_each_word():
    whole = json.loads(to_json(CALL, SAID))
    assert whole["call"]["duration"] == 9500
    assert whole["utterances"][0] == {
        "speaker": "caller",
        "track": "inbound",
        "text": "hello there",
        "formatted": "hello there",
        "start": 1000,
        "end": 2500,
        "confidence": 0.5,
        "words": [
            {"text": "hello", "start": 1000, "end": 1500, "confidence": 0.5, "speaker": "caller"},
            {"text": "there", "start": 2000, "end": 2500, "confidence": 0.5, "speaker": "caller"},
        ],
        "tokens": [],
        "redactions": [],
        "kind": "speech",
    }


def test_redactions_have_milliseconds_and_a_paragraph_has_those_of_its_utterances():
    said = [
        replace(
            utterance("my name is person", start),
            redactions=(Redaction("person_name", start + 3, start + 3.5),),
        )
        for start in (1.0, 5.0)
    ]
    (whole,) = paragraphs(said)
    assert utterance_to_dict(whole)["redactions"] == [
        {"policy": "person_name", "start": 4000, "end": 4500},
        {"policy": "person_name", "start": 8000, "end": 8500},
    ]


def test_what_nobody_said_stands_in_brackets_at_its_place():
    said = [
        *SAID[:1],
        utterance_of(DigitPressed("CA1", "inbound", "5", 3.0)),
        utterance_of(Gap("CA1", 4.0, 6.5)),
        utterance_of(AudioSetAside("CA1", "outbound", 7.0, 7.5)),
    ]
    assert to_text(CALL, said).splitlines()[1:] == [
        "[00:00:03] [caller pressed 5]",
        "[00:00:04] [2.5 s of the call were not heard]",
        "[00:00:07] [callee 0.5 s of audio could not be recognized]",
    ]
    assert "00:00:03,000 --> 00:00:04,000\n[caller pressed 5]\n" in to_srt(CALL, said)
    assert "00:00:04.000 --> 00:00:06.500\n[2.5 s of the call were not heard]\n" in to_vtt(CALL, said)
    kinds = [each["kind"] for each in json.loads(to_json(CALL, said))["utterances"]]
    assert kinds == ["speech", "digit", "gap", "audio-set-aside"]
    assert paragraphs([*said, said[1]])[-2:] == [said[3], said[1]]


def test_text_is_a_line_an_utterance():
    assert to_text(CALL, SAID) == "[00:00:01] caller: hello there\n[01:02:05] callee: good morning to you\n"


def test_srt():
    assert to_srt(CALL, SAID, 12) == (
        "1\n00:00:01,000 --> 00:00:02,500\ncaller: hello there\n\n"
        "2\n01:02:05,250 --> 01:02:06,750\ncallee: good morning\n\n"
        "3\n01:02:07,250 --> 01:02:08,750\ncallee: to you\n\n"
    )


def test_vtt_has_voices_and_no_markup_of_callers():
    said = [utterance("a<b>&c --> d", track="<i>x")]
    assert to_vtt(CALL, said) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n<v &lt;i&gt;x>a&lt;b&gt;&amp;c --&gt; d\n\n"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_call_in_which_nobody_spoke_has_every_form(name):
    assert isinstance(FORMATS[name][1](CALL, [], 84), str)


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=30), st.integers(1, 40))
def test_captions_are_all_the_words_in_order_and_short_enough(words, most):
    said = utterance(" ".join(words))
    found = list(captions([said], most))
    assert " ".join(caption.text for caption in found) == said.text
    assert all(len(caption.text) <= most or " " not in caption.text for caption in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_paragraphs_are_turns():
    said = [
        utterance("one"),
        utterance("two", 2.0),
        utterance("three", 3.0, "outbound"),
        utterance("four", 9.0),
    ]
    assert [(each.speaker, each.text, each.start) for each in paragraphs(said)] == [
        ("caller", "one two", 1.0),
        ("callee", "three", 3.0),
        ("caller", "four", 9.0),
    ]
    assert len(paragraphs([utterance("one"), utterance("two", 20.0)])) == 2


def test_phrases_are_found_with_their_times():
    found = list(find_phrase(SAID, "Good MORNING"))
    assert [(each.speaker, [word.start for word in each.words]) for each in found] == [
        ("callee", [3725.25, 3726.25])
    ]
    assert list(find_phrase(SAID, "morning good")) == []
    assert list(find_phrase(SAID, "?")) == []


def over_each_other():
    """A long turn of one speaker, into which another speaks."""
    return [
        utterance("one two three four five six seven eight", 1.0),
        utterance("yes", 3.2, "outbound"),
        utterance("indeed so", 5.1, "outbound"),
        utterance("nine", 20.0),
    ]


def captions_of(text, name):
    """The start, the end and the text of each caption, as another program reads them; times in ms."""
    if name == "srt":
        return [(each.start, each.end, each.plaintext) for each in pysubs2.SSAFile.from_string(text, "srt")]
    read = webvtt.from_buffer(io.StringIO(text))
    return [(each.start_time.in_milliseconds(), each.end_time.in_milliseconds(), each.text) for each in read]


@pytest.mark.parametrize("name", ["srt", "vtt"])
@pytest.mark.parametrize("order", [1, -1])
def test_captions_come_in_order_of_time_also_where_speakers_overlap(name, order):
    found = captions_of(FORMATS[name][1](CALL, over_each_other()[::order], 10), name)
    assert len(found) == 8
    assert all(one[0] <= other[0] for one, other in pairwise(found))
    assert all(start < end for start, end, _ in found)
    assert sum(text.count("yes") + text.count("indeed so") for *_, text in found) == 2


@pytest.mark.parametrize("name", ["txt", "json"])
def test_lines_come_in_order_of_time_whatever_the_order_they_are_given_in(name):
    render = FORMATS[name][1]
    assert render(CALL, over_each_other()[::-1], 84) == render(CALL, over_each_other(), 84)


@pytest.mark.parametrize("hours", [0, 9, 99, 100, 1000])
def test_times_beyond_a_hundred_hours_are_whole(hours):
    said = [utterance("hello", 3600.0 * hours + 61.5)]
    assert to_text(CALL, said) == f"[{hours:02}:01:01] caller: hello\n"
    assert f"\n{hours:02}:01:01,500 --> {hours:02}:01:02,000\n" in to_srt(CALL, said)
    ((start, end, _),) = captions_of(to_vtt(CALL, said), "vtt")
    assert (start, end) == (hours * 3_600_000 + 61_500, hours * 3_600_000 + 62_000)
