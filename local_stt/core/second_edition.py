"""Redact in the second edition of a call what is redacted in the live one.  No I/O.

The recording has silence or a tone there, or the words themselves, which the better model recognized again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..events import Redaction, Word
from .call_record import LineKind, Utterance, mean_confidence
from .captions import in_order
from .spacing import joined

SHARE = 0.5
"""Share of a word, or of a redacted part, from which the word counts as said in the part"""

PAUSE = 0.5
"""Seconds between an utterance and a redacted part that is shown in it"""


@dataclass(frozen=True, slots=True)
class Part:
    """A redacted part of a track, and the words in its place."""

    track: str
    redaction: Redaction
    words: tuple[Word, ...]


def with_live_redactions(said: Iterable[Utterance], live: Iterable[Utterance]) -> list[Utterance]:
    """Return the lines of the second edition, in order, with the redactions of the live one."""
    lines = list(said)
    for utterance in live:
        for redaction in utterance.redactions:
            words = tuple(word for word in utterance.words if _is_in(word, redaction))
            lines = _with_part(lines, Part(utterance.track, redaction, words))
    return in_order(lines)


def _with_part(lines: Sequence[Utterance], part: Part) -> list[Utterance]:
    """Remove what was recognized in a part, and put its words into the first line beside it, or a new one."""
    beside = [line for line in lines if _is_beside(line, part)]
    part = _widened(part, beside)
    left = [line for line in (_without(line, part) for line in beside) if line.words]
    words = [*(left[0].words if left else ()), *part.words]
    redactions = [*(left[0].redactions if left else ()), part.redaction]
    others = [line for line in lines if line not in beside] + left[1:]
    return [*others, _line(part.track, words, redactions)] if words else others


def _widened(part: Part, beside: Iterable[Utterance]) -> Part:
    """Widen a part by those that the second edition has redacted at the same place."""
    same = [each for line in beside for each in line.redactions if _overlap(each, part.redaction)]
    start = min(each.start for each in (part.redaction, *same))
    end = max(each.end for each in (part.redaction, *same))
    return replace(part, redaction=replace(part.redaction, start=start, end=end))


def _without(line: Utterance, part: Part) -> Utterance:
    """Return a line without its words and redactions in a part."""
    words = [word for word in line.words if not _is_in(word, part.redaction)]
    redactions = [each for each in line.redactions if not _overlap(each, part.redaction)]
    if not words:
        return replace(line, words=())
    return line if len(words) == len(line.words) else _line(line.track, words, redactions)


def _line(track: str, words: Iterable[Word], redactions: Iterable[Redaction]) -> Utterance:
    in_time = tuple(sorted(words, key=lambda word: word.start))
    return Utterance(
        track,
        in_time[0].start,
        max(word.end for word in in_time),
        joined(word.text for word in in_time),
        mean_confidence(in_time),
        in_time,
        redactions=tuple(sorted(redactions, key=lambda each: each.start)),
    )


def _is_beside(line: Utterance, part: Part) -> bool:
    return (
        line.track == part.track
        and line.kind is LineKind.SPEECH
        and line.start - PAUSE < part.redaction.end
        and part.redaction.start < line.end + PAUSE
    )


def _is_in(word: Word, redaction: Redaction) -> bool:
    common = min(word.end, redaction.end) - max(word.start, redaction.start)
    return common >= SHARE * min(word.end - word.start, redaction.end - redaction.start)


def _overlap(one: Redaction, other: Redaction) -> bool:
    return one.start < other.end and other.start < one.end
