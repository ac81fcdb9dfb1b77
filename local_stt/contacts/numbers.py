"""Write numbers of contacts as calls have them: E.164, or the address of a SIP or client caller."""

import re
from collections.abc import Iterable

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

MAX_LETTERS = 256
"""Letters of a caller that is no telephone, at most"""

_ADDRESS = re.compile(r"(?:sips?|client):\S.*", re.IGNORECASE)
_COMPLETE = re.compile(r"\+[1-9][0-9]{4,14}")
_SHOWN = 40
"""Letters of a number in a message"""


def as_called(number: str, region: str = "") -> str:
    """Return a number as the caller or callee of calls: `+12025550123`, `sip:…` or `client:…`.

    `region` is the country of numbers without a country code, such as `DE`; empty if none is known.  An
    extension is left out, as calls do not have it.  Raises `ValueError` with the rest of a sentence.
    """
    number = "".join(letter for letter in number if letter.isprintable()).strip()
    if _ADDRESS.fullmatch(number) and len(number) <= MAX_LETTERS:
        return number
    number = number.removeprefix("tel:").strip()
    shown = number[:_SHOWN]
    try:
        parsed = phonenumbers.parse(number[:MAX_LETTERS], region or None)
    except phonenumbers.NumberParseException as error:
        is_national = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        if is_national and not region and re.search(r"\d{3}", number):
            raise ValueError(f"{shown} has no country code, and no region is given") from error
        raise ValueError(f"{shown} is no telephone number") from error
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    is_possible = phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE
    # What was written with its country code may be a number that the library does not know yet.
    if is_possible or (number.startswith(("+", "\uff0b")) and _COMPLETE.fullmatch(written)):
        return written
    raise ValueError(f"{shown} is no telephone number")


def region_of(numbers: Iterable[str]) -> str:
    """Return the country of the first number that has one, such as `US`; empty if none has."""
    for number in numbers:
        try:
            region = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
        except phonenumbers.NumberParseException:
            continue
        if region and is_region(region):
            return str(region)
    return ""


def is_region(region: str) -> bool:
    """Tell whether this is the code of a country that has telephone numbers."""
    return region in phonenumbers.SUPPORTED_REGIONS
