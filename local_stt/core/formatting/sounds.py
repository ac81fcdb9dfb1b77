"""How English words sound: the consonants that a phrase has, and how its letters are read."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from doublemetaphone import doublemetaphone


class Sound(NamedTuple):
    """How some words sound."""

    consonants: str
    """Their code in Double Metaphone: `LPTR` for `lip it or`.  An `A` is a vowel at the beginning"""
    letters: str
    """Their letters, each sound in one spelling: `grafana` for `graph anna`"""


_SPELLINGS = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        ("^x", "z"),
        ("x", "ks"),
        ("ph", "f"),
        ("ck", "k"),
        ("c(?=[eiy])", "s"),
        ("c(?!h)", "k"),
        ("qu", "kw"),
        ("q", "k"),
        ("gh|(?<=[aeiou])h|w(?=r)|k(?=n)", ""),
        ("ee|ea|ie|ey|y", "i"),
        ("ou|oo|ew|ue", "u"),
        ("ai|ei", "a"),
        ("oa|ow|oe", "o"),
    )
)
_REPEATED = re.compile(r"(.)\1+")

SILENCE = Sound("", "")


def sound_of(words: Iterable[str]) -> Sound:
    """Tell how words in small letters sound one after the other."""
    sound = SILENCE
    for word in words:
        sound = followed_by(sound, word)
    return sound


def followed_by(sound: Sound, word: str) -> Sound:
    """Tell how a word sounds after others.  A vowel at the beginning of the first word alone counts."""
    consonants, letters = _sound_of_word(word)
    return Sound(
        _joined(sound.consonants, consonants.removeprefix("A") if sound.letters else consonants),
        _joined(sound.letters, letters),
    )


@lru_cache(maxsize=1 << 15)
def _sound_of_word(word: str) -> Sound:
    letters = word
    for pattern, sound in _SPELLINGS:
        letters = pattern.sub(sound, letters)
    return Sound(*(_REPEATED.sub(r"\1", text) for text in (doublemetaphone(word)[0], letters)))


def _joined(before: str, after: str) -> str:
    """Join two texts in which no letter follows itself."""
    return before + (after[1:] if before[-1:] == after[:1] else after)
