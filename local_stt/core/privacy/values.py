"""Values that rules find in a turn, and the spans that policies make of them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from .policies import Policy
from .spans import Span


@dataclass(frozen=True, slots=True)
class Value:
    """Words that may be private."""

    policies: tuple[Policy, ...]
    """What they may be, the likeliest first"""
    first: int
    last: int


def spans_of(values: Iterable[Value], policies: Collection[Policy]) -> tuple[Span, ...]:
    """Return spans of some policies.  A word belongs to the first of the values that have it."""
    taken: dict[int, Span] = {}
    for value in values:
        policy = next((each for each in value.policies if each in policies), None)
        if policy:
            whole = Span(policy, value.first, value.last)
            for at in range(value.first, value.last):
                taken.setdefault(at, whole)
    return tuple(_joined(sorted(taken.items())))


def _joined(taken: list[tuple[int, Span]]) -> Iterator[Span]:
    """Join words of the same value that follow one another."""
    first = 0
    for index, (at, whole) in enumerate(taken):
        if index + 1 == len(taken) or taken[index + 1] != (at + 1, whole):
            yield Span(whole.policy, taken[first][0], at + 1)
            first = index + 1
