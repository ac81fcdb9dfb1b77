"""Amounts of money."""

from typing import NamedTuple

from ..matching import Match, Said
from .numbers import SCALES, Quantity, below_hundred, quantity
from .read_out import read_out

SIGNS = {
    "dollar": "$",
    "buck": "$",
    "euro": "€",
    "yen": "¥",
    "won": "₩",
    "rupee": "₹",
    "pound": "£",
}
"""Signs of currencies"""
CENTS = {"cent": "$", "penny": "£", "pence": "£", "p": "£"}
PREFIXES = (("united", "states"), ("u", "s"), ("us",), ("american",))
"""Words before `dollars` that the sign includes"""
OTHER_CURRENCIES = frozenset(("yuan", "pesos", "peso", "francs", "franc", "kronor", "zloty", "rubles"))

PRICE_CUES = (
    ("will", "be"),
    ("that'll", "be"),
    ("it'll", "be"),
    ("comes", "to"),
    ("came", "to"),
    ("total", "is"),
    ("total", "of"),
    ("total", "was"),
    ("price", "is"),
    ("cost", "is"),
    ("balance", "is"),
    ("balance", "of"),
    ("amount", "is"),
    ("amount", "of"),
    ("fee", "is"),
    ("bill", "is"),
    ("bill", "was"),
    ("you", "owe"),
    ("charged", "me"),
    ("charged", "you"),
    ("i", "paid"),
)
USUAL_CENTS = frozenset(("99", "95", "98"))
PRICE_WORDS = frozenset(("costs", "cost", "charged", "paid", "priced"))


class Amount(NamedTuple):
    """A sum in one currency."""

    sign: str
    text: str
    end: int


def money(said: Said, at: int) -> Match | None:
    """Write `two thousand five hundred dollars` as `$2,500`, and `fifty cents` as `$0.50`."""
    amount = _amount(said, at) or _cents(said, at)
    if amount:
        minus = "-" if amount.text.startswith("-") else ""
        return Match(f"{minus}{amount.sign}{amount.text.removeprefix('-')}", amount.end, "money")
    return _foreign(said, at)


def price(said: Said, at: int) -> Match | None:
    """Write `that will be nineteen ninety nine` with a sign, though no currency was said."""
    if said.before(at, 2) not in PRICE_CUES and said[at - 1] not in PRICE_WORDS:
        return None
    spoken = read_out(said, at)
    if not spoken or not _is_price(spoken.chunks) or said[spoken.end] in ("p", "a", "pm", "am", "percent"):
        return None
    whole, *cents = spoken.chunks
    sign = "£" if said.region == "GB" else "$"
    return Match(f"{sign}{whole}.{''.join(cents)}", spoken.end, "money")


def usual_price(said: Said, at: int) -> Match | None:
    """Write `forty nine ninety five` as a price, because most prices end so."""
    spoken = read_out(said, at)
    if not spoken or not _is_price(spoken.chunks) or spoken.chunks[-1] not in USUAL_CENTS:
        return None
    sign = "£" if said.region == "GB" else "$"
    return Match(f"{sign}{spoken.chunks[0]}.{spoken.chunks[1]}", spoken.end, "money")


def _is_price(chunks: tuple[str, ...]) -> bool:
    match chunks:
        case (whole, cents):
            return len(cents) == 2 and len(whole) <= 3 and whole[0] != "0"
        case (whole, "0", cent):
            return len(cent) == 1 and len(whole) <= 3 and whole[0] != "0"
    return False


def _amount(said: Said, at: int) -> Amount | None:
    number = _number(said, at)
    if not number or (said[at] == "a" and said[at - 1] in ("half", "quarter")):
        return None
    unit = _after_prefix(said, number.end)
    sign = SIGNS.get(singular(said[unit]))
    if not sign or (said[at] == "a" and number.text == "1" and not _has_cents(said, unit + 1)):
        return None
    if sign == "£" and not _means_money(said, unit + 1):
        return None
    cents = _cents_after(said, number, unit + 1)
    return Amount(sign, cents.text, cents.end)


def _number(said: Said, at: int) -> Quantity | None:
    """Read the number before a currency; `one fifty five` too, and `a` for one."""
    number = quantity(said, at)
    if number and _after_prefix(said, number.end) < len(said) and _is_currency(said, number.end):
        return number
    spoken = read_out(said, at)
    if spoken and len(spoken.parts) == 1 and len(spoken.digits) <= 5 and _is_currency(said, spoken.end):
        return Quantity(f"{int(spoken.digits):,}", spoken.end)
    return Quantity("1", at + 1) if said[at] == "a" and _is_currency(said, at + 1) else None


def _is_currency(said: Said, at: int) -> bool:
    return singular(said[_after_prefix(said, at)]) in SIGNS


def _after_prefix(said: Said, at: int) -> int:
    return next((at + len(prefix) for prefix in PREFIXES if said.follows(at, *prefix)), at)


def singular(word: str) -> str:
    """Return a unit without the `s` of its plural."""
    return word.removesuffix("s")


def _means_money(said: Said, at: int) -> bool:
    """Tell whether pounds are money; in the United States they are a weight, unless pence follow."""
    return said.region == "GB" or said[at] == "sterling" or _has_cents(said, at)


def _has_cents(said: Said, at: int) -> bool:
    return _cents_after(said, Quantity("0", at), at).end > at


def _cents_after(said: Said, number: Quantity, at: int) -> Quantity:
    """Add the cents that follow, with or without their name."""
    alone = Quantity(number.text, at)
    cents = below_hundred(said, at + (said[at] == "and"))
    if not cents or "." in number.text or number.text.endswith(tuple(SCALES)):
        return alone
    named = singular(said[cents.end]) in CENTS
    if not named and (said[at] == "and" or cents.value < 10 or _goes_on(said, cents.end)):
        return alone
    return Quantity(f"{number.text}.{cents.value:02}", cents.end + named)


def _goes_on(said: Said, at: int) -> bool:
    """Tell whether the number before is one of something else."""
    return bool(below_hundred(said, at)) or said[at] in SCALES or said[at] in ("hundred", "percent", "point")


def _cents(said: Said, at: int) -> Amount | None:
    number = below_hundred(said, at)
    if not number or said[at - 1] == "my":
        return None
    unit = said[number.end]
    if singular(unit) not in CENTS or unit == "p":
        return None
    return Amount(CENTS[singular(unit)], f"0.{number.value:02}", number.end + 1)


def _foreign(said: Said, at: int) -> Match | None:
    number = quantity(said, at)
    if not number or said[number.end] not in OTHER_CURRENCIES:
        return None
    return Match(f"{number.text} {said[number.end]}", number.end + 1, "money")
