"""What a kept call was about, and what it was like.  Nothing that is redacted appears in it.

statistics      who speaks for how long, silences, overlaps and interruptions
phrases         key phrases
summary         key sentences: an extractive summary
├── sentences       what was said, cut into sentences
└── function_words  words that say nothing of what a call is about
entities        private values by policy
alerts          the words and phrases that a user wants to be informed of
sentiment       how friendly sentences sound: a heuristic
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..call_record import CallRecord, Utterance
from ..formatting import Language
from .alerts import AlertFinder, AlertRule, FoundAlert, alerts_in, found_alerts
from .entities import Entity, entities
from .phrases import KeyPhrase, key_phrases
from .sentences import sentences
from .sentiment import Sentiment, sentiment
from .statistics import Statistics, statistics
from .summary import KeySentence, key_sentences

__all__ = ["AlertFinder", "AlertRule", "Analysis", "alerts_in", "analysis_to_dict", "analyze"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis of a kept call.  All times are milliseconds on the call's clock."""

    statistics: Statistics
    key_phrases: tuple[KeyPhrase, ...]
    """The phrases that say most, those first"""
    key_sentences: tuple[KeySentence, ...]
    """An extractive summary: sentences of the speakers, in order"""
    entities: tuple[Entity, ...]
    """Private values, in order"""
    sentiment: Sentiment | None
    """How friendly the speakers sound; None unless it was asked for, or in other languages than English"""
    alerts: tuple[FoundAlert, ...]
    """The phrases of the user's topics that were said, in order"""


def analyze(
    call: CallRecord,
    said: Sequence[Utterance],
    language: Language,
    alerts: AlertFinder,
    *,
    with_sentiment: bool = False,
) -> Analysis:
    """Analyze a call from what was said, with its tokens where the text is formatted."""
    spoken = sentences(said)
    return Analysis(
        statistics(call.tracks, said),
        tuple(key_phrases(spoken, language)),
        tuple(key_sentences(spoken, language)),
        tuple(entities(said, language)),
        sentiment(spoken, language) if with_sentiment else None,
        tuple(found_alerts(said, alerts)),
    )


def analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """Convert an analysis to its JSON form."""
    return asdict(analysis)
