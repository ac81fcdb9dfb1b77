"""Measure how much later finals come for turns, formatted text, redaction and alerts.

python -m benchmarks.reader
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

from local_stt.config.phonebook import Phone
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.analysis import AlertFinder, AlertRule
from local_stt.core.call_alerts import CallAlerts
from local_stt.core.call_turns import CallTurns
from local_stt.core.formatting import language_of
from local_stt.core.privacy import CallRedactor, policies_of
from local_stt.core.privacy.policies import NAMES
from local_stt.events import (
    Alert,
    AnyEvent,
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    Silence,
    TrackEvent,
    Word,
)
from local_stt.formatters import Formatters
from local_stt.hub import Hub
from local_stt.names import is_installed, load
from local_stt.service.reader import AlertsOf, Reader, RedactorOf, TurnsOf

from .script import TURNS, words

LANGUAGE = "en-US"
CALLS = 40
WORD_SECONDS = 0.35
SILENCES = (0.6, 1.2, 1.8, 2.4)
"""Seconds after an utterance at which recognizers report that nobody speaks"""


PHRASES = 1000
"""Phrases of alerts, the most that a list may have"""


class First:
    """A listener that notes when the first event of a kind came after a moment."""

    def __init__(self, kind: type[AnyEvent]) -> None:
        self._kind = kind
        self.at = 0.0

    def __call__(self, event: AnyEvent) -> None:
        if isinstance(event, self._kind) and not self.at:
            self.at = time.perf_counter()


def events(call_id: str) -> Iterator[TrackEvent]:
    """Yield the events of a conversation, with a final for each sentence of the script."""
    yield CallStarted(call_id, ("inbound", "outbound"), "+15550000001", "+15550000000")
    at = 0.0
    for track, sentence in TURNS:
        said = tuple(
            Word(word, at + WORD_SECONDS * place, at + WORD_SECONDS * (place + 1), 0.9)
            for place, word in enumerate(words(sentence))
        )
        yield FinalText(call_id, track, " ".join(words(sentence)), said[0].start, said[-1].end, said)
        for silence in SILENCES:
            for each in ("inbound", "outbound"):
                yield Silence(call_id, each, said[-1].end + silence)
        at = said[-1].end + SILENCES[-1]
    yield CallEnded(call_id, EndReason.HUNG_UP, at)


def measure(
    turns_of: TurnsOf | None,
    redactor_of: RedactorOf = lambda _: None,
    alerts_of: AlertsOf = lambda _: None,
    *,
    kind: type[AnyEvent] = FinalText,
) -> tuple[list[float], float]:
    """Return the milliseconds until each event of a kind comes, and the mean of all work for a final."""
    first = First(kind)
    hub = Hub([first])
    publish = Reader(hub, turns_of, redactor_of, alerts_of).publish if turns_of else None
    delays, began_all = [], time.process_time()
    for number in range(CALLS):
        for event in events(f"CA{number}"):
            first.at, began = 0.0, time.perf_counter()
            if publish:
                publish([event])
            elif not isinstance(event, Silence):
                hub.publish([event])
            if first.at:
                delays.append(1000 * (first.at - began))
    return delays, 1000 * (time.process_time() - began_all) / (CALLS * len(TURNS))


def main() -> None:
    formatter = Formatters(FormattingSettings(), CallSettings()).of_turns(LANGUAGE)
    rules = Phone(redact=policies_of("numbers")).redaction_rules(language_of(LANGUAGE))
    assert rules

    def turns(_: CallStarted) -> CallTurns:
        return CallTurns(formatter)

    def raw(_: CallStarted) -> CallTurns:
        return CallTurns(formatter, is_formatted=False)

    rest = [AlertRule("rest", f"phrase number {number}*") for number in range(PHRASES - 2)]
    finder = AlertFinder([AlertRule("calling", "call*"), AlertRule("money", "dollars"), *rest])

    def alerts(_: CallStarted) -> CallAlerts:
        return CallAlerts(finder)

    ways = {
        "no reader": measure(None),
        "turns of raw text": measure(raw),
        "turns of formatted text": measure(turns),
        "formatted and redacted": measure(turns, lambda _: CallRedactor(rules)),
        "with alerts": measure(turns, lambda _: CallRedactor(rules), alerts),
        "with alerts, until the alert": measure(turns, lambda _: CallRedactor(rules), alerts, kind=Alert),
    }
    named = replace(rules, policies=rules.policies | NAMES)
    ways["… names and places too"] = measure(turns, lambda _: CallRedactor(named))
    if is_installed():
        by_model = replace(named, names=load())
        ways["… and with the names model"] = measure(turns, lambda _: CallRedactor(by_model))
    print("| | mean ms | p99 ms | CPU ms for each final, with its turns |")
    print("|---|---|---|---|")
    for name, (delays, cpu) in ways.items():
        p99 = sorted(delays)[int(0.99 * len(delays))]
        print(f"| {name} | {statistics.mean(delays):.3f} | {p99:.3f} | {cpu:.3f} |")


if __name__ == "__main__":
    main()
