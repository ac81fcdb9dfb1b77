"""A call as a document of Word."""

import io
from dataclasses import replace

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.events import recording
from local_stt.core.call_record import CallState, LineKind, Utterance
from local_stt.exports.document import to_docx, visible

CALL = replace(
    recording("CA1"),
    state=CallState.ENDED,
    direction="inbound",
    caller="+12025550123",
    callee="+15550002",
    caller_name="Ann",
    seconds=3725.0,
)

SAID = [
    Utterance("outbound", 65.0, 66.0, "good morning", 0.9),
    Utterance("inbound", 1.0, 2.0, "hello", 0.9),
    Utterance("inbound", 2.5, 3.0, "there", 0.9),
    Utterance("", 70.0, 73.0, "3.0 s of the call were not heard", 0.0, kind=LineKind.GAP),
    Utterance("inbound", 3700.0, 3701.0, "bye", 0.9),
]


def opened(written):
    return docx.Document(io.BytesIO(written))


def lines(written):
    return [paragraph.text for paragraph in opened(written).paragraphs]


def test_a_document_says_who_spoke_when_and_has_a_paragraph_for_each_turn():
    title, when, number, *turns = lines(to_docx(CALL, SAID))
    assert title == "Call from Ann to +15550002"
    assert when.endswith(", 1:02:05")
    assert number == "Ann: +12025550123"
    assert turns == [
        "0:01 Ann: hello there",
        "1:05 callee: good morning",
        "1:10 [3.0 s of the call were not heard]",
        "1:01:40 Ann: bye",
    ]


def test_times_are_left_out_on_request():
    assert lines(to_docx(CALL, SAID, times=False))[3] == "Ann: hello there"


def test_a_document_says_nothing_of_the_program_that_wrote_it_but_its_name():
    about = opened(to_docx(CALL, SAID)).core_properties
    assert (about.author, about.comments, about.title) == ("local_stt", "", "Call from Ann to +15550002")


@pytest.mark.parametrize(("caller", "title"), [("talk.mp3", "talk.mp3"), ("", "Recording")])
def test_the_title_of_a_file_is_its_name(caller, title):
    assert lines(to_docx(recording(caller=caller), []))[0] == title


@given(st.text(), st.text(min_size=1, max_size=80))
def test_any_text_is_there_when_the_document_is_opened_again(text, name):
    call = replace(CALL, caller_name=name, direction="inbound")
    written = to_docx(call, [Utterance("inbound", 1.0, 2.0, text, 0.9)])
    assert lines(written)[-1] == f"0:01 {visible(name)}: {visible(text)}"


def is_refused(letter):
    """Tell whether XML cannot have a letter that is no control character of ASCII."""
    return "\ud800" <= letter <= "\udfff" or letter in "\ufffe\uffff"


@given(st.text())
def test_only_what_xml_cannot_have_is_left_out(text):
    kept = [letter for letter in text if letter > " " and not is_refused(letter)]
    assert [letter for letter in visible(text) if letter != " "] == kept
