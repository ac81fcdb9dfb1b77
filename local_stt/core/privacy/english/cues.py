"""Words that name the private value that follows them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ...formatting.english.numbers import DIGITS
from ...formatting.english.spelling import is_letter
from ...formatting.matching import Said
from ..policies import Policy
from .word_lists import UNITS


class Cue(NamedTuple):
    """Words that name a value."""

    policy: Policy
    first: int
    last: int
    is_weak: bool
    """Whether another cue near it says more, as in `the security code of my card`"""


_STRONG = {
    Policy.PHONE_NUMBER: """
        phone; phones; telephone; cell; cell phone; cellphone; mobile; fax; landline; whatsapp; area code
        phone number; telephone number; mobile number; cell number; fax number; call back number
        callback number; contact number; number to reach; number to call; reach me; reach you; reach him
        reach her; reached at; call me; call you; call him; call her; call us; text me; text you; dial
        call back; answering at
    """,
    Policy.CREDIT_CARD_CVV: """
        security code; c v v; cvv; c v c; cvc; card verification; verification number
        digits on the back; code on the back; numbers on the back; number on the back; digits on back
        three digit code; four digit code; security number; card code; digits on the front
    """,
    Policy.CREDIT_CARD_EXPIRATION: """
        expires; expiring; expire; expiry; expiry date; expiration; expiration date; exp; exp date
        valid through; valid thru; valid until; valid to; good through; good thru; expiration month
    """,
    Policy.US_SOCIAL_SECURITY_NUMBER: """
        social; socials; social's; social security; social security number; ssn; s s n; social number
        last four of your social; last four of my social; tax i d; taxpayer i d; i t i n
    """,
    Policy.DATE_OF_BIRTH: """
        date of birth; birth date; birthdate; birthday; born; d o b; dob; birth; birthday's; born on; born in
    """,
    Policy.ACCOUNT_NUMBER: """
        account number; account's; member i d; member number; membership; membership number; policy number
        customer number; customer i d; client number; client i d; loyalty number; employee i d
        employee number; subscriber number; flyer number; rewards number; account i d; policy
    """,
    Policy.BANKING_INFORMATION: """
        routing; routing number; bank account; bank account number; checking account; savings account
        iban; i b a n; sort code; swift; swift code; b i c; bic; transit number; aba; a b a
        checking account number; savings account number; bank number; wire transfer; money transfer
    """,
    Policy.DRIVERS_LICENSE: """
        driver's license; drivers license; driver license; driver's licence; drivers licence; driving licence
        driving license; license number; licence number; license; licence; d l; driver's
        driver's license number; drivers license number; driver license number; license i d
    """,
    Policy.PASSPORT_NUMBER: "passport; passport number; passport i d; passport's",
    Policy.VEHICLE_ID: """
        license plate; licence plate; plate; plates; plate number; license plate number; licence plate number
        vin; v i n; vin number; v i n number; vehicle identification; vehicle i d; tag number
        registration number; number plate; registration plate; vehicle number; vehicle identification number
    """,
    Policy.HEALTHCARE_NUMBER: """
        medicare; medicaid; medicare number; medicaid number; health plan; health insurance; insurance number
        insurance i d; insurance card; patient i d; patient number; medical record; medical record number
        n h s; nhs; nhs number; n h s number; health card; health number; subscriber i d; group number
        health insurance number; health plan number; health plan i d; prescription number; m r n; beneficiary
        health care number; healthcare number; health i d; insurance policy number
    """,
    Policy.PASSWORD: """
        password; passcode; pass code; pass phrase; passphrase; pin; pin number; pin code; security answer
        secret word; secret code; access code; mother's maiden name; mothers maiden name; security word
        answer to my security question; answer to the security question; answer to your security question
        password's; door code; gate code; alarm code; security question; p i n
    """,
    Policy.USERNAME: """
        username; user name; login; log in; log in name; login name; user i d; screen name; screenname
        username's; login i d; user handle
    """,
    Policy.LOCATION: """
        zip; zip code; zipcode; postal code; postcode; post code; zip's; house number; street number
    """,
    Policy.EMAIL_ADDRESS: "email; e-mail; e mail; email address; e mail address; e-mail address; email's",
    Policy.IP_ADDRESS: "i p; ip; i p address; ip address",
    Policy.URL: "website; web site; web address; url; u r l; web page; webpage",
    Policy.PERSON_AGE: "how old; age; your age; age is; aged; my age; age of; his age; her age",
    Policy.BLOOD_TYPE: "blood type; blood group; blood",
}
_WEAK = {
    Policy.CREDIT_CARD_NUMBER: """
        card; card number; credit card; debit card; credit card number; debit card number; visa; mastercard
        master card; amex; american express; cc; c c; card's; numbers on the card; number on the card
    """,
    Policy.ACCOUNT_NUMBER: "account; accounts",
    Policy.DATE: "date; dates; dated",
    Policy.NUMBER_SEQUENCE: """
        number; numbers; number's; reference; reference number; tracking; tracking number; order number; order
        confirmation; confirmation number; confirmation code; case number; case; ticket; ticket number
        booking; booking number; booking reference; serial; serial number; code; invoice; invoice number
        claim; claim number; i d; id; verification code; one time code; code is; record locator; identifier
        authorization; authorization code; key; digits; promo code; voucher; gift card
        last four; last five
    """,
}


def _table() -> dict[tuple[str, ...], tuple[Policy, bool]]:
    """Return the cues.  Letters may also be one word: `i d` and `id`."""
    return {
        tuple(written.split()): (policy, is_weak)
        for cues, is_weak in ((_WEAK, True), (_STRONG, False))
        for policy, listed in cues.items()
        for phrase in re.split("[;\n]", listed)
        for written in {phrase, re.sub(r"\b(\w) (?=\w\b)", r"\1", phrase)}
        if phrase.strip()
    }


_CUES = _table()
_FIRST_WORDS = frozenset(cue[0] for cue in _CUES)
_LONGEST = max(map(len, _CUES))


def cues_of(said: Said) -> list[Cue]:
    """Find all words that name a value, in order."""
    found = []
    at = 0
    while at < len(said):
        cue = _cue_at(said, at)
        if cue:
            found.append(cue)
        at = cue.last if cue else at + 1
    return found


def _cue_at(said: Said, at: int) -> Cue | None:
    if said[at] not in _FIRST_WORDS:
        return None
    for length in range(min(_LONGEST, len(said) - at), 0, -1):
        policy, is_weak = _CUES.get(said.words[at : at + length], (None, False))
        end = at + length
        if policy and not _is_part_of_spelling(said, at, end) and not _counts(said, end):
            return Cue(policy, at, end, is_weak)
    return None


def _is_part_of_spelling(said: Said, first: int, last: int) -> bool:
    """Tell whether the letters of a cue are some of the letters of a name, as in `v i n c e n t`."""
    if not all(is_letter(word) for word in said.words[first:last]):
        return False
    is_identity = said.words[first:last] == ("i", "d")
    return is_letter(said[first - 1]) or (is_letter(said[last]) and not is_identity)


def _counts(said: Said, end: int) -> bool:
    """Tell whether a cue counts something, as in `the last four weeks`."""
    return said[end - 1] in DIGITS and said[end] in UNITS and said[end] != "of"


def without(said: Said, cues: Iterable[Cue]) -> Said:
    """Return the words of a turn with empty words in place of cues, as some consist of letters and digits."""
    words = list(said.words)
    for cue in cues:
        words[cue.first : cue.last] = [""] * (cue.last - cue.first)
    return Said(words, said.region)


def most_telling(cues: list[Cue]) -> Cue | None:
    """Return the last cue that is not weak, or else the last one."""
    return next((cue for cue in reversed(cues) if not cue.is_weak), cues[-1] if cues else None)
