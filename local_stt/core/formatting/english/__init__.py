"""English: what has a written form, in the order in which it is looked for.

electronic      e-mail, web and IP addresses
├── domains         domains and paths
└── names           letters, digits and words without spaces between
addresses       house numbers and post office boxes
dates           dates whose month is said by its name
numeric_dates   dates whose month is said as a number
clock           times of day
measures        percentages, decimals, and numbers with a unit
money           amounts and prices
labelled        numbers and codes after a word that names them
phone           telephone, card and other long numbers
codes           codes of letters and digits
spelling        letters that are read out
plain           other numbers
├── years           years and decades
├── read_out        numbers that are read out in chunks
└── numbers         cardinals, ordinals, decimals

wording         fillers and profanities
"""

from ..matching import Language
from . import (
    addresses,
    clock,
    codes,
    dates,
    electronic,
    labelled,
    measures,
    money,
    numeric_dates,
    phone,
    plain,
    spelling,
    wording,
    years,
)
from .numbers import NUMBER_WORDS, ORDINALS, SCALES
from .read_out import DASHES, TIMES

MATCHERS = (
    plain.fixed,
    spelling.spelled_with_words,
    spelling.letter_as_in,
    spelling.identity,
    addresses.box,
    phone.with_country_code,
    dates.date,
    numeric_dates.slashed,
    numeric_dates.numeric_date,
    numeric_dates.expiry,
    addresses.house_number,
    money.money,
    clock.full_hour,
    clock.relative,
    clock.first_hour,
    money.rate,
    measures.height,
    measures.measure,
    measures.read_out_decimal,
    money.range_of_money,
    money.price,
    labelled.labelled,
    years.part_of_year,
    years.era,
    years.decade,
    measures.range_of_measures,
    clock.clock,
    phone.digits,
    codes.code,
    spelling.spelled,
    measures.decimal,
    years.match_year,
    addresses.numbered_street,
    plain.late_ordinal,
    money.usual_price,
    plain.chunks,
    plain.number,
)

OPENINGS = frozenset(
    [
        *NUMBER_WORDS,
        *ORDINALS,
        *TIMES,
        *dates.MONTHS,
        *years.DECADES,
        *clock.FRACTIONS,
        "point",
        "minus",
        "negative",
        "plus",
        "capital",
    ]
)
"""Words that a written form begins with, besides letters"""


COUNTING = (NUMBER_WORDS - SCALES.keys() - {"nought"}) | DASHES | {"double", "triple", "dot"}
"""Words that a number may continue with after a pause"""


def opens(word: str) -> bool:
    """Tell whether a written form may begin with a word."""
    return len(word) == 1 or word in OPENINGS


ENGLISH = tuple(
    Language(
        code,
        region,
        electronic.find_addresses,
        opens,
        MATCHERS,
        COUNTING,
        is_filler=wording.is_filler,
        is_profane=wording.is_profane,
    )
    for code, region in (("en", "US"), ("en-US", "US"), ("en-GB", "GB"))
)
