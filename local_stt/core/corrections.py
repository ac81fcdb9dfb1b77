"""Correct words of an utterance.  No I/O.

What people write is final: it is a token as they wrote it, and a word of the utterance without its marks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..events import Token, Word
from .call_record import Utterance, mean_confidence
from .formats import milliseconds
from .formatting.tokens import covers, is_redaction, one_each, shifted
from .spacing import joined

MARKS = ".,;:!?…\"'“”„«»()¿¡-\u2018\u2019\u2013\u2014"
"""Marks that stand beside words, and are no part of them"""


def place_of(line: Utterance, start: int, end: int) -> tuple[int, int] | None:
    """Return the position of the first word, and that after the last, by their times in milliseconds.

    None if there are no such words.
    """
    firsts = (at for at, word in enumerate(line.words) if milliseconds(word.start) == start)
    first = next(firsts, None)
    if first is None:
        return None
    lasts = (at for at in range(first, len(line.words)) if milliseconds(line.words[at].end) == end)
    last = next(lasts, None)
    return None if last is None else (first, last + 1)


def is_redacted(line: Utterance, first: int, last: int) -> bool:
    """Check whether one of the words from `first` to before `last` is redacted."""
    start, end = line.words[first].start, line.words[last - 1].end
    return any(is_redaction(word.text) for word in line.words[first:last]) or any(
        each.start < end and start < each.end for each in line.redactions
    )


def corrected(line: Utterance, first: int, last: int, text: str) -> Utterance:
    """Return a line with other words in place of those from `first` to before `last`.

    The new words share the time of the old ones by their letters.  The line keeps its own times.  Without
    any words left, it has no text.
    """
    pieces = list(_pieces(text))
    spans = _shared(pieces, line.words[first].start, line.words[last - 1].end)
    new = tuple(Word(word, start, end, 1.0) for (word, _), (start, end) in zip(pieces, spans, strict=True))
    words = (*line.words[:first], *new, *line.words[last:])
    return replace(
        line,
        text=joined(word.text for word in words),
        confidence=mean_confidence(words),
        words=words,
        tokens=_tokens(line, first, last, [written for _, written in pieces]),
    )


def written_in(line: Utterance, first: int, last: int) -> str:
    """Return some words as people write them; a token that has others too is written in words."""
    if not line.tokens:
        return joined(word.text for word in line.words[first:last])
    inside = _opened(_whole(line), line.words, first, last)
    return joined(token.text for token in inside if first <= token.first < last)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut what somebody wrote into words, each without marks and as it is written.

    Marks that stand alone belong to the word before them, or to the first.
    """
    ahead: list[str] = []
    held: tuple[str, str] | None = None
    for piece in text.split():
        bare = piece.strip(MARKS)
        if bare:
            if held:
                yield held
            held = (bare, joined([*ahead, piece]))
            ahead = []
        elif held:
            held = (held[0], joined([held[1], piece]))
        else:
            ahead.append(piece)
    if held:
        yield held
    elif ahead:
        marks = joined(ahead)
        yield marks, marks


def _shared(pieces: Sequence[tuple[str, str]], start: float, end: float) -> Iterator[tuple[float, float]]:
    """Share a time among words by their numbers of letters."""
    letters = sum(len(word) for word, _ in pieces)
    before, begun = 0, start
    for word, _ in pieces:
        before += len(word)
        over = end if before == letters else round(start + (end - start) * before / letters, 3)
        over = min(max(over, begun), end)
        yield begun, over
        begun = over


def _tokens(line: Utterance, first: int, last: int, written: Sequence[str]) -> tuple[Token, ...]:
    """Return the tokens after a correction.  One that also has other words is written in words."""
    tokens = _opened(_whole(line), line.words, first, last)
    before = [token for token in tokens if token.last <= first]
    after = [token for token in tokens if token.first >= last]
    new = [Token(each, first + at, first + at + 1) for at, each in enumerate(written)]
    return (*before, *new, *shifted(after, len(written) - (last - first)))


def _whole(line: Utterance) -> tuple[Token, ...]:
    """Return tokens that cover all words of a line: its own, or one for each word."""
    return line.tokens if covers(line.tokens, len(line.words)) else one_each(line.words)


def _opened(tokens: Sequence[Token], words: Sequence[Word], first: int, last: int) -> list[Token]:
    """Replace tokens that reach over an edge of some words by one for each of their words."""
    opened: list[Token] = []
    for token in tokens:
        if any(token.first < edge < token.last for edge in (first, last)):
            opened += (Token(words[at].text, at, at + 1) for at in range(token.first, token.last))
        else:
            opened.append(token)
    return opened
