"""The language model: a trigram model of words.

It turns sentences into arcs of an acceptor, without I/O.  Counts are discounted by a constant, for words that
were not seen (Ney, Essen and Kneser, 1994).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

ORDER = 3
DISCOUNT = 0.7
LEAST_COUNTS = {2: 2, 3: 3}
"""Least counts of two and of three words together; fewer are chance"""
UNKNOWN = "[unk]"
UNKNOWN_SHARE = 0.02
"""Share of words that are unknown"""
BEGIN, END = "<s>", "</s>"
BACK_OFF = "#0"

SMALLEST = 1e-9

Context = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arc:
    """A step to the next context by a word, or to a shorter one by `BACK_OFF`, at a cost (-log p)."""

    start: Context
    end: Context | None
    """The next context; None if the sentence ends here"""
    word: str
    cost: float


class LanguageModel:
    """The probabilities of words after others, learned from sentences."""

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        counts = _counts(sentences)
        total = sum(counts[1].values()) / (1 - UNKNOWN_SHARE)
        alone = {words[0]: count / total for words, count in counts[1].items()}
        self.follows: dict[Context, dict[str, float]] = {(): {**alone, UNKNOWN: UNKNOWN_SHARE}}
        """Words that were seen after each context, with their probabilities"""
        self.back_off: dict[Context, float] = {}
        """Factor for the probability in the shorter context of any other word"""
        for order in range(2, ORDER + 1):
            self._learn(counts[order], LEAST_COUNTS[order])

    def likelihood(self, word: str, context: Context) -> float:
        """Return the probability of a word after others; 0 for a word that was never seen."""
        context = self._known(context)
        if word in self.follows[context]:
            return self.follows[context][word]
        return self.back_off[context] * self.likelihood(word, context[1:]) if context else 0.0

    def arcs(self) -> Iterator[Arc]:
        """Yield all arcs, those of the beginning first."""
        for context in sorted(self.follows, key=lambda each: (each != (BEGIN,), each)):
            for word, likelihood in sorted(self.follows[context].items()):
                end = None if word == END else self._known((*context, word)[-(ORDER - 1) :])
                yield Arc(context, end, word, -math.log(likelihood))
            if context:
                yield Arc(context, self._known(context[1:]), BACK_OFF, -math.log(self.back_off[context]))

    def _learn(self, counts: Counter[Context], least: int) -> None:
        totals: Counter[Context] = Counter()
        often: dict[Context, dict[str, int]] = defaultdict(dict)
        for words, count in counts.items():
            totals[words[:-1]] += count
            if count >= least:
                often[words[:-1]][words[-1]] = count
        for context, following in often.items():
            likely = {word: (count - DISCOUNT) / totals[context] for word, count in following.items()}
            shorter = sum(self.likelihood(word, context[1:]) for word in likely)
            self.back_off[context] = (1 - sum(likely.values())) / max(1 - shorter, SMALLEST)
            self.follows[context] = likely

    def _known(self, context: Context) -> Context:
        """Return the longest end of a context after which words were seen."""
        while context not in self.follows:
            context = context[1:]
        return context


def _counts(sentences: Iterable[Sequence[str]]) -> dict[int, Counter[Context]]:
    """Count sequences of words, for each length up to `ORDER`."""
    counts: dict[int, Counter[Context]] = {order: Counter() for order in range(1, ORDER + 1)}
    for sentence in sentences:
        words = (BEGIN, *sentence, END)
        for order, counter in counts.items():
            counter.update(words[start : start + order] for start in range(len(words) - order + 1))
    del counts[1][BEGIN,]
    return counts
