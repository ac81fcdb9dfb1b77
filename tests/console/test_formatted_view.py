"""Finals are shown as people write them."""

import io

from helpers.views import CALL, ENDED, STARTED, final
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.console.formatted_view import FormattedView
from local_stt.console.terminal import PlainView
from local_stt.formatters import Formatters


def shown(events, formatter_of):
    output = io.StringIO()
    with PlainView(output) as view:
        listener = FormattedView(view, formatter_of)
        for event in events:
            listener(event)
    return output.getvalue().splitlines()


def english(_):
    return Formatters(FormattingSettings(), CallSettings()).for_language("en")


def test_finals_of_a_call_are_formatted_by_its_formatter():
    lines = shown(CALL, english)
    assert lines[0] == "#1 00:03 +15551234567: Hello there"


def test_a_call_without_a_formatter_is_shown_as_it_was_recognized():
    assert shown(CALL, lambda _: None) == ["#1 00:03 +15551234567: hello there", "#1 00:03 callee: hi"]


def test_a_call_that_is_over_is_forgotten():
    assert shown([STARTED, ENDED, final("hello there")], english)[-1].endswith("hello there")
