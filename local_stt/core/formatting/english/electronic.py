"""E-mail addresses, web addresses and IP addresses.  Only a word in their middle tells what they are."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..matching import Match, Said
from .numbers import NUMBER_WORDS
from .read_out import TIMES, read_out

SIGNS = {"dot": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+", "slash": "/"}
INNER = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+", "period": "."}
"""What joins the parts of a name before the `at`"""
HYPHENS = {"dash": "-", "hyphen": "-"}
PATH = {**HYPHENS, "slash": "/", "underscore": "_", "dot": "."}

ENDINGS = frozenset(
    "com org net edu gov mil io ai co uk de fr es it nl eu us ca au nz in jp ch at be se no dk fi pl "
    "ie me tv info biz app dev tech online shop store cloud site xyz int museum name pro".split()
)
"""What a domain may end with"""
UNSURE = frozenset("in it at be no me us name online shop store site".split())
"""Endings that are words too: only after another label of an address"""

NO_NAME = frozenset(
    "i you he she it it's that's we they me him her us them this that there here is am are was were "
    "be been being look looks looked looking work works worked working shop online website page site "
    "or and the a an of to on in for from live lives stay stays go going meet arrive arrived home "
    "find found visit apply buy available all not".split()
)
"""Words before `at` that are no name of a mailbox"""

BOUNDARIES = NO_NAME | frozenset(
    "it's that's my your his our their email e-mail mail address send write contact reach at by with "
    "will can please yes yeah okay ok so um uh well sure thanks hi hello hey ask call text tell".split()
)
"""Words that a name of two words does not go on over"""

EMAIL_CUES = frozenset(("", "dot", "is", "it's", "address", "email", "e-mail", "that's"))


Reader = Callable[[Said, int, int], tuple[int, Match] | None]
"""Reads an address around a word, not before a position; returns where it begins too"""


MOST_LABELS = 4
"""Labels of a domain before its ending; it bounds the time that a long utterance takes"""


class Piece(NamedTuple):
    """A part of an address, with the positions of its words."""

    text: str
    first: int
    end: int


def find_addresses(said: Said) -> dict[int, Match]:
    """Find all e-mail, web and IP addresses, by their first word."""
    sure = dict(_scan(said, {"at": _email, "colon": _url_with_scheme}))
    others = dict(_scan(said.without(sure.items()), {"dot": _ip_or_url, "point": _ip}))
    return sure | others


def _scan(said: Said, readers: dict[str, Reader]) -> Iterator[tuple[int, Match]]:
    """Read around each telling word what no address before it has."""
    end = 0
    for at, word in enumerate(said.words):
        found = readers[word](said, at, end) if word in readers and at >= end else None
        if found:
            end = found[1].end
            yield found


def _ip_or_url(said: Said, at: int, floor: int) -> tuple[int, Match] | None:
    return _ip(said, at, floor) or _url(said, at, floor)


def _email(said: Said, at: int, floor: int) -> tuple[int, Match] | None:
    domain = _domain(said, at + 1)
    mailbox = _mailbox(said, at, floor) if domain else None
    if not domain or not mailbox:
        return None
    return mailbox.first, Match(f"{mailbox.text}@{domain.text}", domain.end, "email")


def _mailbox(said: Said, end: int, floor: int) -> Piece | None:
    """Read backwards what stands before an `at`."""
    name = _name(said, end, floor, glue=True)
    if not name or (_is_word(said[end - 1]) and said[end - 1] in NO_NAME):
        return None
    while said[name.first - 1] in INNER and name.first - 1 > floor:
        before = _name(said, name.first - 1, floor, glue=True)
        if not before:
            break
        name = Piece(before.text + INNER[said[name.first - 1]] + name.text, before.first, end)
    return name


def _name(said: Said, end: int, floor: int, *, glue: bool = False) -> Piece | None:
    """Read backwards letters, digits and at most one word; two words after a cue if they may be glued."""
    first, words = end, 0
    while (
        first > floor and _may_join(said, first, end, words) and (glue or not _is_second(said, first, words))
    ):
        first -= 1
        words += _is_word(said[first])
    return Piece(spelled(said, first, end), first, end) if first < end else None


def _is_second(said: Said, first: int, words: int) -> bool:
    return words == 1 and _is_word(said[first - 1])


def _may_join(said: Said, first: int, end: int, words: int) -> bool:
    word = said[first - 1]
    if not word or word in SIGNS or word in ("at", "colon"):
        return False
    if first == end:
        return True
    if word != "o" and (word in NUMBER_WORDS or word in TIMES):
        return not words or said[first] in NUMBER_WORDS
    if not _is_word(word):
        return word not in ("a", "i") or not _is_word(said[first]) or said[first - 2] in EMAIL_CUES - {""}
    if not words:
        is_initial = end - first == 1 and len(said[first]) == 1 and said[first - 2] in EMAIL_CUES
        return (is_initial or said[first] in NUMBER_WORDS) and word not in BOUNDARIES
    return words == 1 and _is_word(said[first]) and word not in BOUNDARIES and said[first - 2] in EMAIL_CUES


def _is_word(word: str) -> bool:
    return len(word) > 1 and word not in NUMBER_WORDS and word not in TIMES


def spelled(said: Said, first: int, end: int) -> str:
    """Join words, letters and digits without spaces."""
    text, at = "", first
    while at < end:
        number = read_out(said, at)
        if said.follows(at, "double", "u"):
            text, at = text + "w", at + 2
        elif number and number.end <= end and len(number.parts) == 1:
            text, at = text + number.digits, number.end
        else:
            text, at = text + said[at].replace("'", ""), at + 1
    return text


def _domain(said: Said, at: int) -> Piece | None:
    """Read a domain such as `my dash company dot co dot u k`."""
    label = _label(said, at)
    if not label:
        return None
    while said[label.end] in HYPHENS and (more := _label(said, label.end + 1)):
        label = Piece(f"{label.text}-{more.text}", at, more.end)
    return _with_endings(said, label, sure=True)


def _label(said: Said, at: int) -> Piece | None:
    """Read letters, digits and at most one word, up to a sign."""
    end, words = at, 0
    while end < len(said) and said[end] and said[end] not in SIGNS and said[end] != "at" and words < 3:
        words += _is_word(said[end])
        end += 1
    return Piece(spelled(said, at, end), at, end) if end > at and said[end] in SIGNS else None


def _with_endings(said: Said, label: Piece, *, sure: bool = False) -> Piece | None:
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
    return following and _with_endings(
        said, Piece(f"{label.text}.{following.text}", label.first, following.end)
    )


def _ending(said: Said, at: int, *, sure: bool) -> Piece | None:
    letters = at
    while len(said[letters]) == 1 and letters - at < 5:
        letters += 1
    text = "".join(said.words[at:letters])
    if text in ENDINGS or (2 <= letters - at <= 4 and _ends_name(said, letters)):
        return Piece("".join(said.words[at:letters]), at, letters)
    word = said[at]
    is_ending = word in ENDINGS and (sure or word not in UNSURE)
    return Piece(word, at, at + 1) if is_ending or (sure and _is_country(said, at)) else None


def _is_country(said: Said, at: int) -> bool:
    """Tell whether the two letters of a country are said as a word, after which nothing of a name follows."""
    return len(said[at]) == 2 and _ends_name(said, at + 1)


def _ends_name(said: Said, at: int) -> bool:
    """Tell whether a word is no more of a domain's name."""
    return said[at] in ("", "dot", "slash") or said[at] in BOUNDARIES


