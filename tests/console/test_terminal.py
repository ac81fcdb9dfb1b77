"""What a person sees, and what a program reads."""

import errno
import io
import json
import logging
import re
import subprocess
import sys

import pytest
from rich.cells import cell_len
from rich.console import Console

from helpers.project import PROJECT
from helpers.views import CALL, ENDED, STARTED, final
from local_stt.console.terminal import (
    JsonView,
    LiveView,
    PlainView,
    ViewHandler,
    notices_shown,
    open_view,
)
from local_stt.events import (
    CallEnded,
    CallStarted,
    DigitPressed,
    EndReason,
    FinalText,
    Gap,
    PartialText,
    Word,
    to_dict,
)
from local_stt.notices import notices


def lines(view_class, events):
    output = io.StringIO()
    with view_class(output) as view:
        for event in events:
            view(event)
    return output.getvalue().splitlines()


def test_a_pipe_gets_finals_only_one_a_line_without_control_codes():
    assert lines(PlainView, CALL) == ["#1 00:03 +15551234567: hello there", "#1 00:03 callee: hi"]


def test_what_else_befalls_a_call_is_told():
    events = [STARTED, DigitPressed("CA1", "inbound", "5", 3.0), Gap("CA1", 4.0, 6.5)]
    assert lines(PlainView, events) == [
        "#1 00:03 +15551234567: pressed 5",
        "#1 00:04 +15551234567: 2.5 s of the call were not heard",
    ]


def test_of_a_call_placed_from_here_the_one_called_goes_by_their_number():
    events = [
        CallStarted("CA1", ("outbound", "inbound"), "+1000", "+15557654321", "outbound"),
        final("hello there"),
        final("hi", track="outbound"),
    ]
    assert lines(PlainView, events) == ["#1 00:03 caller: hello there", "#1 00:03 +15557654321: hi"]


def test_json_is_the_wire_form_one_event_a_line():
    assert [json.loads(line) for line in lines(JsonView, CALL)] == [
        json.loads(json.dumps(to_dict(e))) for e in CALL
    ]


def test_calls_are_numbered_and_forgotten_when_they_end():
    view = PlainView(io.StringIO())
    for n in range(1000):
        view(CallStarted(f"CA{n}", ("inbound",)))
        view(CallEnded(f"CA{n}", EndReason.HUNG_UP, 1.0))
    assert view._labels._calls == {}


def test_an_unknown_caller_is_the_caller():
    assert lines(PlainView, [CallStarted("CA1", ("inbound",)), final("hello")]) == ["#1 00:03 caller: hello"]


def test_a_call_never_seen_to_start_borrows_no_other_calls_number_or_caller():
    assert lines(PlainView, [STARTED, final("hello", call_id="CA2")]) == ["#? 00:03 caller: hello"]


@pytest.mark.parametrize("letter", ["x", "あ"])
def test_a_very_long_name_leaves_room_for_what_is_said(letter):
    (line,) = lines(PlainView, [CallStarted("CA1", ("inbound",), letter * 500), final("hello")])
    assert cell_len(line) <= len("#1 00:03 : hello") + 30
    assert "…: hello" in line


class Screen:
    """A terminal on which a live view draws."""

    def __init__(self, width=60):
        self.output = io.StringIO()
        self.console = Console(file=self.output, force_terminal=True, width=width, color_system="standard")
        self.view = LiveView(self.console)

    def now(self):
        """What is being said at this moment, as text."""
        aside = Console(file=io.StringIO(), width=self.console.width)
        aside.print(self.view._being_said())
        return aside.file.getvalue().rstrip()


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).rstrip()


def test_partials_are_dim_and_in_place_and_give_way_to_the_final():
    screen = Screen()
    with screen.view as view:
        view(STARTED)
        view(PartialText("CA1", "inbound", "hello", 3.0))
        view(PartialText("CA1", "inbound", "hello the", 3.1))
        assert screen.now() == "#1 00:03 +15551234567: hello the"
        view(final("hello there"))
        assert screen.now() == ""
    shown = plain(screen.output.getvalue())
    assert shown.count("hello there") == 1


def test_each_speaker_and_each_call_has_a_line_of_its_own():
    screen = Screen()
    screen.view(STARTED)
    screen.view(CallStarted("CA2", ("inbound",), "+15550000002"))
    screen.view(PartialText("CA1", "inbound", "one", 1.0))
    screen.view(PartialText("CA1", "outbound", "two", 1.0))
    screen.view(PartialText("CA2", "inbound", "three", 0.0))
    assert screen.now().splitlines() == [
        "#1 00:01 +15551234567: one",
        "#1 00:01 callee: two",
        "#2 00:00 +15550000002: three",
    ]
    screen.view(ENDED)
    assert screen.now() == "#2 00:00 +15550000002: three"


def test_a_long_partial_keeps_one_line_and_its_newest_words():
    screen = Screen(width=40)
    screen.view(STARTED)
    screen.view(PartialText("CA1", "inbound", "many words " * 20 + "end", 1.0))
    (line,) = screen.now().splitlines()
    assert line.endswith("end")
    assert "…" in line


def test_words_of_low_confidence_are_marked():
    screen = Screen()
    screen.view(STARTED)
    screen.view(
        FinalText("CA1", "inbound", "a b", 0, 1, (Word("sure", 0, 1, 0.9), Word("unsure", 1, 2, 0.3)))
    )
    assert "\x1b[4;33munsure" in screen.output.getvalue()
    assert "\x1b[4;33msure" not in screen.output.getvalue()


