"""Amounts of money."""

from typing import NamedTuple

from ..matching import Match, Said
from ..spoken import Quantity, ReadOut
from .measures import singular
from .numbers import DIGITS, SCALES, below_hundred, quantity
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
RATES = frozenset(("hour", "day", "month", "year", "week", "piece", "pop", "night", "person", "gallon"))
"""What a price is for"""
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
    spoken = read_out(said, at)
    has_cue = said.before(at, 2) in PRICE_CUES or said[at - 1] in PRICE_WORDS
    is_time = spoken and (said[spoken.end] in ("pm", "am") or said[spoken.end + 1] == "m")
    if not spoken or is_time or said[spoken.end] == "percent" or not has_cue:
        return None
    return _priced(said, spoken)


def rate(said: Said, at: int) -> Match | None:
    """Write `seven fifty an hour` as a price."""
    spoken = read_out(said, at)
    return _priced(said, spoken) if spoken and _is_rate(said, spoken.end) else None


def _priced(said: Said, spoken: ReadOut) -> Match | None:
    amount = _price(spoken.chunks)
    return Match(f"{_home_sign(said)}{amount}", spoken.end, "money") if amount else None


def _is_rate(said: Said, at: int) -> bool:
    """Tell whether `an hour` or the like follows a price."""
    return (said[at] in ("a", "an", "per") and said[at + 1] in RATES) or said.follows(at, "plus", "tax")


def _home_sign(said: Said) -> str:
    return "£" if said.region == "GB" else "$"


def range_of_money(said: Said, at: int) -> Match | None:
    """Write the first number of `forty to fifty dollars` with the sign, as the second is."""
    number = quantity(said, at)
    if not number or not _is_range(said, at, number.end):
        return None
    other = money(said, number.end + 1)
    if not other or not other.text.startswith(tuple(SIGNS.values())):
        return None
    return Match(f"{other.text[0]}{number.text}", number.end, "money")


def _is_range(said: Said, at: int, end: int) -> bool:
    return said[end] in ("to", "or") or (said[end] == "and" and said[at - 1] == "between")


def _is_vague(said: Said, at: int, end: int) -> bool:
    """Tell whether words say it better: `two or three hundred dollars`."""
    is_round = said[end - 1] == "hundred" or said[end - 1] in SCALES
    return said[at - 1] in ("to", "or", "and") and said[at - 2] in DIGITS and is_round


def usual_price(said: Said, at: int) -> Match | None:
    """Write `forty nine ninety five` as a price, because most prices end so."""
    spoken = read_out(said, at)
    if not spoken or len(spoken.chunks) != 2 or spoken.chunks[-1] not in USUAL_CENTS:
        return None
    return _priced(said, spoken)


def _price(chunks: tuple[str, ...]) -> str:
    """Write chunks as an amount, if the last two digits can be cents; otherwise an empty text."""
    cents = 2 if len(chunks) > 2 and chunks[-2] == "0" and len(chunks[-1]) == 1 else 1
    whole = "".join(chunks[:-cents])
    fits = 0 < len(whole) <= 4 and whole[0] != "0" and len("".join(chunks[-cents:])) == 2
    return f"{whole}.{''.join(chunks[-cents:])}" if fits else ""


def _amount(said: Said, at: int) -> Amount | None:
    number = _number(said, at)
    if not number or (said[at] == "a" and said[at - 1] in ("half", "quarter")):
        return None
    if _is_vague(said, at, number.end):
        return None
    unit = _after_prefix(said, number.end)
    sign = SIGNS.get(singular(said[unit]))
    if not sign or (said[at] == "a" and number.text == "1" and not _has_cents(said, unit + 1)):
        return None
    if sign == "£" and not _means_money(said, unit + 1):
        return None
    if said[number.end - 1] == "half":
        number = Quantity(f"{number.text}0", number.end)
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
