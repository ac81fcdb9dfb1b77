"""Find the private words of a turn."""

from collections.abc import Collection, Sequence

from ...events import Word
from ..formatting import Language, write
from .policies import Policy
from .spans import Span

MASK = "#"
"""What a partial shows in place of a word that may be private"""

KINDS = {
    "phone": Policy.PHONE_NUMBER,
    "card": Policy.CREDIT_CARD_NUMBER,
    "money": Policy.MONEY_AMOUNT,
    "date": Policy.DATE,
    "email": Policy.EMAIL_ADDRESS,
    "url": Policy.URL,
    "ip": Policy.IP_ADDRESS,
    "address": Policy.LOCATION,
    "number": Policy.NUMBER_SEQUENCE,
}
"""The policy of each written form"""


def find(
    words: Sequence[Word],
    policies: Collection[Policy],
    language: Language,
    before: Sequence[str] = (),  # noqa: ARG001
) -> tuple[Span, ...]:
    """Find the private words of a turn so far, in order.

    `before` are the words of the other speaker's latest turn, which may ask for a value.
    """
    spans = (
        Span(KINDS[token.kind], token.first, token.last)
        for token in write(words, language)
        if token.kind in KINDS
    )
    return tuple(span for span in spans if span.policy in policies)


def held_from(
    words: Sequence[Word],
    policies: Collection[Policy],
    language: Language,
    before: Sequence[str] = (),  # noqa: ARG001
) -> int:
    """Return the position from which words must wait, as a number may go on after them."""
    held = len(words)
    while policies and held and language.counts(words[held - 1].text):
        held -= 1
    return held


def masked(
    words: Sequence[str],
    policies: Collection[Policy],
    language: Language,
    before: Sequence[str] = (),  # noqa: ARG001
) -> list[str]:
    """Return the words of a partial with `#` in place of each that may be private."""
    if not policies:
        return list(words)
    return [MASK if language.counts(word) or len(word) == 1 else word for word in words]
