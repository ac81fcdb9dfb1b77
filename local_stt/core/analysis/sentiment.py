"""Estimate how friendly sentences sound, from lists of words: a heuristic, which knows no irony.

A word counts from -2 to 2.  A negation before it turns it round.  Words of degree strengthen it.
Words of politeness count nothing, as people who complain are polite too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..formatting import Language
from .sentences import Sentence

WEIGHTS = {
    2.0: """
        amazing awesome brilliant delighted excellent fantastic love loved perfect superb thrilled wonderful
    """,
    1.0: """
        appreciate easy enjoy enjoyed fast friendly glad good great happy helpful kind lovely nice pleasant
        pleased polite quick recommend reliable relieved satisfied smooth solved success successful thankful
        wow
    """,
    -1.0: """
        annoyed annoying bad broke broken bug cancel complain complaint concern concerned confused
        confusing crash crashed damaged defective delay delayed difficult disappointed disappointing
        dirty error expensive fail failed fails failure fault faulty frozen hard hate incorrect issue
        issues late lost mistake missing noisy overcharged poor problem problems refused rude sad slow
        stolen stuck tired trouble unable unfair unfortunately unhappy unpleasant upset useless worried
        worse wrong
    """,
    -2.0: """
        angry appalling awful disgusting dreadful fed furious frustrated frustrating horrible insulting
        outrageous ridiculous scam terrible unacceptable worst
    """,
}

WORDS = {word: weight for weight, words in WEIGHTS.items() for word in words.split()}

NEGATIONS = frozenset(
    """
    aren't can't cannot couldn't didn't doesn't don't hasn't haven't isn't never no nor not wasn't weren't
    won't
    """.split()
)

DEGREES = frozenset("absolutely completely extremely really so such too totally very".split())

STRENGTHENED = 1.5

REACH = 3
"""Words after a negation in which it counts"""

GREETING_WORDS = frozenset({"good", "great", "lovely", "nice", "wonderful"})

GREETED = frozenset({"afternoon", "day", "evening", "morning", "night", "one", "rest", "weekend"})
"""Words that such a word before makes a greeting of"""

CLEAR = 0.3
"""Score from which a sentence is not neutral"""

HALF = 2.0
"""Sum of weights that makes a score of a half"""


class Mood(StrEnum):
    """How a sentence sounds."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Feeling:
    """A sentence that sounds friendly or unfriendly.  Times are milliseconds on the call's clock."""

    speaker: str
    mood: Mood
    score: float
    """From -1, unfriendly, to 1, friendly"""
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpeakerMood:
    """How a speaker sounds."""

    speaker: str
    mood: Mood
    score: float
    """Mean score of the sentences that are not neutral, from -1 to 1; 0 if there are none"""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How friendly speakers sound, by a heuristic."""

    speakers: tuple[SpeakerMood, ...]
    sentences: tuple[Feeling, ...]
    """The sentences that are not neutral, in order"""


def sentiment(said: Sequence[Sentence], language: Language) -> Sentiment | None:
    """Estimate how friendly speakers sound; None in other languages than English."""
    if language.code.partition("-")[0] != "en":
        return None
    feelings = tuple(each for each in map(_feeling, said) if each.mood is not Mood.NEUTRAL)
    return Sentiment(
        tuple(_of_speaker(name, feelings) for name in dict.fromkeys(each.speaker for each in said)), feelings
    )


def _of_speaker(speaker: str, feelings: Sequence[Feeling]) -> SpeakerMood:
    scores = [each.score for each in feelings if each.speaker == speaker]
    mean = round(sum(scores) / len(scores), 3) if scores else 0.0
    return SpeakerMood(speaker, mood_of(mean), mean)


def _feeling(sentence: Sentence) -> Feeling:
    total = sum(_weights([piece.bare.lower() for piece in sentence.pieces if piece.is_word]))
    score = round(total / (abs(total) + HALF), 3)
    return Feeling(sentence.speaker, mood_of(score), score, sentence.text, sentence.start, sentence.end)


def mood_of(score: float) -> Mood:
    """Name a score, from -1 to 1."""
    if abs(score) < CLEAR:
        return Mood.NEUTRAL
    return Mood.POSITIVE if score > 0 else Mood.NEGATIVE


def _weights(words: Sequence[str]) -> Iterator[float]:
    """Yield what each word of a sentence counts."""
    for at, word in enumerate(words):
        weight = WORDS.get(word, 0.0)
        if weight and not _is_polite(words, at):
            if at and words[at - 1] in DEGREES:
                weight *= STRENGTHENED
            is_negated = not NEGATIONS.isdisjoint(words[max(0, at - REACH) : at])
            yield -weight if is_negated else weight


def _is_polite(words: Sequence[str], at: int) -> bool:
    """Tell whether a word only greets, as in *good morning*, or only shows that somebody has understood."""
    is_greeting = words[at] in GREETING_WORDS and not GREETED.isdisjoint(words[at + 1 : at + 2])
    is_acknowledgement = at == 0 and WORDS[words[at]] > 0
    return is_greeting or is_acknowledgement
