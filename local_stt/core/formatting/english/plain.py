"""Numbers that are nothing else: ten and more in digits, smaller ones in words."""

from ..matching import Match, Said
from .numbers import DIGITS, NUMBER_WORDS, SCALES, TENS, cardinal, grouped, ordinal, with_suffix
from .read_out import goes_on, read_out

FIXED = {
    ("twenty", "four", "seven"): "24/7",
    ("fifty", "fifty"): "50/50",
    ("ten", "four"): "10-4",
    ("four", "oh", "one", "k"): "401(k)",
    ("forty", "niners"): "49ers",
    ("seventy", "sixers"): "76ers",
    ("twenty", "twenty", "vision"): "20/20 vision",
    ("one", "eight", "hundred"): "1-800",
    ("one", "eight", "eight", "eight"): "1-888",
    ("one", "eight", "seven", "seven"): "1-877",
    ("one", "eight", "six", "six"): "1-866",
}
"""What is always written in one way"""
JOINERS = frozenset(("to", "or", "through"))
HUNDREDS = frozenset(("hundred", *SCALES))
ARTICLES = frozenset(("a", "another", "each", "every"))


def fixed(said: Said, at: int) -> Match | None:
    """Write what is always written in one way."""
    phrase = next((words for words in FIXED if said.follows(at, *words)), None)
    if not phrase or said[at + len(phrase)] in NUMBER_WORDS:
        return None
    return Match(FIXED[phrase], at + len(phrase), "number")


def late_ordinal(said: Said, at: int) -> Match | None:
    """Write ordinals from `tenth` on in digits."""
    number = ordinal(said, at)
    if not number or number.value < 10 or said[at - 1] in DIGITS or _is_length(said, at, number.end):
        return None
    return Match(with_suffix(number.value), number.end, "ordinal")


def _is_length(said: Said, at: int, end: int) -> bool:
    """Tell whether `thirty second` is a length of time, as in `a thirty second break`."""
    return said[end - 1] == "second" and said[at - 1] in ARTICLES


def number(said: Said, at: int) -> Match | None:
    """Write cardinals from `ten` on in digits, and smaller ones beside those."""
    found = cardinal(said, at)
    if not found or _is_vague(said, at, found.value, found.end):
        return None
    if found.value < 10 and not _is_beside_large(said, at, found.end):
        return None
    return Match(grouped(said, found), found.end, "number")


def _is_vague(said: Said, at: int, value: int, end: int) -> bool:
    """Tell whether words say it better: `a million times`, `two or three hundred`."""
    if said[at] == "a" and value >= 1_000_000:
        return True
    joined = said[at - 1] in JOINERS or (said[at - 1] == "and" and said[at - 3] == "between")
    smaller = cardinal(said, at - 2) if joined else None
    return bool(smaller and smaller.value < 10) and said[end - 1] in HUNDREDS


def _begins_range(said: Said, at: int, end: int) -> bool:
    return said[at - 1] == "between" and said[end] == "and"


def _is_beside_large(said: Said, at: int, end: int) -> bool:
    """Tell whether a small number is one end of a range with a number that is written in digits."""
    if said[at] == "zero":
        return False
    if said[end] in JOINERS or said.follows(end, "out", "of") or _begins_range(said, at, end):
        other = cardinal(said, end + 1 + (said[end] == "out"))
        return bool(other and 10 <= other.value < 100 and not goes_on(said, end + 1, other.end))
    is_second = said[at - 1] == "and" and said[at - 3] == "between"
    if said[at - 1] not in JOINERS and not is_second and not said.follows(at - 2, "out", "of"):
        return False
    start = at - 2 - (said[at - 1] == "of")
    before = cardinal(said, start)
    return bool(before and (before.value >= 10 or said[start - 1] in TENS) and not goes_on(said, at, end))


def chunks(said: Said, at: int) -> Match | None:
    """Write two numbers that follow one another as one, as in `sixteen thirty two`."""
    spoken = read_out(said, at)
    if not spoken or len(spoken.parts) > 1 or not 3 <= len(spoken.digits) <= 6 or len(spoken.chunks) < 2:
        return None
    whole = cardinal(said, at)
    if (whole and whole.end >= spoken.end) or not _are_pairs(spoken.chunks):
        return None
    return Match(spoken.digits, spoken.end, "number") if said[at] not in ("oh", "o") else None


def _are_pairs(chunks: tuple[str, ...]) -> bool:
    """Tell whether all chunks but the first are two digits, or two with an `oh`."""
    first, *others = chunks
    return len(first) <= 2 and (
        all(len(each) == 2 for each in others) or (others[0] == "0" and len(others) == 2)
    )
