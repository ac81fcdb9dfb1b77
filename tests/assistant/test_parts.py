"""What was said becomes lines, and lines become parts of a bounded size."""

from hypothesis import given
from hypothesis import strategies as st

from helpers.events import final
from local_stt.assistant.parts import in_parts, lines_of, shortened
from local_stt.core.call_record import utterance_of
from local_stt.events import DigitPressed, Gap


def test_a_line_has_its_time_and_its_speaker():
    said = [
        final("hello there", start=1.0),
        DigitPressed("CA1", "inbound", "5", 59.9),
        Gap("CA1", 61.0, 63.5),
        final("good bye", track="outbound", start=3605.0),
    ]
    assert list(lines_of(map(utterance_of, said))) == [
        "[0:01] caller: hello there",
        "[0:59] [caller pressed 5]",
        "[1:01] [2.5 s of the call were not heard]",
        "[60:05] callee: good bye",
    ]


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))), st.integers(40, 300)
)
def test_parts_have_all_lines_in_order_and_are_no_longer_than_allowed(lines, size):
    parts = in_parts(lines, size)
    assert all(len(part.encode()) <= size for part in parts)
    assert "".join(parts).replace("\n", "") == "".join(lines)


def test_a_part_is_as_long_as_it_can_be():
    assert in_parts(["aaaa", "bbbb", "cccc"], 10) == ["aaaa\nbbbb", "cccc"]


def test_the_beginning_of_a_text_ends_between_letters():
    assert shortened("aéé", 4) == "aé"
    assert shortened("aé", 4) == "aé"
