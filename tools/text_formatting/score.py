"""Score how utterances are written."""

from collections import Counter
from collections.abc import Iterable

from .cases import Case, written
from .comparison import same

STYLE = "whitelist"
"""A category of abbreviations, which are a matter of style"""


def print_score(cases: Iterable[Case], failures: int) -> None:
    """Print the accuracy of each category and of each set, and some failures."""
    number: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: list[tuple[Case, str]] = []
    for case in cases:
        got = written(case.spoken, case.language)
        is_right = same(case.category, got, case.written, case.language)
        for name in {
            case.category,
            *([f"{_set(case)} all"] if not case.category.endswith(f"/{STYLE}") else []),
        }:
            number[name] += 1
            right[name] += is_right
        if not is_right:
            wrong.append((case, got))
    for name in sorted(number):
        print(f"{name:24}{number[name]:5}{right[name] / number[name]:8.1%}")
    for case, got in wrong[:failures]:
        print(f"{case.category}: {case.spoken!r}\n  got  {got!r}\n  want {case.written[0]!r}")


def _set(case: Case) -> str:
    return case.category.partition("/")[0]
