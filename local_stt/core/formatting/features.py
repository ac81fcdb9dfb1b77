"""What the models look at: words in a window, as numbers, and combinations of them, as keys.

A word is a number that its letters give.  A window is a row of such numbers: the words around a place.  A
template names columns of a window.  A key is a number that a template and the words in its columns give, so
the same words give the same key at any time, on any machine.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .word_lists import NUMBER_WORDS

Numbers = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.uint32]
Columns = tuple[int, ...]

KEY_BITS = 24
_PRIME = (1 << 61) - 1
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads numbers evenly
_SHIFT, _TO_KEY = np.uint64(29), np.uint64(64 - KEY_BITS)

BEFORE, AFTER = 4, 4
"""Words of a window before the word that it is about, and after it"""
_WORD = BEFORE
_SPAN = BEFORE + 1 + AFTER
_POSITION, _REMAINING, _ENDING, _NEXT_ENDING, _NOTHING = range(_SPAN, _SPAN + 5)
_FARTHEST = 6

_HEAD, _TAIL = 8, 5
"""Words of a row of an opening and an end"""
_LENGTH = _HEAD + _TAIL
_LAST_ENDING = _LENGTH + 1
_LONGEST = 12


class Templates(NamedTuple):
    """Combinations of columns."""

    names: Numbers
    """Of shape (templates); those of the same name share their weights"""
    places: npt.NDArray[np.intp]
    """The columns that each combines, of shape (templates, 4); the last column of a row is always 0"""


def _templates(*groups: Iterable[Columns]) -> Templates:
    """Number the groups; all templates of a group have its number as their name."""
    listed = [(name, columns) for name, group in enumerate(groups, 1) for columns in group]
    names = np.array([name for name, _ in listed], np.uint64)
    return Templates(names, np.array([(*columns, -1, -1, -1, -1)[:4] for _, columns in listed], np.intp))


def _each(*columns: Columns) -> list[list[Columns]]:
    """Make a group of each."""
    return [[each] for each in columns]


def _around(*offsets: int) -> Columns:
    """Return the columns of words, counted from the word that a window is about."""
    return tuple(_WORD + offset for offset in offsets)


BREAKS = _templates(
    *_each(
        *(_around(offset) for offset in (-3, -2, -1, 0, 1, 2, 3, 4)),
        *(_around(first, first + 1) for first in (-2, -1, 0, 1, 2)),
        *(_around(first, first + 1, first + 2) for first in (-2, -1, 0, 1)),
        _around(-1, 1),
        _around(0, 2),
        _around(-1, 0, 1, 2),
        _around(1, 2, 3, 4),
        (_POSITION, *_around(0)),
        (_POSITION, *_around(1)),
        (_POSITION, *_around(0, 1)),
        (_REMAINING, *_around(1)),
        (_ENDING,),
        (_NEXT_ENDING,),
        (_ENDING, _NEXT_ENDING),
    )
)
"""What decides whether a mark follows a word"""

CAPITALS = _templates(
    *_each(
        *(_around(offset) for offset in (0, -2, -1, 1, 2)),
        *(_around(first, first + 1) for first in (-2, -1, 0, 1)),
        *(_around(first, first + 1, first + 2) for first in (-2, -1, 0)),
        _around(-1, 1),
        (_ENDING,),
        (_ENDING, *_around(-1)),
        (_NEXT_ENDING, *_around(0)),
        (_POSITION, *_around(0)),
    )
)
"""What decides whether a word has a capital"""


def _last(*places: int) -> Columns:
    """Return the columns of words of an opening-and-end row, counted back from the last word."""
    return tuple(_LENGTH - 1 - place for place in places)


QUESTIONS = _templates(
    *_each(
        (0,),
        (0, 1),
        (0, 1, 2),
        (0, 1, 2, 3),
        _last(0),
        _last(1, 0),
        _last(2, 1, 0),
        (0, *_last(0)),
        (0, _LENGTH),
    ),
    [(place,) for place in range(_HEAD)],
    [(place, place + 1) for place in range(_HEAD - 1)]
    + [_last(place + 1, place) for place in range(_TAIL - 1)],
    [(place, place + 1, place + 2) for place in range(_HEAD - 2)],
)
"""What decides whether a sentence asks"""

ENDS = _templates(
    *_each(
        _last(0),
        _last(1),
        _last(2),
        _last(1, 0),
        _last(2, 1),
        _last(2, 1, 0),
        _last(3, 2, 1, 0),
        _last(2, 0),
        (_LENGTH,),
        (0, 1),
        (0, 1, 2),
        (0, 1, 2, 3),
        (_LENGTH, *_last(0)),
        (_LENGTH, *_last(1, 0)),
        (_LENGTH, 0, 1),
        (0, *_last(0)),
        (0, 1, *_last(0)),
        (0, 1, *_last(1, 0)),
        _last(3),
        _last(4),
        _last(3, 2),
        (_LAST_ENDING,),
        (_LAST_ENDING, *_last(1)),
    )
)
"""What decides whether a speaker has finished"""


@lru_cache(maxsize=1 << 15)
def number_of(word: str) -> int:
    """Return the number of a word.  All numbers that are said or written are one word to the models."""
    if word in NUMBER_WORDS or any(character.isdigit() for character in word):
        return 1
    return int.from_bytes(word.replace(".", "").encode(), "little") % _PRIME


def numbers_of(words: Sequence[str]) -> Numbers:
    """Return the number of each word."""
    return np.fromiter((number_of(word) for word in words), np.uint64, len(words))


def endings_of(words: Sequence[str]) -> Numbers:
    """Return the number of each word's last three letters."""
    return numbers_of([word[-3:] for word in words])


def windows(words: Sequence[str]) -> Numbers:
    """Return a row for each word: the words around it, its distance to both ends, and two endings."""
    count = len(words)
    padded = np.zeros(BEFORE + count + AFTER, np.uint64)
    padded[BEFORE : BEFORE + count] = numbers_of(words)
    rows = np.zeros((count, _NOTHING + 1), np.uint64)
    if not count:
        return rows
    rows[:, :_SPAN] = np.lib.stride_tricks.sliding_window_view(padded, _SPAN)
    rows[:, _POSITION] = np.arange(count).clip(max=_FARTHEST)
    rows[:, _REMAINING] = rows[::-1, _POSITION]
    rows[:, _ENDING] = endings_of(words)
    rows[:-1, _NEXT_ENDING] = rows[1:, _ENDING]
    return rows


def opening_and_end(words: Sequence[str]) -> Numbers:
    """Return one row: the first words, the last ones, how many there are, and the last one's ending."""
    row = np.zeros((1, _LAST_ENDING + 2), np.uint64)
    if not words:
        return row
    head, tail = min(len(words), _HEAD), min(len(words), _TAIL)
    row[0, :head] = numbers_of(words[:head])
    row[0, _LENGTH - tail : _LENGTH] = numbers_of(words[len(words) - tail :])
    row[0, _LENGTH] = min(len(words), _LONGEST)
    row[0, _LAST_ENDING] = endings_of(words[-1:])[0]
    return row


def keys_of(rows: Numbers, templates: Templates) -> Keys:
    """Return the key of each template for each row, of shape (rows, templates)."""
    mixed = np.broadcast_to(templates.names, (len(rows), len(templates.names)))
    for places in templates.places.T:
        mixed = (mixed ^ rows[:, places]) * _FACTOR
        mixed = mixed ^ (mixed >> _SHIFT)
    return (mixed * _FACTOR >> _TO_KEY).astype(np.uint32)
