"""Spanish: what has a written form, in the order in which it is looked for.

electronic      e-mail, web and IP addresses
dates           dates and eras
clock           times of day
measures        percentages, decimals, sums, and numbers with a unit
money           amounts
labelled        numbers and codes after a word that names them
phone           telephone, card and other long numbers
letters         letters that are read out, and codes
ordinals        ordinals, fractions and centuries
plain           other numbers
├── read_out        numbers that are read out in chunks
└── numbers         cardinals and decimals
"""

import unicodedata

from ..matching import Language
from . import clock, dates, electronic, labelled, letters, measures, money, ordinals, phone, plain
from .numbers import NUMBER_WORDS, POINT_REGIONS, SCALES
from .read_out import DASHES, SEVERAL, TIMES

MATCHERS = (
    electronic.ip,
    phone.with_country_code,
    ordinals.century,
    dates.date,
    dates.first_day,
    dates.numeric_date,
    dates.expiry,
    dates.era,
    money.money,
    money.range_of_money,
    money.price,
    clock.with_verb,
    clock.to_the_hour,
    clock.clock,
    clock.first_hour,
    measures.sum_of_numbers,
    measures.length,
    measures.measure,
    labelled.labelled,
    measures.range_of_measures,
    phone.digits,
    letters.letter_of_word,
    letters.code,
    letters.spelled,
    ordinals.parts,
    measures.decimal,
    ordinals.ordinal,
    plain.chunks,
    plain.number,
)

OPENINGS = (
    NUMBER_WORDS
    | TIMES.keys()
    | letters.NAMES.keys()
    | ordinals.ORDINALS
    | clock.PLURAL_VERBS.keys()
    | clock.SINGULAR_VERBS.keys()
    | {"primero", "primer", "cuarto", "menos", "mas", "punto", "la", "las"}
)
"""Words that a written form begins with, besides letters"""

COUNTING = (NUMBER_WORDS - SCALES.keys() - {"un", "una"}) | DASHES | TIMES.keys() | SEVERAL.keys() | {"y"}
"""Words that a number may continue with after a pause"""

REGIONS = ("ES", *sorted(POINT_REGIONS))
"""Regions with their own form of amounts or telephone numbers"""

WITHOUT_ACCENTS = str.maketrans("áéíóúü", "aeiouu")


def opens(word: str) -> bool:
    """Tell whether a written form may begin with a word."""
    return len(word) == 1 or word in OPENINGS


def without_accents(word: str) -> str:
    """Return a word in small letters without accents, which recognizers do not always write; ñ stays."""
    return unicodedata.normalize("NFC", word.lower()).translate(WITHOUT_ACCENTS)


SPANISH = tuple(
    Language(code, region, electronic.find_addresses, opens, MATCHERS, COUNTING, without_accents)
    for code, region in (("es", ""), *((f"es-{region}", region) for region in REGIONS))
)
