"""Words that are not written as they were said: fillers are left out, profanities are masked."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from .matching import Language, Said
from .tokens import Token, text_of

_LETTERS = re.compile(r"[^\W\d_]+")


def filler_places(words: Sequence[str], language: Language) -> frozenset[int]:
    """Return the positions of words that are left out.

    Fillers alone stay, as `mhm` may be an answer, and an empty line would look like a mistake.
    """
    said = Said([word.lower() for word in words])
    places = frozenset(at for at in range(len(words)) if language.is_filler(said, at))
    return places if len(places) < len(words) else frozenset()


def without(
    pieces: Sequence[Token], places: Collection[int], breaks: Collection[int] = ()
) -> tuple[Token, ...]:
    """Leave out pieces.  The one before covers the words of each, or the one after it.

    The one after does at the beginning, and after a break, the position of a word after a pause.
    """
    kept = [at for at in range(len(pieces)) if at not in places]
    edges = [pieces[0].first]
    for before, after in pairwise(kept):
        left_out = range(before + 1, after + 1)
        edge = next((at for at in left_out if pieces[at].first in breaks), after)
        edges.append(pieces[edge].first)
    edges.append(pieces[-1].last)
    return tuple(
        replace(pieces[at], first=first, last=last)
        for at, first, last in zip(kept, edges[:-1], edges[1:], strict=True)
    )


def masked(tokens: Sequence[Token], language: Language) -> tuple[Token, ...]:
    """Write profanities as their first letter and asterisks."""

    def mask(match: re.Match[str]) -> str:
        word = match[0]
        return word[0] + "*" * (len(word) - 1) if language.is_profane(word.lower()) else word

    if not any(map(language.is_profane, _LETTERS.findall(text_of(tokens).lower()))):
        return tuple(tokens)
    return tuple(
        replace(token, text=_LETTERS.sub(mask, token.text)) if token.kind == "word" else token
        for token in tokens
    )
