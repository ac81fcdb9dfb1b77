"""Key terms: phrases that a user expects, put in the place of words that sound like them.

A recognizer writes the words that it knows.  For a name that it does not know it writes others, which sound
alike: `lip it or` for Lipitor.  docs/explanation/key-terms.md says how good this is.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from ...events import Word
from .sounds import SILENCE, Sound, followed_by, sound_of
from .tokens import Token, is_redaction
from .word_lists import COMMON_WORDS, NOT_NAMES

KEY_TERM = "key_term"
"""The kind of tokens that keep a term as it is written"""

MAX_TERMS = 1_000
MAX_WORDS = 6
"""Words of a term"""

CONFIDENT = 0.95
"""Confidence from which a word gives way only to a term that sounds almost the same"""

_SIMILARITY = (1.0, 0.9, 0.8, 0.7, 0.65, 0.6, 0.58)
"""How similar letters must be, by the number of consonants, which are the same; the last is for all more"""
_SIMILARITY_AFTER_SLIP = (1.0, 1.0, 1.0, 1.0, 0.9, 0.82, 0.76, 0.7)
"""The same where one consonant differs"""
_MORE_AT_LOOSE_WORDS = 0.16
"""What is added if the words begin or end with one that may well not belong to them"""
_MORE_FOR_ONE_WORD = 0.1
"""What is added for a single word, which is more often right than several that make little sense"""
_SIMILARITY_IF_CONFIDENT = 0.8

_LOOSE = NOT_NAMES | {"it", "ok"}
"""Words that seldom begin or end a name"""

_MIN_FOR_SLIP = 5
"""Consonants from which on one may differ"""
_MAX_HEARD = 12
"""Words that are taken for one term"""
_LONGEST_PAUSE = 1.0
"""Seconds of silence between the words of a term"""

_PIECE = re.compile(r"Mc[A-Z][a-z]+|[A-Z]?[a-z]+(?:'[a-z]+)?|[A-Z]+(?![a-z])|\d")
_VOWEL = re.compile("[aeiouy]")
_PLAIN = re.compile(r"[a-z' -]+")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_POSSESSIVE = "'s"


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A phrase that is expected."""

    text: str
    """As it is written"""
    sounds_like: str = ""
    """Words that it sounds like, for one that is not said as it is written"""


class _Candidate(NamedTuple):
    """A term as it may be said."""

    text: str
    words: tuple[str, ...]
    sound: Sound


class _Heard(NamedTuple):
    """A phrase that may be a term."""

    words: tuple[str, ...]
    sound: Sound
    is_confident: bool
    """Whether the recognizer is sure of one of the words"""
    ending: str = ""
    """What follows the last word"""


class _Match(NamedTuple):
    """Words that are likely a term; of two, the greater one is likelier."""

    likeness: float
    length: int
    first: int
    text: str

    @property
    def places(self) -> range:
        """The positions of the words"""
        return range(self.first, self.first + self.length)