def test_what_a_caller_sends_is_text_and_never_markup():
    screen = Screen()
    screen.view(CallStarted("CA1", ("inbound",), "[bold red]mallory[/]"))
    screen.view(final("[link=x]hi[/link]"))
    shown = plain(screen.output.getvalue())
    assert "[bold red]mallory[/]: [link=x]hi[/link]" in shown


class ClosedPipe(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


def test_a_reader_that_goes_away_ends_the_output_and_not_the_calls(capsys):
    view = JsonView(ClosedPipe())
    for event in CALL:
        view(event)
    assert capsys.readouterr().err.count("Nobody reads") == 1


@pytest.mark.parametrize(("as_json", "kind"), [(False, PlainView), (True, JsonView)])
def test_the_view_suits_the_output(as_json, kind):
    assert isinstance(open_view(as_json=as_json, output=io.StringIO()), kind)


class FullDisk(io.RawIOBase):
    """Takes nothing while `full`."""

    def __init__(self):
        self.full, self.taken = False, b""

    def writable(self):
        return True

    def write(self, data):
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.taken += bytes(data)
        return len(data)


def test_a_full_disk_is_told_once_and_written_again_when_there_is_room(capsys):
    disk = FullDisk()
    output = io.TextIOWrapper(io.BufferedWriter(disk))
    view = JsonView(output)
    view(STARTED)
    disk.full = True
    for _ in range(4):
        view(ENDED)
    disk.full = False
    view(final("hello"))
    kinds = [json.loads(line)["type"] for line in disk.taken.decode().splitlines()]
    assert kinds == ["call-started", "call-ended", "final"]
    notices = capsys.readouterr().err.splitlines()
    assert len(notices) == 2
    assert "No space left" in notices[0]
    assert "3 lines were lost" in notices[1]


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-", ">&- 2>&-", "| true"])
def test_an_output_that_takes_nothing_ends_nothing(redirection, as_json):
    """As a process of its own, since Python itself stumbles on such an output when it exits."""
    program = (
        "import time; time.sleep(0.2)\n"
        "from helpers.views import CALL\n"
        "from local_stt.console.terminal import open_view\n"
        f"with open_view(as_json={as_json}) as view:\n"
        "    for event in CALL * 3: view(event)\n"
        "    view.notice('done')\n"
    )
    ran = subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$0" -c "$1" {redirection}', sys.executable, program],
        env={"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert ran.returncode == 0
    notices = ran.stderr.splitlines()
    assert len(notices) == {">/dev/full": 2, ">&-": 1, ">&- 2>&-": 0, "| true": 2}[redirection], ran.stderr


def test_an_output_that_was_closed_is_none():
    output = io.StringIO()
    output.close()
    open_view(as_json=False, output=output)(STARTED)


FORGED = "\x1b[2J\n#7 00:12 +15551234567: forged\r\x9b\u202e\ud800"


def test_no_log_record_carries_control_characters_or_forges_a_line(capsys):
    handler = ViewHandler(JsonView(io.StringIO()))
    logger = logging.Logger("strangers")
    logger.addHandler(handler)
    logger.warning("A request to %s", FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        logger.exception("A call is closed")
    notices = capsys.readouterr().err
    assert all(letter.isprintable() or letter == "\n" for letter in notices)
    first, second, *traceback = notices.splitlines()
    assert first.startswith("WARNING: A request to \\x1b[2J\\n#7")
    assert second == "ERROR: A call is closed"
    assert all(line.startswith("    ") for line in traceback)
    assert traceback[-1] == "    ValueError"
    assert "forged" not in "".join(traceback)


def test_a_log_record_has_an_end(capsys):
    logger = logging.Logger("strangers")
    logger.addHandler(ViewHandler(JsonView(io.StringIO())))
    logger.warning("A request with a header of %s", "x" * 20_000)
    assert 1000 <= len(capsys.readouterr().err) < 1100


def test_notices_are_shown_once_as_they_are_whatever_the_log_level_is(capsys, caplog):
    view = PlainView(None)
    of_the_log = ViewHandler(view)
    logging.getLogger().addHandler(of_the_log)
    try:
        with caplog.at_level(logging.ERROR, "local_stt"), notices_shown(view):
            notices.info("99 % is done.\n")
            notices.warning("Two\nlines")
        notices.warning("Nobody is there any more.")
    finally:
        logging.getLogger().removeHandler(of_the_log)
    rule = "*" * 72
    assert capsys.readouterr().err == f"99 % is done.\n\n{rule}\nTwo\nlines\n{rule}\n"


def test_a_view_that_breaks_does_not_break_what_has_something_to_say(capsys):
    screen = Screen()
    screen.view.notice = lambda _: 1 / 0
    with notices_shown(screen.view):
        notices.info("hello")
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_notices_keep_their_lines_and_nothing_else_that_moves_the_cursor():
    screen = Screen()
    with screen.view as view:
        view.notice("one\n  two\x1b]0;title\x07")
        view.warn("three\x1b[31m")
    assert "\x1b]0" not in screen.output.getvalue()
    shown = plain(screen.output.getvalue())
    assert "one\n  two\\x1b]0;title" in shown
    assert "three\\x1b[31m" in shown
