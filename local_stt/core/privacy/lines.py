"""Redact the lines of a whole call or file."""

from collections.abc import Iterable

from ...events import CallEnded, DigitPressed, EndReason, FinalText, TrackEvent, Word
from ..call_record import PRESSED, LineKind, Utterance, utterance_of
from .call_redactor import CallRedactor, RedactionRules


def redacted_lines(lines: Iterable[Utterance], rules: RedactionRules | None) -> list[Utterance]:
    """Return the lines of a transcript without private values; as they are if there are no rules.

    The lines must be sorted by their start, and those returned are.
    """
    if rules is None:
        return list(lines)
    call = CallRedactor(rules)
    found: list[Utterance] = []

    def read(event: TrackEvent) -> None:
        found.extend(
            utterance_of(each) for each in call.read(event) if isinstance(each, FinalText | DigitPressed)
        )

    for line in lines:
        if line.kind is LineKind.SPEECH:
            words = line.words or _untimed(line)
            read(FinalText("", line.track, line.text, line.start, line.end, words, line.redactions))
        elif line.kind is LineKind.DIGIT:
            read(DigitPressed("", line.track, line.text.removeprefix(PRESSED), line.start))
        else:
            found.append(line)
    read(CallEnded("", EndReason.HUNG_UP, 0.0))
    return sorted(found, key=lambda each: each.start)


def _untimed(line: Utterance) -> tuple[Word, ...]:
    """Make words of a line that has lost them, as a rescued store may."""
    return tuple(Word(text, line.start, line.end, 0.0) for text in line.text.split())