def _with_path(said: Said, address: Piece) -> Piece:
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


def _url(said: Said, dot: int, floor: int) -> tuple[int, Match] | None:
    first = _first_of_url(said, dot, floor)
    if first is None:
        return None
    web = said.follows(first, "w", "w", "w") or said[first] in ("www", "triple")
    label = Piece("www" if web else spelled(said, first, dot), first, dot)
    while (
        (before := label.first - 2) >= floor and not web and said[label.first - 1] in HYPHENS and said[before]
    ):
        label = Piece(f"{said[before]}-{label.text}", before, dot)
    address = _with_endings(said, label, sure=web)
    if not address:
        return None
    address = _with_path(said, address)
    return label.first, Match(address.text, address.end, "url")


def _first_of_url(said: Said, dot: int, floor: int) -> int | None:
    """Find where the label before a dot begins."""
    if said.follows(dot - 3, "w", "w", "w") and dot - 3 >= floor:
        return dot - 3
    if said.follows(dot - 2, "triple", "w") and dot - 2 >= floor:
        return dot - 2
    name = _name(said, dot, floor)
    return name.first if name and (name.text not in NO_NAME or len(name.text) == 1) else None


def _url_with_scheme(said: Said, colon: int, floor: int) -> tuple[int, Match] | None:
    if not said.follows(colon + 1, "slash", "slash"):
        return None
    for scheme in (("h", "t", "t", "p", "s"), ("h", "t", "t", "p"), ("https",), ("http",)):
        first = colon - len(scheme)
        if first >= floor and said.follows(first, *scheme):
            address = _domain(said, colon + 3)
            if address:
                address = _with_path(said, address)
                return first, Match(f"{''.join(scheme)}://{address.text}", address.end, "url")
    return None


def _ip(said: Said, dot: int, floor: int) -> tuple[int, Match] | None:
    """Read four numbers up to 255 with dots between them."""
    first = dot
    while first > floor and (said[first - 1] in NUMBER_WORDS or said[first - 1] in TIMES):
        first -= 1
    numbers: list[str] = []
    at = first
    while len(numbers) < 4 and (number := _byte(said, at)):
        numbers.append(number.text)
        at = number.end + 1
        if said[number.end] not in ("dot", "point"):
            break
    if len(numbers) < 4 or any(int(number) > 255 for number in numbers):
        return None
    return first, Match(".".join(numbers), at - 1, "ip")


def _byte(said: Said, at: int) -> Piece | None:
    number = read_out(said, at)
    if number:
        return Piece(number.digits, at, number.end)
    return Piece("0", at, at + 1) if said[at] == "o" else None
