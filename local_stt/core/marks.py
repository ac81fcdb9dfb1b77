"""Find where phrases stand in a line, in its words and in its written form.  No I/O.

A phrase may stand in one form only: `415-555-1212` in the written form, *four one five* in the words.  Its
place in the other form is that of the same words.
"""

from collections.abc import Iterable, Iterator, Sequence

from ..events import Token
from .formatting.tokens import text_of
from .terms import Phrase, marks, merged

Marks = tuple[tuple[int, int], ...]
"""Places in a text: first character, end (exclusive)"""


def marks_in_both(text: str, tokens: Sequence[Token], phrases: Sequence[Phrase]) -> tuple[Marks, Marks]:
    """Return the places of phrases in a line's text, and in its written form, which tokens give."""
    spoken = marks(text, phrases)
    if not tokens:
        return spoken, spoken
    written = marks(text_of(tokens), phrases)
    words = list(_places(text, text.split()))
    if not tokens[-1].first < len(words) <= tokens[-1].last:  # not all words have spaces between them
        return spoken, written
    pieces = list(_places(text_of(tokens), (token.text for token in tokens)))
    said = [(words[token.first][0], words[min(token.last, len(words)) - 1][1]) for token in tokens]
    return (
        merged([*spoken, *_carried_over(written, pieces, said, spoken)]),
        merged([*written, *_carried_over(spoken, said, pieces, written)]),
    )


def _places(text: str, parts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where each part stands in a text that contains them one after the other."""
    end = 0
    for part in parts:
        start = text.index(part, end)
        end = start + len(part)
        yield start, end


def _carried_over(
    found: Marks, here: Sequence[tuple[int, int]], there: Sequence[tuple[int, int]], known: Marks
) -> Iterator[tuple[int, int]]:
    """Yield the places there of the pieces that places here touch, unless a known place touches them."""
    for place in found:
        touched = [at for at, piece in enumerate(here) if _overlap(piece, place)]
        if touched:
            other = there[touched[0]][0], there[touched[-1]][1]
            if not any(_overlap(each, other) for each in known):
                yield other


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
