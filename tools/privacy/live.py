"""Measure what viewers see of private words while a turn goes on."""

from collections.abc import Iterable

from local_stt.core.privacy import NameFinder, Policy, find, held_from, masked

from .cases import ENGLISH, EVERY, Case, spoken
from .groups import InGroups


def print_partials(cases: Iterable[Case], names: NameFinder | None = None) -> None:
    """Print the share of private words that any partial shows, and of those that the final redacts."""
    private = leaked = redacted = leaked_redacted = shown = words = 0
    for case in cases:
        seen = seen_in_partials(case)
        shown += len(seen)
        words += len(case.words)
        known = {at for each in case.entities if each.policy in EVERY for at in range(each.first, each.last)}
        private += len(known)
        leaked += len(known & seen)
        covered = {at for span in case.found(names) for at in range(span.first, span.last)}
        redacted += len(covered)
        leaked_redacted += len(covered & seen)
    print(
        f"partials show {shown / words:.1%} of all words, {leaked / private:.1%} of private words, "
        f"{leaked_redacted}/{redacted} of those that the final redacts"
    )


def seen_in_partials(case: Case) -> set[int]:
    """Return the positions of the words that any partial of an utterance shows."""
    seen: set[int] = set()
    for end in range(1, len(case.words) + 1):
        partial = masked(case.words[:end], EVERY, ENGLISH, case.before)
        seen.update(at for at, word in enumerate(partial) if word == case.words[at])
    return seen


def print_finals(numbers: Iterable[InGroups]) -> None:
    """Print the share of words of numbers in groups that finals show, by policy."""
    words: dict[Policy, int] = {}
    leaked: dict[Policy, int] = {}
    for number in numbers:
        words[number.policy] = words.get(number.policy, 0) + len(number.private)
        shown = shown_in_finals(number) & number.private
        leaked[number.policy] = leaked.get(number.policy, 0) + len(shown)
    print("\nnumbers in groups, final by final")
    for policy in words:
        print(f"{policy:28}{words[policy]:7}{leaked[policy] / words[policy]:9.1%}")
    print(f"{'all':28}{sum(words.values()):7}{sum(leaked.values()) / sum(words.values()):9.1%}")


def shown_in_finals(number: InGroups) -> set[int]:
    """Return the positions of words that are shown when each final waits for what goes on."""
    turn: list[str] = []
    published = 0
    shown: set[int] = set()
    for index, final in enumerate(number.finals):
        turn += final
        words = spoken(turn)
        is_last = index + 1 == len(number.finals)
        end = len(turn) if is_last else held_from(words, EVERY, ENGLISH, number.before)
        spans = find(words, EVERY, ENGLISH, number.before)
        covered = {at for span in spans for at in range(span.first, span.last)}
        shown.update(set(range(published, end)) - covered)
        published = max(published, end)
    return shown
