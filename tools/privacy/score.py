"""Score how private words are found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from local_stt.core.privacy import NameFinder, Policy, Span
from local_stt.core.privacy.policies import LISTED, NAMES, NUMBERS

from .cases import Case

GROUPS: dict[str, frozenset[str]] = {
    "NUMBERS": frozenset(NUMBERS),
    "NUMBERS BUT DATE": frozenset(NUMBERS) - {Policy.DATE},
    "NAMES AND PLACES": frozenset(NAMES),
    "LISTED": frozenset(LISTED),
}


class Score:
    """Words and values that were found in a set of cases."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()
        self.named: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self.leaked: Counter[str] = Counter()
        self.covered = self.wrong = self.clean = self.alarms = 0

    def add(self, case: Case, spans: Sequence[Span]) -> bool:
        """Count a case; return whether all of it is right."""
        policy_of = {at: span.policy for span in spans for at in range(span.first, span.last)}
        private = set(chain.from_iterable(range(each.first, each.last) for each in case.entities))
        self.covered += len(policy_of)
        self.wrong += len(policy_of.keys() - private)
        if not private:
            self.clean += 1
            self.alarms += bool(policy_of)
        for each in case.entities:
            places = range(each.first, each.last)
            self.values[each.policy] += 1
            self.named[each.policy] += all(policy_of.get(at) == each.policy for at in places)
            self.words[each.policy] += len(places)
            self.leaked[each.policy] += sum(at not in policy_of for at in places)
        sought = {
            at for each in case.entities if each.policy in set(Policy) for at in range(each.first, each.last)
        }
        return sought <= policy_of.keys() and policy_of.keys() <= private

    def lines(self) -> Iterable[str]:
        """Yield the lines of a table, and a summary."""
        yield f"{'policy':28}{'values':>7}{'leaked':>9}{'named':>9}"
        for policy in sorted(self.values):
            yield self._line(policy, frozenset((policy,)))
        for name, policies in GROUPS.items():
            if policies & self.values.keys():
                yield self._line(name, policies)
        yield (
            f"words covered wrongly {self.wrong}/{self.covered} = {self.wrong / max(self.covered, 1):.1%}; "
            f"clean utterances with an alarm {self.alarms}/{self.clean}"
        )

    def _line(self, name: str, policies: frozenset[str]) -> str:
        values, named, words, leaked = (
            sum(counter[policy] for policy in policies)
            for counter in (self.values, self.named, self.words, self.leaked)
        )
        return f"{name:28}{values:7}{leaked / words:9.1%}{named / values:9.1%}"


def print_score(name: str, cases: Iterable[Case], failures: int, names: NameFinder | None = None) -> None:
    """Print the score of a set, and some cases that are not right."""
    score = Score()
    wrong = []
    for case in cases:
        spans = case.found(names)
        if not score.add(case, spans):
            wrong.append((case, spans))
    print(f"\n{name}", *score.lines(), sep="\n")
    for case, spans in wrong[:failures]:
        print(f"{case.name}: {' '.join(case.before)} > {_marked(case, spans)}")


def _marked(case: Case, spans: Sequence[Span]) -> str:
    """Return the words, with what was found in brackets and what leaked in capitals."""
    private = {at for each in case.entities for at in range(each.first, each.last)}
    words = [word.upper() if at in private else word for at, word in enumerate(case.words)]
    for span in spans:
        words[span.first] = f"[{words[span.first]}"
        words[span.last - 1] += f" {span.policy}]"
    return " ".join(words)
