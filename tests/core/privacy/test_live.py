"""What waits until more of a turn is known, and what partials show."""

from dataclasses import replace

import pytest

from helpers.privacy import ENGLISH, EVERY, OTHER, bracketed, spoken, waiting
from local_stt.core.privacy import Policy, find, held_from, masked


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("", "my number is four one five", "four one five"),
        ("", "it's four one one one and then", "four one one one and then"),
        ("", "it's four one one one uh", "four one one one uh"),
        ("", "it's four one double", "four one double"),
        ("", "it's four one for", "four one for"),
        ("", "my account is seven seven oh", "seven seven oh"),
        ("", "i paid two hundred", "two hundred"),
        ("", "i paid a hundred", "a hundred"),
        ("", "yes double", "double"),
        ("", "my plate is k l", "k l"),
        ("", "it's nine one two hold on", "nine one two hold on"),
        ("", "it's room nine one two hold on", ""),
        ("", "we met on may", "may"),
        ("", "we met on the third of", "the third of"),
        ("", "we met on july fourth", "july fourth"),
        ("what's your email", "it's anna berg", "anna berg"),
        ("", "write to anna dot", "anna dot"),
        ("", "the password is blue horse four", "blue horse four"),
        ("", "there are three of us", ""),
        ("", "i am at home", ""),
        ("", "my card number is", ""),
        ("", "we close at nine p m", ""),
        ("", "write to anna dot berg at posteo dot de", ""),
        ("", "", ""),
    ],
)
def test_the_end_of_a_turn_waits_if_a_value_may_go_on(question, text, held):
    assert waiting(text, question) == held


def test_a_number_that_is_not_redacted_as_it_is_waits_for_more():
    phone = "four one five five five five one two one two"
    assert waiting(f"it's {phone}", policies={Policy.CREDIT_CARD_NUMBER}) == phone
    assert waiting(f"it's {phone} okay bye", policies={Policy.PHONE_NUMBER}) == ""


def test_numbers_wait_for_policies_of_numbers_alone():
    assert waiting("it's four one", policies={Policy.RELIGION}) == ""
    assert waiting("it's four one", policies={Policy.PERSON_NAME}) == ""
    assert waiting("it's k o", policies={Policy.PERSON_NAME}) == "k o"
    assert waiting("in may", policies={Policy.PHONE_NUMBER}) == ""
    assert waiting("anna dot", policies={Policy.PHONE_NUMBER}) == ""
    assert waiting("it's four one", policies=frozenset()) == ""


@pytest.mark.parametrize(
    ("question", "finals", "private"),
    [
        ("", ["my number is", "four one five", "five five five", "one two one two", "thanks"], 10),
        ("card number please", ["four one one one", "one one one one", "uh one one one one"], 12),
        ("", ["my social is one two three", "okay did you get that", "four five", "six seven eight nine"], 9),
        ("", ["nine eight seven", "six five", "four three two one"], 9),
        ("", ["my account is seven seven oh", "okay so"], 3),
        ("", ["i paid two hundred", "dollars"], 3),
        ("", ["two one two", "hold on a second", "five five five", "oh one nine nine"], 10),
        (
            "",
            ["it's d e eight nine", "three seven oh four", "oh oh four four", "oh five three two oh one"],
            18,
        ),
    ],
)
def test_numbers_in_groups_never_show(question, finals, private):
    """Each final is published up to where it waits, without what is found in the turn so far."""
    turn, shown, published = [], set(), 0
    digits = set()
    for final in finals:
        turn += final.split()
        words = spoken(" ".join(turn))
        last = final is finals[-1]
        end = len(turn) if last else held_from(words, EVERY, ENGLISH, question.split())
        found = find(words, EVERY, ENGLISH, question.split())
        covered = {at for span in found for at in range(span.first, span.last)}
        digits = covered
        shown |= set(range(published, end)) - covered
        published = max(published, end)
    assert len(digits) == private
    assert shown.isdisjoint(digits)


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        ("", "my number is four one five", "my number is # # #"),
        ("", "i am calling about it", "i am calling about it"),
        ("", "press one or two", "press # or #"),
        ("", "my name is ewa", "my name is #"),
        ("what's your name", "it's tamsin", "it's #"),
        ("what's your name", "i call about an order it's tamsin", "i call about an order it's #"),
        ("", "my password is blue", "my password is #"),
        ("", "write to anna", "write to #"),
        ("", "i live at nine twelve harbor", "i live at # # #"),
        ("", "at nine elm street cedar hill", "at # # # # #"),
        ("", "at nine elm street cedar hill six two", "at # # # # # # #"),
        ("", "hello this is mark", "hello this is #"),
        ("", "i am in new", "i am in #"),
        ("", "my blood type is a", "my blood type is #"),
        ("", "it was in may", "it was in #"),
        ("", "may i help you", "may i help you"),
        ("", "spell it s m i", "spell it # # #"),
        ("", "it is a", "it is #"),
    ],
)
def test_partials_show_nothing_that_may_be_private(question, text, shown):
    assert " ".join(masked(text.split(), EVERY, ENGLISH, question.split())) == shown


def test_partials_show_what_no_chosen_policy_is_about():
    words = ["call", "ewa", "on", "may", "fourth", "at", "four", "one", "five"]
    assert masked(words, frozenset(), ENGLISH) == words
    assert masked(words, {Policy.RELIGION}, ENGLISH) == words
    assert " ".join(masked(words, {Policy.PHONE_NUMBER}, ENGLISH)) == "call ewa on may fourth at # # #"


def test_other_languages_have_what_digits_tell():
    text = "ruf an eins zwei drei vier eins"
    assert waiting(text, language=OTHER) == "eins zwei drei vier eins"
    assert masked(text.split(), EVERY, OTHER) == ["ruf", "an", "#", "#", "#", "#", "#"]
    assert bracketed("die nummer ist 12345 oder 12", language=OTHER) == "die nummer ist [12345] oder 12"
    assert waiting("ruf an", language=OTHER) == ""
    with_numbers = replace(ENGLISH, code="yy")
    phone = "four one five five five five one two one two"
    assert bracketed(f"my name is ewa {phone}", language=with_numbers) == f"my name is ewa [{phone}]"
    assert waiting(text, policies={Policy.PERSON_NAME}, language=OTHER) == ""
    assert masked(text.split(), {Policy.PERSON_NAME}, OTHER) == text.split()
