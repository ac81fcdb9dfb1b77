"""Find the key phrases of a call: words that stand together, without function words between them.

The scores follow RAKE (Rose, Engel, Cramer and Cowley, 2010, *Automatic keyword extraction from individual
documents*).  Here a phrase that comes again counts each time, and a long run of words is no phrase.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..formatting import Language
from ..spacing import joined
from .function_words import function_words
from .sentences import Piece, Sentence

MAX_PHRASES = 15

MAX_WORDS = 4
"""Words of the longest phrase"""

MIN_LETTERS = 3
"""Letters of the shortest word that is a phrase alone"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a speaker said something.  Times are milliseconds on the call's clock."""

    speaker: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeyPhrase:
    """A phrase that says what the call is about.  Times are milliseconds on the call's clock."""

    text: str
    rank: float
    """From 0 to 1, the key phrase that says most"""
    start: int
    """Start of its first place"""
    end: int
    """End of its first place"""
    places: tuple[Place, ...]
    """Where it was said, in order"""


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that follow one another, with no function word or mark between them."""

    speaker: str
    words: tuple[str, ...]
    pieces: tuple[Piece, ...]

    @property
    def place(self) -> Place:
        return Place(self.speaker, self.pieces[0].start, self.pieces[-1].end)

    @property
    def text(self) -> str:
        return joined(piece.bare for piece in self.pieces)


def key_phrases(said: Sequence[Sentence], language: Language) -> list[KeyPhrase]:
    """Return the phrases that say most, those first.

    There are none in a language whose function words are not listed.
    """
    ignored = function_words(language)
    if not ignored:
        return []
    runs = [run for sentence in said for run in _runs(sentence, ignored, language)]
    scores = _scores(runs)
    by_words: dict[tuple[str, ...], list[_Run]] = defaultdict(list)
    for run in runs:
        if len(run.words) <= MAX_WORDS and any(len(word) >= MIN_LETTERS for word in run.words):
            by_words[run.words].append(run)
    weights = {words: len(found) * sum(scores[word] for word in words) for words, found in by_words.items()}
    best = sorted(by_words, key=lambda words: -weights[words])[:MAX_PHRASES]
    return [_phrase(by_words[words], weights[words] / weights[best[0]]) for words in best]


def _runs(sentence: Sentence, ignored: Collection[str], language: Language) -> Iterator[_Run]:
    words: list[str] = []
    pieces: list[Piece] = []
    for piece in sentence.pieces:
        bare = piece.bare
        word = _folded(bare)
        is_said = piece.is_word and not _is_ignored(word, ignored, language)
        if is_said:
            words.append(word)
            pieces.append(piece)
        if words and (not is_said or bare != piece.text):
            yield _Run(sentence.speaker, tuple(words), tuple(pieces))
            words, pieces = [], []
    if words:
        yield _Run(sentence.speaker, tuple(words), tuple(pieces))


def _folded(word: str) -> str:
    return word.lower().replace("\u2019", "'").removesuffix("'s")


def _is_ignored(word: str, ignored: Collection[str], language: Language) -> bool:
    """Tell whether a word is a function word, part of a number, or a letter."""
    return (
        word in ignored
        or len(word) < 2
        or not (word.isalpha() or word.replace("'", "").replace("-", "").isalpha())
        or word.partition("'")[0] in ignored
        or language.counts(word)
    )


def _scores(runs: Sequence[_Run]) -> dict[str, float]:
    """Return the score of each word: how many words it stands with, itself included, on average."""
    frequency: Counter[str] = Counter()
    degree: Counter[str] = Counter()
    for run in runs:
        length = min(len(run.words), MAX_WORDS)
        for word in run.words:
            frequency[word] += 1
            degree[word] += length
    return {word: degree[word] / frequency[word] for word in frequency}


def _phrase(runs: Sequence[_Run], rank: float) -> KeyPhrase:
    """Make a key phrase, as it is written most often."""
    (text, _), *_ = Counter(run.text for run in runs).most_common(1)
    places = tuple(run.place for run in runs)
    return KeyPhrase(text, round(rank, 3), places[0].start, places[0].end, places)
