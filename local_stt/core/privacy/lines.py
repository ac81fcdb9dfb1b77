"""Redact the lines of a whole call or file, or find what is private in them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...events import CallEnded, CallStarted, DigitPressed, EndReason, FinalText, TrackEvent, Word
from ..call_record import PRESSED, LineKind, Utterance, utterance_of
from ..captions import by_turns
from ..formatting import Language
from .call_redactor import CallRedactor, RedactionRules
from .find import find
from .policies import Policy, RedactedAudio
from .spans import Span


@dataclass(frozen=True, slots=True)
class FileRedaction:
    """What is redacted of a file: its text, and what takes its place in audio."""

    rules: RedactionRules | None = None
    """What is redacted; None for nothing"""
    sound: RedactedAudio = RedactedAudio.NO

    @property
    def policies(self) -> list[str]:
        """Names of the policies, sorted."""
        return sorted(map(str, self.rules.policies)) if self.rules else []


RedactionOf = Callable[[CallStarted, str], FileRedaction]
"""Returns what is redacted of a call's file, from the call and the name of the model that recognizes it"""


def no_redaction(*_: object) -> FileRedaction:
    """Redact nothing of any file."""
    return FileRedaction()


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


def private_values(
    said: Sequence[Utterance], policies: Collection[Policy], language: Language
) -> Iterator[tuple[Utterance, Span]]:
    """Yield the private values in what was said, each with the turn of a speaker that it is in."""
    turns = by_turns([line for line in said if line.words])
    for turn in turns:
        for span in find(turn.words, policies, language, _words_before(turn, turns)):
            yield turn, span


def _words_before(turn: Utterance, turns: Iterable[Utterance]) -> list[str]:
    """Return the words of the turn that another speaker began last before a turn."""
    others = [each for each in turns if each.track != turn.track and each.start < turn.start]
    return [word.text for word in max(others, key=lambda each: each.start).words] if others else []
