"""Numbers that are nothing else: ten and more in digits, smaller ones in words."""

from ..matching import Match, Said
from .numbers import HUNDREDS, SCALES, UNITS, cardinal, grouped
from .read_out import goes_on, read_out

JOINERS = frozenset(("a", "al", "o", "u"))
WARM_WISHES = frozenset("gracias veces besos disculpas perdones amores cosas".split())
"""What a million is not counted of"""
ROUND = HUNDREDS.keys() | {"mil"} | SCALES.keys()
"""Words that a round number ends with"""


def chunks(said: Said, at: int) -> Match | None:
    """Write two numbers that follow one another as one, as in `dos veintidós`."""
    spoken = read_out(said, at)
    if not spoken or len(spoken.parts) > 1 or len(spoken.chunks) < 2 or len(spoken.digits) > 6:
        return None
    first, *others = spoken.chunks
    whole = cardinal(said, at)
    if len(first) > 2 or any(len(each) != 2 for each in others) or (whole and whole.end >= spoken.end):
        return None
    return Match(spoken.digits, spoken.end, "number")


def number(said: Said, at: int) -> Match | None:
    """Write cardinals from `diez` on in digits, and smaller ones beside those."""
    found = cardinal(said, at)
    if not found or _is_vague(said, at, found.end):
        return None
    is_word = found.value < 10 or (said[at] == "mil" and found.end == at + 1)
    if is_word and not _is_beside_large(said, at, found.end):
        return None
    return Match(grouped(said, found), found.end, "number")


def _is_vague(said: Said, at: int, end: int) -> bool:
    """Tell whether words say it better: `un millón de gracias`, `dos o trescientos`, `un millón y medio`."""
    if said[end - 1] in SCALES and (said[end + 1] in WARM_WISHES or said.follows(end, "y", "medio")):
        return True
    return said[at - 1] == "o" and said[at - 2] in UNITS and said[end - 1] in ROUND


def _is_beside_large(said: Said, at: int, end: int) -> bool:
    """Tell whether a small number is one end of a range with a number that is written in digits."""
    if said[at] in ("un", "una", "cero"):
        return False
    if said.follows(end, "de", "cada"):
        other = cardinal(said, end + 2)
        return bool(other and other.value >= 10)
    if said[end] in JOINERS or (said[end] == "y" and said[at - 1] == "entre"):
        other = cardinal(said, end + 1)
        return bool(other and other.value >= 10 and not goes_on(said, end + 1, other.end)) and not _is_vague(
            said, end + 1, other.end if other else end
        )
    return False