class KeyTerms:
    """The key terms of a call, indexed by how they sound."""

    def __init__(self, terms: Iterable[KeyTerm]) -> None:
        self._by_consonants: defaultdict[str, set[_Candidate]] = defaultdict(set)
        for term in terms:
            for said in filter(None, (term.text, term.sounds_like)):
                words = spoken_words(said)
                sound = sound_of(words)
                for consonants in _with_slips(sound.consonants):
                    self._by_consonants[consonants].add(_Candidate(term.text, tuple(words), sound))
        self._longest = max(map(len, self._by_consonants), default=0)
        self._beginnings = {consonants[: _MIN_FOR_SLIP - 1] for consonants in self._by_consonants}

    def found(self, words: Sequence[Word]) -> tuple[Token, ...]:
        """Return a token for each term that is likely meant, and for each other word; none without a term."""
        taken: dict[int, _Match] = {}
        for match in sorted(self._matches(words), reverse=True):
            if taken.keys().isdisjoint(match.places):
                taken.update(dict.fromkeys(match.places, match))
        if not taken:
            return ()
        return tuple(
            _token(taken[at]) if at in taken else Token(word.text, at, at + 1)
            for at, word in enumerate(words)
            if at not in taken or taken[at].first == at
        )

    def _matches(self, words: Sequence[Word]) -> Iterator[_Match]:
        """Yield the places where words are likely a term.  They may overlap."""
        for first in range(len(words)):
            for heard in self._phrases(words[first : first + _MAX_HEARD]):
                for term in self._candidates(heard.sound.consonants):
                    if (likeness := _likeness(heard, term)) is not None:
                        yield _Match(likeness, len(heard.words), first, term.text + heard.ending)

    def _phrases(self, words: Sequence[Word]) -> Iterator[_Heard]:
        """Yield the phrases with which these words begin, as long as they may be terms."""
        said: tuple[str, ...] = ()
        sound, is_confident = SILENCE, False
        for at, each in enumerate(words):
            if is_redaction(each.text) or (at and each.start - words[at - 1].end > _LONGEST_PAUSE):
                break
            word = each.text.lower()
            is_confident = is_confident or each.confidence >= CONFIDENT
            if word.endswith(_POSSESSIVE):
                owner = word.removesuffix(_POSSESSIVE)
                yield _Heard((*said, owner), followed_by(sound, owner), is_confident, _POSSESSIVE)
            said, sound = (*said, word), followed_by(sound, word)
            if not self._may_begin(sound.consonants):
                break
            yield _Heard(said, sound, is_confident)

    def _may_begin(self, consonants: str) -> bool:
        """Tell whether a term may begin with these consonants, or be these."""
        if len(consonants) < _MIN_FOR_SLIP:
            return True
        beginnings = _with_slips(consonants[:_MIN_FOR_SLIP])
        return len(consonants) <= self._longest + 1 and not self._beginnings.isdisjoint(beginnings)

    def _candidates(self, consonants: str) -> set[_Candidate]:
        """Return the terms that have these consonants, or nearly these."""
        found: set[_Candidate] = set()
        return found.union(
            *(self._by_consonants[each] for each in _with_slips(consonants) if each in self._by_consonants)
        )


def with_terms(tokens: Iterable[Token], pieces: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens of pieces with terms as they are written, except within longer tokens."""
    if not pieces:
        return tuple(tokens)
    return tuple(
        replace(token, text=pieces[token.first].text, kind=KEY_TERM)
        if token.last - token.first == 1 and pieces[token.first].kind == KEY_TERM
        else token
        for token in tokens
    )


def spoken_words(text: str) -> list[str]:
    """Return the words in which a term is said: those in capitals or without vowels by their letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words: list[str] = []
    for piece in _PIECE.findall(plain):
        if piece.isdigit():
            words.append(_DIGITS[int(piece)])
        elif piece.isupper() or not _VOWEL.search(piece.lower()):
            words += piece.lower()
        else:
            words.append(piece.lower())
    return words


def _with_slips(consonants: str) -> list[str]:
    """Return consonants and, if there are enough, those that are left without any one of them.

    Two phrases that have one of these in common differ in few consonants.
    """
    if len(consonants) < _MIN_FOR_SLIP:
        return [consonants]
    return [consonants, *(consonants[:at] + consonants[at + 1 :] for at in range(len(consonants)))]


def _likeness(heard: _Heard, term: _Candidate) -> float | None:
    """Return how much a phrase sounds like a term; None if it is hardly the term."""
    letters = Levenshtein.normalized_similarity(heard.sound.letters, term.sound.letters)
    slips = Levenshtein.distance(heard.sound.consonants, term.sound.consonants)
    is_likely = heard.words == term.words or letters >= _needed(heard, term, slips)
    return letters - slips if is_likely else None


def _needed(heard: _Heard, term: _Candidate, slips: int) -> float:
    """Return how similar the letters of a phrase must be to those of a term; infinity if it is none."""
    if slips > 1 or (slips and heard.is_confident) or COMMON_WORDS.issuperset(heard.words):
        return float("inf")
    by_number = _SIMILARITY_AFTER_SLIP if slips else _SIMILARITY
    number = max(len(heard.sound.consonants), len(term.sound.consonants))
    needed = by_number[min(number, len(by_number) - 1)]
    if not _LOOSE.isdisjoint((heard.words[0], heard.words[-1])):
        needed += _MORE_AT_LOOSE_WORDS
    if len(heard.words) == 1:
        needed += _MORE_FOR_ONE_WORD
    if heard.is_confident:
        needed = max(needed, _SIMILARITY_IF_CONFIDENT)
    return min(needed, 1.0)


def _token(match: _Match) -> Token:
    """Return the token of a term.  One in small letters gets capitals as other words do."""
    kind = "word" if _PLAIN.fullmatch(match.text) else KEY_TERM
    return Token(match.text, match.first, match.places.stop, kind)
