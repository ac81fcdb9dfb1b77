"""Make numbers that are said in groups, cut where people pause.  The same numbers each time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from local_stt.core.privacy import Policy

SEED = 1
NUMBER = 252

UNITS = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


@dataclass(frozen=True)
class Kind:
    """A kind of number: how it is divided, and what is said around it."""

    policy: Policy
    divisions: tuple[tuple[int, ...], ...]
    cues: tuple[str, ...]
    questions: tuple[str, ...]


KINDS = (
    Kind(
        Policy.PHONE_NUMBER,
        ((3, 3, 4), (3, 4), (3, 3, 2, 2), (1, 3, 3, 4)),
        ("my number is", "you can reach me at", "my cell phone is", "call me back on"),
        ("what's the best number to reach you", "can i have a phone number"),
    ),
    Kind(
        Policy.CREDIT_CARD_NUMBER,
        ((4, 4, 4, 4), (4, 6, 5), (4, 4, 8)),
        ("my card number is", "it's a visa", "the card is", "yeah the number on the card is"),
        ("card number please", "can you read me the number of your credit card"),
    ),
    Kind(
        Policy.US_SOCIAL_SECURITY_NUMBER,
        ((3, 2, 4), (3, 3, 3)),
        ("my social is", "my social security number is", "sure my social's"),
        ("can i get your social", "and your social security number please"),
    ),
    Kind(
        Policy.ACCOUNT_NUMBER,
        ((3, 3, 2), (4, 4), (3, 4, 3), (2, 3, 3)),
        ("my account number is", "the account is", "customer number"),
        ("what's your account number", "do you have your member number"),
    ),
    Kind(
        Policy.BANKING_INFORMATION,
        ((3, 3, 3), (4, 5), (4, 4, 4)),
        ("the routing number is", "my bank account is", "checking account number"),
        ("what's the routing number", "and the number of your bank account"),
    ),
)

OPENINGS = ("", "it's", "okay it's", "sure", "let me see")
ENDINGS = ("", "", "thank you", "that's it", "did you get that")
PAUSED = ("", "", "", "uh", "okay", "and then")


@dataclass(frozen=True)
class InGroups:
    """A number as one final after another, with the positions of its words in the turn."""

    policy: Policy
    before: tuple[str, ...]
    finals: tuple[tuple[str, ...], ...]
    private: frozenset[int]


def numbers_in_groups() -> list[InGroups]:
    """Make the numbers: after words that name them, after a question, or after neither."""
    dice = random.Random(SEED)
    return [_number(KINDS[at % len(KINDS)], at // len(KINDS) % 3, dice) for at in range(NUMBER)]


def _number(kind: Kind, introduced: int, dice: random.Random) -> InGroups:
    question = dice.choice(kind.questions) if introduced == 1 else ""
    opening = dice.choice(kind.cues) if introduced == 0 else dice.choice(OPENINGS)
    finals: list[list[str]] = [opening.split()]
    private: set[int] = set()
    for index, digits in enumerate(dice.choice(kind.divisions)):
        if index or dice.random() < 0.4:
            finals.append(dice.choice(PAUSED).split() if index else [])
        first = sum(map(len, finals))
        finals[-1] += _said(digits, dice)
        private.update(range(first, sum(map(len, finals))))
    finals[-1] += dice.choice(ENDINGS).split()
    return InGroups(
        kind.policy,
        tuple(question.split()),
        tuple(tuple(final) for final in finals if final),
        frozenset(private),
    )


def _said(digits: int, dice: random.Random) -> Sequence[str]:
    """Say a group of digits one by one, or sometimes in pairs."""
    if digits % 2 == 0 and dice.random() < 0.2:
        return [word for _ in range(digits // 2) for word in _pair(dice.randrange(10, 100))]
    said = [dice.choice(UNITS) for _ in range(digits)]
    return ["oh" if word == "zero" and dice.random() < 0.5 else word for word in said]


def _pair(number: int) -> list[str]:
    if number < 20:
        return [TEENS[number - 10]]
    unit = [UNITS[number % 10]] if number % 10 else []
    return [TENS[number // 10 - 2], *unit]
