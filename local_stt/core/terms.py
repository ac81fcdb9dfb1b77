"""Cut texts and queries into search terms.  No I/O.

One function cuts both the texts that are indexed and the queries.  So a search finds the same on the page,
in the API, on the command line, in SQLite and in PostgreSQL.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ..errors import BadQuery
from .spacing import UNSPACED

MAX_TERMS = 200
"""Maximum number of terms in a query"""

MAX_LETTERS = 200
"""Maximum number of characters in a term; the rest of it is ignored"""

HIGHEST_MARK = 0x20000
"""End of the code points with combining marks; only variation selectors are beyond it"""

DOTLESS_I = "\u0131"

IGNORED = "\u00ad\u200c\u200d"
"""Soft hyphen and joiners, which stand within words and change only their look"""


@dataclass(frozen=True, slots=True)
class Term:
    """A word in the form in which it is compared, or a part of one between hyphens or apostrophes.

    In scripts without spaces between words each letter is a term, as nothing shows where words end.
    """

    text: str
    start: int
    """Index of its first character in the text"""
    end: int
    """Index after its last character"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must follow one another."""

    terms: tuple[str, ...]
    is_open: bool = False
    """Whether the last term may be the beginning of a longer one: `hous*` finds *house*"""

    def places(self, said: Sequence[str]) -> Iterator[int]:
        """Yield each index at which the phrase begins in `said`, the terms of a text."""
        for at in range(len(said) - len(self.terms) + 1):
            if self.begins(said, at):
                yield at

    def begins(self, said: Sequence[str], at: int) -> bool:
        """Tell whether the phrase begins at an index of `said`."""
        end = at + len(self.terms)
        if end > len(said):
            return False
        *first, last = said[at:end]
        fits = last.startswith(self.terms[-1]) if self.is_open else last == self.terms[-1]
        return fits and tuple(first) == self.terms[:-1]


def terms(text: str) -> list[Term]:
    """Cut a text into its terms, which have composed letters, no capitals and no punctuation."""
    found = _word().finditer(text)
    return [Term(_folded(each.group()), each.start(), each.end()) for each in found]


def phrase_of(text: str) -> Phrase:
    """Read a text as one phrase, which may have no terms.  A `*` at its end leaves the last term open."""
    return Phrase(tuple(term.text for term in terms(text)), text.rstrip().endswith("*"))


def phrases_of(query: str) -> list[Phrase]:
    """Read a query of words and "phrases in quotes".

    Raises `BadQuery` for a query without a word, or with more than `MAX_TERMS`.
    """
    parts = re.findall(r'"([^"]*)"|([^\s"]+)', query)
    phrases = [phrase for quoted, plain in parts if (phrase := phrase_of(quoted or plain)).terms]
    if not phrases:
        raise BadQuery("Enter at least one word to search for.")
    if sum(len(phrase.terms) for phrase in phrases) > MAX_TERMS:
        raise BadQuery(f"The query has more than {MAX_TERMS} words.")
    return phrases


def marks(text: str, phrases: Sequence[Phrase]) -> tuple[tuple[int, int], ...]:
    """Find the places of phrases in a text, as indexes (start, end).  Places that overlap become one."""
    said = terms(text)
    plain = [term.text for term in said]
    return merged(
        (said[at].start, said[at + len(phrase.terms) - 1].end)
        for phrase in phrases
        for at in phrase.places(plain)
    )


def merged(places: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort places, given by their start and end, and make those that overlap one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            start, end = found[-1][0], max(found.pop()[1], end)
        found.append((start, end))
    return tuple(found)


@cache
def _word() -> re.Pattern[str]:
    """Compile the pattern of a term: letters, digits or underscores, with the combining marks on them.

    In scripts without spaces it matches a single letter with its marks.  Python's `\\w` does not match
    combining marks, which many scripts need in their words.
    """
    codes = map(chr, range(HIGHEST_MARK))
    marks_on_it = "".join(each for each in codes if unicodedata.category(each).startswith("M")) + IGNORED
    spaced = rf"[^\W{UNSPACED}]"
    return re.compile(rf"{spaced}(?:{spaced}|[{marks_on_it}])*|\w[{marks_on_it}]*")


def _folded(word: str) -> str:
    """Fold case, compose letters, and drop the dots of Turkish i's, which casefold keeps."""
    if word.isascii():
        return word.lower()[:MAX_LETTERS]
    plain = unicodedata.normalize("NFD", word).casefold().replace("i\u0307", "i").replace(DOTLESS_I, "i")
    bare = "".join(letter for letter in plain if letter not in IGNORED)
    return unicodedata.normalize("NFC", bare)[:MAX_LETTERS]
