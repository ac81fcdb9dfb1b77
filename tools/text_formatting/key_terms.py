"""Measure how many mishearings key terms put right, what they change wrongly, and how long they take."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from local_stt.config.wording import as_key_terms
from local_stt.core.formatting import text_of
from local_stt.core.formatting.key_terms import MAX_TERMS, KeyTerm, KeyTerms
from local_stt.core.formatting.word_lists import GIVEN_NAMES
from tools.punctuation.material import sgd_dev_turns, words_of

from .cases import spoken_words
from .speed import milliseconds, print_times

MISHEARINGS = Path(__file__).with_name("mishearings.tsv")
UNSURE, CONFIDENT = 0.7, 1.0
"""Confidences of words"""
WORDS = 34_000
"""Words of dialogues, in which there is nothing to put right"""
TIMED = 1_000
"""Turns whose time is measured"""


def read_mishearings() -> list[tuple[KeyTerm, str]]:
    """Read key terms, and utterances in which they were misheard."""
    lines = [line.split("\t") for line in MISHEARINGS.read_text("utf-8").splitlines() if line[0] != "#"]
    return list(zip(as_key_terms(term for term, _ in lines), (heard for _, heard in lines), strict=True))


def misheard(cases: Sequence[tuple[KeyTerm, str]]) -> list[tuple[KeyTerm, str]]:
    """Return the cases that stay wrong, with what is written."""
    terms = KeyTerms(term for term, _ in cases)
    found = [(term, text_of(terms.found(spoken_words(heard, UNSURE))) or heard) for term, heard in cases]
    return [(term, text) for term, text in found if term.text not in text]


def print_key_terms(folder: Path, failures: int) -> None:
    """Print the figures, and some of what is wrong."""
    cases = read_mishearings()
    wrong = misheard(cases)
    print(f"put right: {len(cases) - len(wrong)} of {len(cases)}")
    for term, text in wrong[:failures]:
        print(f"  {term.text}: {text!r}")
    terms = [term for term, _ in cases]
    turns = list(_turns(folder))
    for confidence in (UNSURE, CONFIDENT):
        _print_changes(turns, KeyTerms(terms), confidence, failures)
    many = KeyTerms(_many(terms))
    print_times(
        f"{MAX_TERMS} terms",
        [milliseconds(many.found, spoken_words(turn, UNSURE)) for turn in turns[:TIMED]],
    )


def _turns(folder: Path) -> Iterator[str]:
    number = 0
    for turn in sgd_dev_turns(folder):
        if number < WORDS:
            number += len(turn)
            yield " ".join(words_of(turn))


def _print_changes(turns: Sequence[str], terms: KeyTerms, confidence: float, failures: int) -> None:
    changes: Counter[tuple[str, str]] = Counter()
    number = 0
    for turn in turns:
        words = turn.split()
        number += len(words)
        for token in terms.found(spoken_words(turn, confidence)):
            said = " ".join(words[token.first : token.last])
            changes[said, token.text] += said != token.text.lower()
    rate = changes.total() / number * 1000
    print(f"changed wrongly at confidence {confidence}: {rate:.3f} in 1,000 of {number} words")
    for (said, text), times in (+changes).most_common(failures):
        print(f"  {said!r} became {text!r}, {times} times")


def _many(terms: Sequence[KeyTerm]) -> list[KeyTerm]:
    """Return as many terms as there may be: names, and names with a term behind."""
    names = sorted(GIVEN_NAMES)
    pairs = (f"{name} {term.text}" for term in terms for name in names)
    return [KeyTerm(text.title()) for text in islice((*names, *pairs), MAX_TERMS)]
