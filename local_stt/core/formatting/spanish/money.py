"""Amounts of money."""

from ..matching import Match, Said
from ..spoken import Quantity
from .measures import singular
from .numbers import ONES, SCALES, below_hundred, cardinal, decimal_sign, quantity
from .read_out import read_out

SIGNS = {
    "dolar": "$",
    "peso": "$",
    "euro": "€",
    "yen": "¥",
    "won": "₩",
    "rupia": "₹",
    "peseta": "₧",
    "colon": "₡",
    "quetzal": "Q",
    "guarani": "₲",
    "lempira": "L",
    "sol": "S/",
}
"""Signs of currencies, in the singular"""
PLURALS = {
    "dolares": "dolar",
    "yenes": "yen",
    "wones": "won",
    "colones": "colon",
    "quetzales": "quetzal",
    "guaranies": "guarani",
    "soles": "sol",
}
COUNTRIES = {
    ("dolar", "estadounidense"): "US$",
    ("dolar", "americano"): "US$",
    ("dolar", "canadiense"): "CA$",
    ("peso", "mexicano"): "Mex$",
    ("libra", "esterlina"): "£",
}
"""Signs of currencies with the name of their country"""
CENTS = {"centavo": "$", "centimo": "€", "chon": "₩"}
"""Signs of the currencies that are divided into these"""
COMMON = frozenset(("peso", "sol", "colon"))
"""Currencies whose name is a common word too: one of them stays in words"""
PRICE_WORDS = frozenset("cuesta cuestan costo vale valen pague cobraron cobran".split())
PRICE_NOUNS = frozenset(("total", "precio", "importe", "costo", "saldo"))
"""Words before `es` and a price"""


def money(said: Said, at: int) -> Match | None:
    """Write `doce dólares y cinco centavos` as `$12,05`, and `veinte céntimos` as `€0,20`."""
    number = quantity(said, at)
    if not number or said[at] == "una":
        return None
    currency = _currency(said, _after_millions(said, number.end))
    if not currency:
        return _cents_alone(said, at)
    name, sign, end = currency
    if number.text == "1" and name in COMMON and not _cents(said, end):
        return None
    whole = number.text.removeprefix("-")
    cents = _cents(said, end) if whole.isdigit() else None
    if cents:
        whole, end = f"{whole}{decimal_sign(said)}{cents.text}", cents.end
    return _written(said, "-" if number.text.startswith("-") else "", sign, whole, end)


def _written(said: Said, minus: str, sign: str, amount: str, end: int) -> Match:
    """Write the sign before an amount, or after it as in Spain."""
    text = f"{minus}{amount} {sign}" if said.region == "ES" else f"{minus}{sign}{amount}"
    return Match(text, end, "money")


def _after_millions(said: Said, at: int) -> int:
    """Return the position of a currency, before which `de` stands after millions."""
    return at + 1 if said[at] == "de" and said[at - 1] in SCALES else at


def _currency(said: Said, at: int) -> tuple[str, str, int] | None:
    """Read a currency: its name, its sign, and the position after it."""
    word = said[at]
    name = PLURALS.get(word) or singular(word)
    sign = COUNTRIES.get((name, singular(said[at + 1])))
    if sign:
        return name, sign, at + 2
    return (name, SIGNS[name], at + 1) if name in SIGNS else None


def _cents(said: Said, at: int) -> Quantity | None:
    """Read the cents that follow, with or without their name."""
    link = said[at]
    number = below_hundred(said, at + (link in ("y", "con")))
    if not number:
        return None
    named = singular(said[number.end]) in CENTS
    if not named and (link == "y" or number.value < 10 or _is_of_another(said, number.end)):
        return None
    return Quantity(f"{number.value:02}", number.end + named)


def _is_of_another(said: Said, at: int) -> bool:
    """Tell whether the number before is one of something else."""
    goes_on = cardinal(said, at) or said[at] == "mil" or said[at] in SCALES
    return bool(goes_on or _currency(said, at) or said.follows(at, "por", "ciento"))


def range_of_money(said: Said, at: int) -> Match | None:
    """Write the first number of `cuarenta o cincuenta euros` with the sign, as the second is."""
    number = quantity(said, at)
    if not number or said[at] in ONES or not _is_range(said, at, number.end):
        return None
    second, currency = quantity(said, number.end + 1), None
    if second:
        currency = _currency(said, _after_millions(said, second.end))
    return _written(said, "", currency[1], number.text, number.end) if currency else None


def _is_range(said: Said, at: int, end: int) -> bool:
    return said[end] in ("a", "o") or (said[end] == "y" and said[at - 1] == "entre")


def price(said: Said, at: int) -> Match | None:
    """Write `cuesta nueve noventa y nueve` as `cuesta 9,99`, though no currency was said."""
    if has_cue := _is_price(said, at):
        spoken = read_out(said, at)
        if spoken and len(spoken.chunks) == 2 and len(spoken.chunks[1]) == 2:
            return Match(decimal_sign(said).join(spoken.chunks), spoken.end, "money")
    whole = cardinal(said, at)
    cents = below_hundred(said, whole.end + 1) if whole and said[whole.end] == "con" else None
    if not whole or not cents or cents.value < 10 or (said[cents.end] and not has_cue):
        return None
    return Match(f"{whole.value}{decimal_sign(said)}{cents.value}", cents.end, "money")


def _is_price(said: Said, at: int) -> bool:
    return said[at - 1] in PRICE_WORDS or (said[at - 1] in ("es", "son") and said[at - 2] in PRICE_NOUNS)


def _cents_alone(said: Said, at: int) -> Match | None:
    number = below_hundred(said, at)
    sign = CENTS.get(singular(said[number.end])) if number else None
    if not number or not sign:
        return None
    return _written(said, "", sign, f"0{decimal_sign(said)}{number.value:02}", number.end + 1)
