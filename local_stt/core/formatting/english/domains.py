"""Domains and paths of web addresses."""

from ..electronic import ENDINGS
from ..matching import Said
from .names import BOUNDARIES, SIGNS, Piece, is_word, spelled
from .read_out import read_out

HYPHENS = {"dash": "-", "hyphen": "-"}
PATH = {**HYPHENS, "slash": "/", "underscore": "_", "dot": "."}
UNSURE = frozenset("in it at be no me us name online shop store site".split())
"""Endings that are words too: only after another label of an address"""
MOST_LABELS = 4
"""Labels of a domain before its ending; it bounds the time that a long utterance takes"""


def domain_at(said: Said, at: int) -> Piece | None:
    """Read a domain such as `my dash company dot co dot u k`."""
    label = _label(said, at)
    if not label:
        return None
    while said[label.end] in HYPHENS and (more := _label(said, label.end + 1)):
        label = Piece(f"{label.text}-{more.text}", at, more.end)
    return with_endings(said, label, sure=True)


def _label(said: Said, at: int) -> Piece | None:
    """Read letters, digits and at most one word, up to a sign."""
    end, words = at, 0
    while end < len(said) and said[end] and said[end] not in SIGNS and said[end] != "at" and words < 3:
        words += is_word(said[end])
        end += 1
    return Piece(spelled(said, at, end), at, end) if end > at and said[end] in SIGNS else None


def with_endings(said: Said, label: Piece, *, sure: bool = False) -> Piece | None:
    """Read what a domain ends with; any ending if it is sure that this is a domain."""
    text, end = label.text, label.end
    known = False
    while said[end] == "dot" and (ending := _ending(said, end + 1, sure=sure or known)):
        text, end, known = f"{text}.{ending.text}", ending.end, True
    if not known:
        return _with_subdomain(said, label)
    return Piece(text, label.first, end)


def _with_subdomain(said: Said, label: Piece) -> Piece | None:
    """Read on after a label that is no ending, as in `mail dot example dot com`."""
    if said[label.end] != "dot" or label.text.count(".") >= MOST_LABELS:
        return None
    following = _label(said, label.end + 1)
    return following and with_endings(
        said, Piece(f"{label.text}.{following.text}", label.first, following.end)
    )


def _ending(said: Said, at: int, *, sure: bool) -> Piece | None:
    letters = at
    while len(said[letters]) == 1 and letters - at < 5:
        letters += 1
    text = "".join(said.words[at:letters])
    if text in ENDINGS or (2 <= letters - at <= 4 and _ends_name(said, letters)):
        return Piece(text, at, letters)
    word = said[at]
    is_ending = word in ENDINGS and (sure or word not in UNSURE)
    return Piece(word, at, at + 1) if is_ending or (sure and _is_country(said, at)) else None


def _is_country(said: Said, at: int) -> bool:
    """Tell whether the two letters of a country are said as a word, after which nothing of a name follows."""
    return len(said[at]) == 2 and _ends_name(said, at + 1)


def _ends_name(said: Said, at: int) -> bool:
    """Tell whether a word is no more of a domain's name."""
    return said[at] in ("", "dot", "slash") or said[at] in BOUNDARIES


def with_path(said: Said, address: Piece) -> Piece:
    """Add the path that follows an address."""
    while (sign := _path_sign(said, address)) and (part := _path_part(said, sign.end)):
        address = Piece(address.text + sign.text + part.text, address.first, part.end)
    return address


def _path_sign(said: Said, address: Piece) -> Piece | None:
    at = address.end + (said[address.end] == "forward")
    known = said[at] == "slash" or ("/" in address.text and said[at] in PATH)
    return Piece(PATH[said[at]], at, at + 1) if known else None


def _path_part(said: Said, at: int) -> Piece | None:
    number = read_out(said, at)
    if number:
        return Piece(number.text, at, number.end)
    end = at
    while len(said[end]) == 1 and (said[end] not in ("a", "i") or len(said[end + 1]) == 1):
        end += 1
    end = max(end, at + 1)
    word = said[at]
    return Piece("".join(said.words[at:end]), at, end) if word and word not in SIGNS else None
