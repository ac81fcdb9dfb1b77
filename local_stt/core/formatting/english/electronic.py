"""E-mail addresses, web addresses and IP addresses.  Only a word in their middle tells what they are."""

from ..electronic import scan
from ..matching import Match, Said
from .domains import HYPHENS, domain_at, with_endings, with_path
from .names import NO_NAME, Piece, is_word, name_before, spelled
from .numbers import NUMBER_WORDS
from .read_out import TIMES, read_out

INNER = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+", "period": "."}
"""What joins the parts of a name before the `at`"""

SCHEMES = (("h", "t", "t", "p", "s"), ("h", "t", "t", "p"), ("https",), ("http",))
"""What is said before `colon slash slash`"""


def find_addresses(said: Said) -> dict[int, Match]:
    """Find all e-mail, web and IP addresses, by their first word."""
    sure = dict(scan(said, {"at": _email, "colon": _url_with_scheme}))
    others = dict(scan(said.without(sure.items()), {"dot": _ip_or_url, "point": _ip}))
    return sure | others


def _ip_or_url(said: Said, at: int, floor: int) -> tuple[int, Match] | None:
    return _ip(said, at, floor) or _url(said, at, floor)


def _email(said: Said, at: int, floor: int) -> tuple[int, Match] | None:
    domain = domain_at(said, at + 1)
    mailbox = _mailbox(said, at, floor) if domain else None
    if not domain or not mailbox:
        return None
    return mailbox.first, Match(f"{mailbox.text}@{domain.text}", domain.end, "email")


def _mailbox(said: Said, end: int, floor: int) -> Piece | None:
    """Read backwards what stands before an `at`."""
    name = name_before(said, end, floor, glue=True)
    if not name or (is_word(said[end - 1]) and said[end - 1] in NO_NAME):
        return None
    while said[name.first - 1] in INNER and name.first - 1 > floor:
        before = name_before(said, name.first - 1, floor, glue=True)
        if not before:
            break
        name = Piece(before.text + INNER[said[name.first - 1]] + name.text, before.first, end)
    return name


def _url(said: Said, dot: int, floor: int) -> tuple[int, Match] | None:
    first = _first_of_url(said, dot, floor)
    if first is None:
        return None
    label = _first_label(said, first, dot, floor)
    domain = with_endings(said, label, sure=label.text == "www")
    return (label.first, _match(said, domain)) if domain else None


def _match(said: Said, domain: Piece, scheme: str = "") -> Match:
    address = with_path(said, domain)
    return Match(f"{scheme}{address.text}", address.end, "url")


def _first_label(said: Said, first: int, dot: int, floor: int) -> Piece:
    """Read the label before a dot, with the words that hyphens join to it."""
    if said.follows(first, "w", "w", "w") or said[first] in ("www", "triple"):
        return Piece("www", first, dot)
    label = Piece(spelled(said, first, dot), first, dot)
    while said[label.first - 1] in HYPHENS and label.first - 2 >= floor and said[label.first - 2]:
        first = label.first - 2
        label = Piece(f"{said[first]}-{label.text}", first, label.end)
    return label


def _first_of_url(said: Said, dot: int, floor: int) -> int | None:
    """Find where the label before a dot begins."""
    if said.follows(dot - 3, "w", "w", "w") and dot - 3 >= floor:
        return dot - 3
    if said.follows(dot - 2, "triple", "w") and dot - 2 >= floor:
        return dot - 2
    name = name_before(said, dot, floor)
    return name.first if name and (name.text not in NO_NAME or len(name.text) == 1) else None


def _url_with_scheme(said: Said, colon: int, floor: int) -> tuple[int, Match] | None:
    if not said.follows(colon + 1, "slash", "slash"):
        return None
    for scheme in SCHEMES:
        first = colon - len(scheme)
        if first >= floor and said.follows(first, *scheme):
            domain = domain_at(said, colon + 3)
            return (first, _match(said, domain, f"{''.join(scheme)}://")) if domain else None
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
