"""Policies as users write them."""

import pytest

from local_stt.core.privacy import Policy, policies_of
from local_stt.core.privacy.policies import LISTED, NAMES, NOT_FOUND_HERE, NUMBERS


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("", set()),
        ("phone_number", {Policy.PHONE_NUMBER}),
        (" Phone_Number , person_name,", {Policy.PHONE_NUMBER, Policy.PERSON_NAME}),
        ("numbers", NUMBERS),
        ("numbers,location,religion", NUMBERS | {Policy.LOCATION, Policy.RELIGION}),
    ],
)
def test_policies_are_separated_by_commas(text, policies):
    assert policies_of(text) == policies


def test_numbers_are_all_policies_but_names_and_lists():
    assert len(NUMBERS) == 22
    assert frozenset(Policy) == NUMBERS | NAMES | LISTED


@pytest.mark.parametrize("name", sorted(NOT_FOUND_HERE))
def test_what_cannot_be_found_is_refused_by_its_name(name):
    with pytest.raises(ValueError, match=f"names {name}, which cannot be found on this machine"):
        policies_of(f"phone_number,{name}")


def test_a_misspelt_policy_is_pointed_out():
    with pytest.raises(ValueError, match=r"'credit_card', which is no policy \(did you mean credit_card"):
        policies_of("credit_card")
    with pytest.raises(ValueError, match=r"'xyz', which is no policy \(there are numbers, account_number, "):
        policies_of("xyz")


def test_a_list_without_a_policy_is_refused_rather_than_redacting_nothing():
    with pytest.raises(ValueError, match="names no policy"):
        policies_of(" , ")
