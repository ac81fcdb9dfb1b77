"""Measure a punctuation model on written turns: the marks and capitals that it finds among their words."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from local_stt.core.formatting.punctuation import PunctuationModel, end_of_turn, punctuated
from local_stt.core.formatting.tokens import Token
from local_stt.events import Word

from .build import CONFIDENT
from .material import Turn, words_of

MARKS = (",", ".", "?")
WORD_SECONDS = 0.3


@dataclass(slots=True)
class Count:
    """How often something was found, and rightly."""

    right: int = 0
    found: int = 0
    there: int = 0

    def add(self, *, found: bool, there: bool) -> None:
        """Count one place."""
        self.right += found and there
        self.found += found
        self.there += there

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.right / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.found + self.there
        return 2 * self.right / total if total else 0.0

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f}  precision {self.precision:.3f}  recall {self.recall:.3f}"


@dataclass(slots=True)
class Figures:
    """What was measured on one set."""

    question: Count = field(default_factory=Count)
    """Question marks, anywhere"""
    asked: Count = field(default_factory=Count)
    """Question marks at the end of turns"""
    any_break: Count = field(default_factory=Count)
    """Any mark inside a turn, whichever it is"""
    comma: Count = field(default_factory=Count)
    stop: Count = field(default_factory=Count)
    """Full stops and question marks inside a turn"""
    capital: Count = field(default_factory=Count)
    """Capitals of all words but those that are written in digits"""
    inner_capital: Count = field(default_factory=Count)
    """Capitals of words inside a sentence but `I`"""
    words: int = 0
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """Yield a line for each figure."""
        yield f"question              {self.question}"
        yield f"question, end of turn {self.asked}"
        yield f"any break             {self.any_break}"
        yield f"comma                 {self.comma}"
        yield f"stop                  {self.stop}"
        yield f"capital               {self.capital}"
        yield f"capital, inner        {self.inner_capital}"
        milliseconds = 1000 * self.seconds / max(self.words, 1)
        yield f"time                  {milliseconds:.4f} ms of processor time a word"


def timed(words: Sequence[str], pause: float) -> tuple[Word, ...]:
    """Return words with a pause after each."""
    step = WORD_SECONDS + pause
    return tuple(Word(text, at * step, at * step + WORD_SECONDS, 1.0) for at, text in enumerate(words))


def measure(turns: Sequence[Turn], model: PunctuationModel, pause: float) -> Figures:
    """Measure marks and capitals, with the same pause after each word, as texts have none."""
    figures = Figures()
    for turn in turns:
        words = timed(words_of(turn), pause)
        tokens = [Token(word.text, at, at + 1, "word") for at, word in enumerate(words)]
        begun = time.process_time()
        written = punctuated(tokens, words, model, ends=True)
        figures.seconds += time.process_time() - begun
        figures.words += len(words)
        _count_marks(figures, turn, [_mark(token.text) for token in written])
        if turn[0].capital:
            _count_capitals(figures, turn, [token.text for token in written])
    return figures


def _mark(text: str) -> str:
    return text[-1] if text[-1] in MARKS else ""


def _count_marks(figures: Figures, turn: Turn, found: Sequence[str]) -> None:
    for each, mark in zip(turn[:-1], found[:-1], strict=True):
        figures.any_break.add(found=bool(mark), there=bool(each.mark))
        figures.comma.add(found=mark == ",", there=each.mark == ",")
        figures.stop.add(found=mark in (".", "?"), there=each.mark in (".", "?"))
        figures.question.add(found=mark == "?", there=each.mark == "?")
    if turn[-1].mark in (".", "?"):
        for count in (figures.question, figures.asked):
            count.add(found=found[-1] == "?", there=turn[-1].mark == "?")


def _count_capitals(figures: Figures, turn: Turn, found: Sequence[str]) -> None:
    for at, (each, text) in enumerate(zip(turn, found, strict=True)):
        if each.capital is not None:
            has_capital = any(character.isupper() for character in text)
            figures.capital.add(found=has_capital, there=each.capital)
            if (
                at
                and turn[at - 1].mark not in (".", "?")
                and not each.word.startswith("i'")
                and each.word != "i"
            ):
                figures.inner_capital.add(found=has_capital, there=each.capital)


def ends(turns: Sequence[Turn], model: PunctuationModel, seed: int = 1) -> dict[str, list[float]]:
    """Return how likely the ends of whole turns are, and of ones cut at random."""
    rng = random.Random(seed)  # noqa: S311 - the same cuts each time
    likelihoods: dict[str, list[float]] = {"whole": [], "cut": []}
    for turn in turns:
        words = timed(words_of(turn), 0.0)
        if len(words) > 1:
            likelihoods["whole"].append(end_of_turn(words, model))
            likelihoods["cut"].append(end_of_turn(words[: rng.randrange(1, len(words))], model))
    return likelihoods


def end_lines(likelihoods: dict[str, list[float]]) -> Iterator[str]:
    """Yield a line for some thresholds of the likelihood that a turn has ended."""
    for threshold in (0.5, 0.6, CONFIDENT, 0.8, 0.9):
        whole, cut = (
            sum(each >= threshold for each in likelihoods[name]) / max(len(likelihoods[name]), 1)
            for name in ("whole", "cut")
        )
        yield f"end of turn at {threshold}    whole turns found {whole:.1%}  cut ones called whole {cut:.1%}"


def mistaken_capitals(turns: Sequence[Turn], model: PunctuationModel, most: int) -> dict[str, Counter[str]]:
    """Return the words whose capitals are most often missed, and most often added."""
    mistakes: dict[str, Counter[str]] = {"missed": Counter(), "added": Counter()}
    for turn in turns:
        words = timed(words_of(turn), 0.0)
        tokens = [Token(word.text, at, at + 1, "word") for at, word in enumerate(words)]
        for each, token in zip(turn, punctuated(tokens, words, model, ends=True), strict=True):
            has_capital = any(character.isupper() for character in token.text)
            if turn[0].capital and each.capital is not None and has_capital != each.capital:
                mistakes["missed" if each.capital else "added"][each.word] += 1
    return {name: Counter(dict(counter.most_common(most))) for name, counter in mistakes.items()}
