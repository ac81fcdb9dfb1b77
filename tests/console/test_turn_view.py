"""What is said is shown by turns, as people write it."""

import io
from dataclasses import replace

from rich.console import Console

from helpers.views import CALL, ENDED, STARTED, final
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.console.terminal import LiveView, PlainView, View
from local_stt.console.turn_view import TurnView
from local_stt.core.call_turns import CallTurns
from local_stt.events import Alert, PartialText, Turn
from local_stt.formatters import Formatters


def turns_of(events):
    english = Formatters(FormattingSettings(), CallSettings()).of_turns("en")
    call = CallTurns(english)
    return [each for event in events for each in call.read(event)]


class Shown(View):
    def __init__(self):
        self.events = []

    def show(self, event):
        self.events.append(event)

    def notice(self, text):
        raise NotImplementedError

    warn = notice


def test_a_turn_is_shown_when_it_is_over():
    output = io.StringIO()
    with PlainView(output) as view:
        listener = TurnView(view)
        for event in turns_of(CALL):
            listener(event)
    assert output.getvalue().splitlines() == ["#1 00:03 +15551234567: Hello there.", "#1 00:03 callee: Hi."]


def test_until_it_is_over_it_is_part_of_the_partial_text():
    view = Shown()
    listener = TurnView(view)
    call = turns_of([STARTED, final("hello there"), ENDED])
    for event in [*call[:-2], PartialText("CA1", "inbound", "how a", 4.0)]:
        listener(event)
    assert [each.text for each in view.events[1:]] == ["Hello there", "Hello there how a"]
    assert all(isinstance(each, PartialText) for each in view.events[1:])
    for event in (*call[-2:], PartialText("CA1", "inbound", "new", 9.0)):
        listener(event)
    assert view.events[-1].text == "new"


def test_a_turn_without_tokens_is_shown_with_its_words():
    view = Shown()
    *_, turn, _ = turns_of(CALL)
    assert isinstance(turn, Turn)
    TurnView(view)(replace(turn, tokens=(), formatted=turn.text))
    assert view.events[0].words == turn.words


def test_an_alert_has_a_line_of_its_own():
    output = io.StringIO()
    with PlainView(output) as view:
        listener = TurnView(view)
        for event in (STARTED, Alert("CA1", "inbound", "leaving\x1b", "cancel*", 3.0, 3.5), ENDED):
            listener(event)
    assert output.getvalue() == "#1 00:03 +15551234567: alert: leaving\\x1b (cancel*)\n"


def test_an_alert_is_shown_on_a_terminal():
    console = Console(file=io.StringIO(), width=80)
    LiveView(console).show(Alert("CA1", "inbound", "leaving", "cancel*", 3.0, 3.5))
    assert "alert: leaving (cancel*)" in console.file.getvalue()
