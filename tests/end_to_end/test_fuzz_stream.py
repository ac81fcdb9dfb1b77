"""The short form of `fuzz_stream`, and that it finds what it is there for."""

import logging

import pytest

from fuzz_stream import Heard, LogWatch
from helpers.commands import run_module
from helpers.damaged_messages import damaged_call, seeded
from helpers.fuzzing import Findings
from local_stt.events import CallEnded, CallStarted, EndReason, FinalText


@pytest.mark.parametrize("form", [["--count", "20000"], ["--count", "2000", "--sockets"]])
def test_damaged_messages_do_no_harm(form):
    done = run_module("tests.fuzz_stream", "--seed", "3", *form)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "calls that ended: hung-up" in done.stdout


def test_the_same_seed_damages_the_same_messages_in_the_same_way():
    def calls(seed):
        return [list(damaged_call(number, bytes(9000), seeded(seed, number))) for number in range(50)]

    assert calls(1) == calls(1) != calls(2)


@pytest.mark.parametrize(
    "events",
    [
        [CallEnded("CA1", EndReason.HUNG_UP, 1.0)],
        [CallStarted("CA1", ()), CallStarted("CA1", ())],
        [CallStarted("CA1", ()), CallEnded("CA1", EndReason.FAILED, 1.0)],
        [CallStarted("CA1", ()), CallEnded("CA1", EndReason.HUNG_UP, -1.0)],
        [CallStarted("CA1", ()), FinalText("CA1", "inbound", "no", 2.0, 1.0, ())],
        [CallStarted("CA1", (), caller="\ud800")],
        [CallStarted("CA1", ()), CallEnded("CA1", EndReason.HUNG_UP, float("nan"))],
    ],
)
def test_events_that_break_a_promise_are_findings(events):
    heard = Heard(findings := Findings())
    for event in events:
        heard(event)
    assert findings.examples


def test_an_error_in_the_log_is_a_finding_and_a_warning_is_none():
    logger = logging.Logger("alone")
    logger.addHandler(LogWatch(findings := Findings()))
    logger.warning("A message is ignored")
    assert not findings.examples
    logger.error("Something is lost")
    assert findings.examples
