"""Digits and letters that are read out one after another, as in `h z five two oh`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ...formatting.english.numbers import DIGITS, NUMBER_WORDS, SCALES, ZEROS
from ...formatting.english.read_out import AFTER_EXCLAMATION, DASHES, TIMES, chunk
from ...formatting.english.spelling import is_letter
from ...formatting.matching import Said
from .word_lists import ENDS, PAUSED

SCALES_AND_HUNDRED = SCALES.keys() | {"hundred"}
ARTICLES = frozenset(("a", "i"))
"""Letters that are words too"""
EXTENSIONS = frozenset(("extension", "ext"))
HOMOPHONES = {"for": "4", "to": "2", "too": "2", "won": "1", "ate": "8"}
"""Words that a recognizer may write for a digit"""
LONGEST_PAUSE = 3
"""Words of a pause that may be between two groups of a number"""
NO_INTERRUPTIONS = frozenset(("", "dot", "point", "slash", "to"))
"""What is between two numbers; an empty word is a cue"""
EXCLAMATIONS = frozenset(("oh", "o"))
PARTS_OF_DAY = frozenset("morning afternoon evening".split())
LONGEST_INTERRUPTION = 5
"""Words that may interrupt somebody who reads digits out"""


class Piece(NamedTuple):
    """Words that follow one another, and the digits and letters that they stand for."""

    symbols: tuple[str, ...]
    """Digits that were said together, or a letter"""
    first: int
    last: int


@dataclass(frozen=True)
class Run:
    """A number or a code, in one piece or in groups with other words between them."""

    pieces: tuple[Piece, ...]

    @property
    def first(self) -> int:
        """Position of its first word"""
        return self.pieces[0].first

    @property
    def last(self) -> int:
        """Position after its last word"""
        return self.pieces[-1].last

    @cached_property
    def chunks(self) -> tuple[str, ...]:
        """Digits that were said together, and letters"""
        return tuple(symbol for piece in self.pieces for symbol in piece.symbols)

    @cached_property
    def text(self) -> str:
        """All digits and letters"""
        return "".join(self.chunks)

    @cached_property
    def is_number(self) -> bool:
        """Whether there are no letters"""
        return self.text.isdigit()

    @cached_property
    def digits(self) -> int:
        """Number of digits"""
        return sum(each.isdigit() for each in self.text)

    @cached_property
    def singles(self) -> int:
        """Number of digits that were said one by one"""
        return sum(map(_singles, self.pieces))


def runs_of(said: Said) -> list[Run]:
    """Find all numbers and codes, with their groups joined."""
    runs: list[Run] = []
    for piece in _pieces(said):
        if runs and (_goes_on(said, runs[-1].last, piece.first) or _is_interrupted(said, runs[-1], piece)):
            runs[-1] = Run((*runs[-1].pieces, piece))
        else:
            runs.append(Run((piece,)))
    return runs


def _goes_on(said: Said, last: int, first: int) -> bool:
    """Tell whether nothing but a pause is between two pieces."""
    return first - last <= LONGEST_PAUSE and all(word in PAUSED for word in said.words[last:first])


def _is_interrupted(said: Said, run: Run, piece: Piece) -> bool:
    """Tell whether somebody reads digits out, says a few words without a cue, and reads on."""
    between = said.words[run.last : piece.first]
    group = run.pieces[-1]
    are_read_out = min(_singles(group), 3) + min(_singles(piece), 3) >= 5 and run.is_number
    return are_read_out and len(between) <= LONGEST_INTERRUPTION and NO_INTERRUPTIONS.isdisjoint(between)


def _singles(piece: Piece) -> int:
    """Count digits that were said one by one."""
    return sum(len(each) == 1 and each.isdigit() for each in piece.symbols)


def _pieces(said: Said) -> Iterator[Piece]:
    """Yield numbers and codes, but no times of day."""
    at = 0
    while at < len(said):
        piece = _piece(said, at)
        if piece and not (_is_clock(piece.symbols) and _ends_time(said, piece.last)):
            yield piece
        at = piece.last if piece else at + 1


def _piece(said: Said, first: int) -> Piece | None:
    symbols: list[str] = []
    at = first
    while found := _symbol(said, _after_sign(said, at, symbols), symbols):
        symbols.append(found.symbols[0])
        at = found.last
    return Piece(tuple(symbols), first, at) if symbols else None


def _after_sign(said: Said, at: int, symbols: list[str]) -> int:
    """Return the position after a dash, a plus or the like that belongs to a number."""
    word = said[at]
    if not symbols:
        return at + (word == "plus" and said[at + 1] in NUMBER_WORDS)
    if word in DASHES or (word in ("slash", *EXTENSIONS) and said[at + 1] in NUMBER_WORDS):
        return at + 1
    return at


def _symbol(said: Said, at: int, before: list[str]) -> Piece | None:
    """Read digits that are said together, or a letter."""
    word = said[at]
    if said.follows(at, "double", "u"):
        return Piece(("W",), at, at + 2)
    if word in TIMES and is_letter(said[at + 1]):
        return Piece((said[at + 1].upper() * TIMES[word],), at, at + 2)
    if (not before and _may_exclaim(said, at)) or _is_half_of_day(said, at, before):
        return None
    if word in ZEROS and not before and not is_part(said[at + 1]) and word != "zero":
        return None
    if number := chunk(said, at):
        return Piece((number.digits,), at, number.end)
    if word in SCALES_AND_HUNDRED and before:
        return Piece(("0",), at, at + 1)
    if word in HOMOPHONES and _is_amid_digits(said, at, before):
        return Piece((HOMOPHONES[word],), at, at + 1)
    return _letter(said, at, before)


def _is_amid_digits(said: Said, at: int, before: list[str]) -> bool:
    """Tell whether two digits at least are before a word and after it."""
    is_after = len(before) >= 2 and all(len(each) == 1 and each.isdigit() for each in before[-2:])
    return is_after and is_digit(said[at + 1]) and is_digit(said[at + 2])


def _letter(said: Said, at: int, before: list[str]) -> Piece | None:
    """Read a letter, and the word that explains it, as in `b as in boy`."""
    word = said[at]
    if not is_letter(word) or (word in ARTICLES and not _is_spelled(said, at, before)):
        return None
    if said.follows(at + 1, "as", "in"):
        return Piece((word.upper(),), at, min(at + 4, len(said)))
    if said[at + 1] in ("for", "like") and said[at + 2].startswith(word) and word not in ARTICLES:
        return Piece((word.upper(),), at, at + 3)
    return Piece((word.upper(),), at, at + 1)


def _is_spelled(said: Said, at: int, before: list[str]) -> bool:
    """Tell whether `a` or `i` is a letter rather than a word."""
    following = said[at + 1]
    if before:
        is_no_article = said[at] == "a" and (before[-1].isalpha() or following in ENDS)
        return is_no_article or not following or is_letter(following) or is_digit(following)
    return (is_letter(following) and following not in ARTICLES) or (
        is_digit(following) and (is_digit(said[at + 2]) or is_letter(said[at + 2]))
    )


def _may_exclaim(said: Said, at: int) -> bool:
    """Tell whether `oh` may be no zero.  After digits it is one in doubt."""
    return said[at] in EXCLAMATIONS and said[at + 1] in AFTER_EXCLAMATION


def _is_half_of_day(said: Said, at: int, before: list[str]) -> bool:
    """Tell whether a word is a part of `a m` or `p m` after a time."""
    if said[at] == "m" and said[at - 1] in ("a", "p"):
        return said[at - 2] in NUMBER_WORDS
    is_first = said[at] in ("a", "p") and said[at + 1] == "m" and said[at - 1] in NUMBER_WORDS
    return is_first and _is_clock(before)


def _is_clock(symbols: Sequence[str]) -> bool:
    """Tell whether symbols are an hour, or an hour and minutes."""
    hour, *minutes = symbols or ("",)
    is_hour = hour.isdigit() and 1 <= int(hour) <= 24
    past = "".join(minutes)
    has_minutes = len(past) == 2 and past < "60" and (len(minutes) == 1 or past < "10")
    return is_hour and (not past or has_minutes)


def _ends_time(said: Said, at: int) -> bool:
    """Tell whether words after an hour say that it is one."""
    is_half = said[at] in ("a", "p") and said[at + 1] == "m"
    is_part_of_day = said.follows(at, "in", "the") and said[at + 2] in PARTS_OF_DAY
    return is_half or is_part_of_day or said[at] == "o'clock" or said.follows(at, "at", "night")


def without_doubt(said: Said, run: Run) -> Run:
    """Return a run without symbols that may be words: an `oh` before `wait`, an `a` at its end."""
    pieces = tuple(_shorter(piece) if _ends_in_doubt(said, piece) else piece for piece in run.pieces)
    return Run(pieces)


def _shorter(piece: Piece) -> Piece:
    return Piece(piece.symbols[:-1], piece.first, piece.last - 1)


def _ends_in_doubt(said: Said, piece: Piece) -> bool:
    at = piece.last - 1
    is_article = said[at] in ARTICLES and piece.symbols[-1] == said[at].upper()
    return len(piece.symbols) > 1 and (is_article or _may_exclaim(said, at))


def is_digit(word: str) -> bool:
    """Tell whether a word is a digit or multiplies one."""
    return word in DIGITS or word in ZEROS or word in TIMES


def is_part(word: str) -> bool:
    """Tell whether a word may be part of a number or a code."""
    return word in NUMBER_WORDS or word in TIMES or is_letter(word)
