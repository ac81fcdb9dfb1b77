"""Policies: the kinds of private values that can be redacted, by AssemblyAI's names."""

import difflib
from enum import StrEnum


class Policy(StrEnum):
    """A kind of private value."""

    ACCOUNT_NUMBER = "account_number"
    BANKING_INFORMATION = "banking_information"
    BLOOD_TYPE = "blood_type"
    CREDIT_CARD_CVV = "credit_card_cvv"
    CREDIT_CARD_EXPIRATION = "credit_card_expiration"
    CREDIT_CARD_NUMBER = "credit_card_number"
    DATE = "date"
    DATE_OF_BIRTH = "date_of_birth"
    DRIVERS_LICENSE = "drivers_license"
    EMAIL_ADDRESS = "email_address"
    HEALTHCARE_NUMBER = "healthcare_number"
    IP_ADDRESS = "ip_address"
    MONEY_AMOUNT = "money_amount"
    NUMBER_SEQUENCE = "number_sequence"
    PASSPORT_NUMBER = "passport_number"
    PASSWORD = "password"  # noqa: S105  # the name of a policy
    PERSON_AGE = "person_age"
    PHONE_NUMBER = "phone_number"
    URL = "url"
    US_SOCIAL_SECURITY_NUMBER = "us_social_security_number"
    USERNAME = "username"
    VEHICLE_ID = "vehicle_id"
    PERSON_NAME = "person_name"
    LOCATION = "location"
    GENDER_SEXUALITY = "gender_sexuality"
    LANGUAGE = "language"
    NATIONALITY = "nationality"
    POLITICAL_AFFILIATION = "political_affiliation"
    RELIGION = "religion"


class Substitute(StrEnum):
    """What takes the place of redacted words."""

    ENTITY_NAME = "entity_name"
    """The policy in brackets: `[PHONE_NUMBER]`"""
    HASH = "hash"
    """`###` for each word"""


class RedactedAudio(StrEnum):
    """What a recording has in place of redacted words."""

    SILENCE = "silence"
    BEEP = "beep"
    NO = "no"
    """The words themselves"""


class RedactedPartials(StrEnum):
    """What viewers see of redacted calls before a text is final."""

    MASK = "mask"
    """Words, with `#` for each that may be private"""
    HIDE = "hide"
    """Nothing"""


NAMES = frozenset((Policy.PERSON_NAME, Policy.LOCATION))
"""Policies that are found by words before, and by lists of names"""

LISTED = frozenset(
    (
        Policy.GENDER_SEXUALITY,
        Policy.LANGUAGE,
        Policy.NATIONALITY,
        Policy.POLITICAL_AFFILIATION,
        Policy.RELIGION,
    )
)
"""Policies that are found by closed lists of words"""

NUMBERS = frozenset(Policy) - NAMES - LISTED
"""Policies of numbers, and of what is said like them"""

ALL_NUMBERS = "numbers"
"""What a list of policies names all of `NUMBERS` with"""

NOT_FOUND_HERE = frozenset(
    "drug event injury medical_condition medical_process occupation organization".split()
)
"""AssemblyAI's policies that need a large model"""


def policies_of(text: str) -> frozenset[Policy]:
    """Read policies separated by commas; `numbers` names all of `NUMBERS`.

    Raises `ValueError` for a name that is unknown, and for a policy that cannot be found here.
    """
    named = [name for part in text.split(",") if (name := part.strip().lower())]
    if text.strip() and not named:
        raise ValueError("names no policy")
    return frozenset().union(*map(_policies, named))


def _policies(name: str) -> frozenset[Policy]:
    if name == ALL_NUMBERS:
        return NUMBERS
    if name in NOT_FOUND_HERE:
        raise ValueError(f"names {name}, which cannot be found on this machine: leave it out")
    known = [ALL_NUMBERS, *Policy]
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        raise ValueError(f"names {name!r}, which is no policy ({hint})")
    return frozenset((Policy(name),))
