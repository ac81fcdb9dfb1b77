"""The terms that a text is searched by, and queries made of them.  No I/O.

What is said is indexed by its terms, and what is asked for is cut into terms by the same function.  So every
search gives the same finds: on the page, in the API, on the command line, in SQLite and in PostgreSQL.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ..errors import BadQuery
from .spacing import UNSPACED

MAX_TERMS = 200
"""Of a query"""

MAX_LETTERS = 200
"""Of a term; the rest of it is ignored"""

HIGHEST_MARK = 0x20000
"""No combining mark but the variation selectors has a higher code point"""

DOTLESS_I = "\u0131"

IGNORED = "\u00ad\u200c\u200d"
"""Soft hyphen and joiners: they stand within words and change nothing but how these look"""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or the part of one between hyphens or apostrophes, as it is compared.

    Where words have no spaces between them, each letter is a term, as nobody knows where words end.
    """

    text: str
    start: int
    """Where it stands in the text that it is from: its first character"""
    end: int
    """Behind its last one"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must follow one another."""

    terms: tuple[str, ...]
    is_open: bool = False
    """Whether the last term may go on: `hous*` finds *house*"""

    def places(self, said: Sequence[str]) -> Iterator[int]:
        """Find where the phrase begins among the terms of a text."""
        for at in range(len(said) - len(self.terms) + 1):
            *first, last = said[at : at + len(self.terms)]
            fits = last.startswith(self.terms[-1]) if self.is_open else last == self.terms[-1]
            if fits and tuple(first) == self.terms[:-1]:
                yield at


def terms(text: str) -> list[Term]:
    """Cut a text into its terms: composed letters, no capitals, no punctuation."""
    found = _word().finditer(text)
    return [Term(_folded(each.group()), each.start(), each.end()) for each in found]


def phrase_of(text: str) -> Phrase:
    """Take a text as one phrase; a `*` at its end leaves its last term open.  It may have no terms."""
    return Phrase(tuple(term.text for term in terms(text)), text.rstrip().endswith("*"))


def phrases_of(query: str) -> list[Phrase]:
    """Read a query: words, and "phrases in quotes".

    Raises `BadQuery` for one without a word, or with too many.
    """
    parts = re.findall(r'"([^"]*)"|([^\s"]+)', query)
    phrases = [phrase for quoted, plain in parts if (phrase := phrase_of(quoted or plain)).terms]
    if not phrases:
        raise BadQuery("Enter at least one word to search for.")
    if sum(len(phrase.terms) for phrase in phrases) > MAX_TERMS:
        raise BadQuery(f"The query has more than {MAX_TERMS} words.")
    return phrases


def marks(text: str, phrases: Sequence[Phrase]) -> tuple[tuple[int, int], ...]:
    """Find the places of phrases in a text: from and to, in characters.  Those that overlap are one."""
    said = terms(text)
    plain = [term.text for term in said]
    found: list[tuple[int, int]] = []
    for start, end in sorted(
        (said[at].start, said[at + len(phrase.terms) - 1].end)
        for phrase in phrases
        for at in phrase.places(plain)
    ):
        if found and start < found[-1][1]:
            start, end = found[-1][0], max(found.pop()[1], end)
        found.append((start, end))
    return tuple(found)


@cache
def _word() -> re.Pattern[str]:
    """Match a letter, digit or underscore, with all that follow it and all marks on them.

    Of letters that are written without spaces only one is matched, with its marks.  Python's `\\w` has no
    combining marks, without which many scripts have no words.
    """
    codes = map(chr, range(HIGHEST_MARK))
    marks_on_it = "".join(each for each in codes if unicodedata.category(each).startswith("M")) + IGNORED
    spaced = rf"[^\W{UNSPACED}]"
    return re.compile(rf"{spaced}(?:{spaced}|[{marks_on_it}])*|\w[{marks_on_it}]*")


def _folded(word: str) -> str:
    """Fold case, whether letters are composed or not, and the dots of Turkish i's, which casefold keeps."""
    if word.isascii():
        return word.lower()[:MAX_LETTERS]
    plain = unicodedata.normalize("NFD", word).casefold().replace("i\u0307", "i").replace(DOTLESS_I, "i")
    bare = "".join(letter for letter in plain if letter not in IGNORED)
    return unicodedata.normalize("NFC", bare)[:MAX_LETTERS]
