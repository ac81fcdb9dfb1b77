"""What people type into a corrected text is found in forms that no recognizer writes."""

import pytest

from helpers.events import final
from local_stt.core.call_record import utterance_of
from local_stt.core.formatting import language_of
from local_stt.core.privacy import Policy, RedactionRules, redacted_lines
from local_stt.core.privacy.policies import NUMBERS
from local_stt.core.privacy.typed import with_typed_values_found


def copied(text, policies=NUMBERS, code="en"):
    """The text of a redacted copy of a line, and its redactions."""
    rules = RedactionRules(policies, language_of(code))
    lines = redacted_lines(with_typed_values_found([utterance_of(final(text))], rules), rules)
    return " ".join(each.text for each in lines), [part.policy for each in lines for part in each.redactions]


CARD = "[CREDIT_CARD_NUMBER]"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("4111-1111-1111-1111", CARD),
        ("4111,1111,1111,1111", CARD),
        ("4111_1111_1111_1111", CARD),
        ("#4111111111111111", CARD),
        ("４１１１１１１１１１１１１１１１", CARD),  # noqa: RUF001
        ("٤١١١١١١١١١١١١١١١", CARD),
        ("bob@example.net", "[EMAIL_ADDRESS]"),
        ("@bob_smith", "[EMAIL_ADDRESS]"),
        ("https://example.net/x", "[URL]"),
        ("www.example.net", "[URL]"),
        ("example.net/secret", "[URL]"),
        ("$4,500", "[MONEY_AMOUNT]"),
        ("Nr.4111111111111111", "[NUMBER_SEQUENCE]"),
        ("DE89370400440532013000", "[NUMBER_SEQUENCE]"),
        ("A1234567", "[NUMBER_SEQUENCE]"),
        ("+1 (202) 555\u20110199", "[PHONE_NUMBER]"),
    ],
)
def test_typed_values_are_redacted(typed, expected):
    text, policies = copied(f"it is {typed} please")
    assert text == f"it is {expected} please"
    assert [f"[{each.upper()}]" for each in policies] == [expected]


@pytest.mark.parametrize("typed", ["12 34 56 78", "4111-1111", "bob@example.net", "https://example.net/x"])
def test_typed_values_are_redacted_in_other_languages(typed):
    text, _ = copied(f"es ist {typed} bitte", code="de")
    assert text in (
        "es ist [NUMBER_SEQUENCE] bitte",
        "es ist [EMAIL_ADDRESS] bitte",
        "es ist [URL] bitte",
    )


@pytest.mark.parametrize("said", ["it is 5 p.m. on the 2nd", "and/or 12 times", "room B12 at 10am"])
def test_what_is_not_private_stays(said):
    assert copied(said) == copied(said, code="de") == (said, [])


def test_policies_that_were_not_chosen_take_nothing_out():
    email = frozenset({Policy.EMAIL_ADDRESS})
    assert copied("bob@example.net has A1234567", email)[0] == "[EMAIL_ADDRESS] has A1234567"
    assert copied("his passport A1234567", frozenset({Policy.PASSPORT_NUMBER}))[1] == ["passport_number"]
