"""Choose the key sentences of a call: an extractive summary, in the words of the speakers.

The method is LexRank (Erkan and Radev, 2004, *Graph-based lexical centrality as salience in text
summarization*), in its form without a threshold: sentences that share rare words with many others rank high.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..formatting import Language
from ..terms import terms
from .function_words import function_words
from .sentences import Sentence

MAX_SENTENCES = 5

MIN_TERMS = 2
"""Terms of the shortest sentence that is chosen, without function words"""

DAMPING = 0.85
"""Share of a sentence's rank that comes from sentences like it"""

ROUNDS = 50

TOO_SIMILAR = 0.5
"""Cosine from which two sentences say the same, and the second is left out"""

Vector = np.ndarray
"""Numbers in one dimension"""


@dataclass(frozen=True, slots=True)
class KeySentence:
    """A sentence that stands for many others.  Times are milliseconds on the call's clock."""

    speaker: str
    text: str
    rank: float
    """From 0 to 1, the sentence that stands for most"""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Matrix:
    """A row of weights for each sentence, without the zeros.  Each row has the length 1."""

    rows: Vector
    """The sentence of each weight"""
    columns: Vector
    """The term of each weight"""
    weights: Vector
    shape: tuple[int, int]

    def cosines(self, of: Vector) -> Vector:
        """Return the sum of each sentence's cosines with all others, each multiplied by a number of `of`."""
        height, width = self.shape
        terms = np.bincount(self.columns, self.weights * of[self.rows], minlength=width)
        sums = np.bincount(self.rows, self.weights * terms[self.columns], minlength=height)
        return np.asarray(sums - of)


def key_sentences(said: Sequence[Sentence], language: Language) -> list[KeySentence]:
    """Return the sentences that stand for most others, in the order in which they were said."""
    ignored = function_words(language)
    counted = ((each, Counter(_terms(each, ignored))) for each in said)
    rankable = [(each, count) for each, count in counted if len(count) >= MIN_TERMS]
    if not rankable:
        return []
    matrix = _matrix([count for _, count in rankable])
    ranks = _ranks(matrix)
    chosen = sorted(_chosen(matrix, ranks))
    highest = max(ranks[at] for at in chosen)
    return [_key_sentence(rankable[at][0], float(ranks[at] / highest)) for at in chosen]


def _key_sentence(sentence: Sentence, rank: float) -> KeySentence:
    return KeySentence(sentence.speaker, sentence.text, round(rank, 3), sentence.start, sentence.end)


def _terms(sentence: Sentence, ignored: frozenset[str]) -> Iterator[str]:
    for piece in sentence.pieces:
        if not piece.is_redacted and piece.bare.lower() not in ignored:
            yield from (term.text for term in terms(piece.text) if term.text not in ignored)


def _matrix(counts: Sequence[Counter[str]]) -> _Matrix:
    """Weigh the terms of sentences by TF-IDF."""
    columns = {term: at for at, term in enumerate(dict.fromkeys(term for count in counts for term in count))}
    entries = [
        (row, columns[term], number) for row, count in enumerate(counts) for term, number in count.items()
    ]
    rows, places, numbers = np.array(entries).T
    known_in = np.bincount(places, minlength=len(columns))
    weights = numbers * (np.log(len(counts) / known_in) + 1.0)[places]
    lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(counts)))
    return _Matrix(rows, places, weights / lengths[rows], (len(counts), len(columns)))


def _ranks(matrix: _Matrix) -> Vector:
    number = matrix.shape[0]
    sums = np.maximum(matrix.cosines(np.ones(number)), 0.0)
    shares = np.divide(1.0, sums, out=np.zeros(number), where=sums > 1e-9)
    ranks = np.full(number, 1.0 / number)
    for _ in range(ROUNDS):
        ranks = (1.0 - DAMPING) / number + DAMPING * matrix.cosines(ranks * shares)
    return np.round(ranks, 12)


def _chosen(matrix: _Matrix, ranks: Vector) -> list[int]:
    """Return the positions of the highest sentences that do not say the same."""
    chosen: list[int] = []
    is_near = np.zeros(len(ranks), dtype=bool)
    for at in np.argsort(-ranks, kind="stable"):
        if is_near[at]:
            continue
        chosen.append(int(at))
        if len(chosen) == MAX_SENTENCES:
            break
        alone = np.zeros(len(ranks))
        alone[at] = 1.0
        is_near |= matrix.cosines(alone) >= TOO_SIMILAR
    return chosen
