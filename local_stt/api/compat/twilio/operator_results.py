"""Write what a transcript was about as the results of Twilio's language operators.  No I/O.

Source: https://www.twilio.com/docs/conversational-intelligence/api/transcript-operator-results-subresource
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from ....core.analysis import Analysis
from ....core.analysis.sentences import Sentence, sentences
from ....core.analysis.sentiment import mood_of
from ....core.call_record import Utterance
from ..submissions import Answer


@dataclass(frozen=True, slots=True)
class Operator:
    """A language operator: what it finds in a transcript."""

    name: str
    kind: str
    """Twilio's `operator_type`"""
    description: str
    find: Callable[[Analysis, Sequence[Sentence]], dict[str, Any]]
    """Returns the fields of its result that are not empty"""

    @property
    def sid(self) -> str:
        """Its SID, which is always the same."""
        return f"LY{hashlib.sha256(self.name.encode()).hexdigest()[:32]}"


def operator_answers(sid: str, analysis: Analysis, said: Sequence[Utterance], address: str) -> list[Answer]:
    """Write the results of all operators on a transcript; `address` is that of the list."""
    spoken = sentences(said)
    return [
        {
            "operator_type": each.kind,
            "name": each.name,
            "operator_sid": each.sid,
            "extract_match": None,
            "match_probability": None,
            "normalized_result": None,
            "utterance_results": [],
            "utterance_match": None,
            "predicted_label": None,
            "predicted_probability": None,
            "label_probabilities": {},
            "extract_results": {},
            "text_generation_results": None,
            "json_results": None,
            **each.find(analysis, spoken),
            "transcript_sid": sid,
            "url": f"{address}/{each.sid}",
        }
        for each in OPERATORS
    ]


def _summary(analysis: Analysis, _: Sequence[Sentence]) -> dict[str, Any]:
    text = " ".join(each.text for each in analysis.key_sentences)
    return {"text_generation_results": {"format": "text", "result": text}}


def _sentiment(analysis: Analysis, _: Sequence[Sentence]) -> dict[str, Any]:
    if analysis.sentiment is None:
        return {}
    scores = [each.score for each in analysis.sentiment.sentences]
    return {"predicted_label": str(mood_of(fmean(scores) if scores else 0.0))}


def _entities(analysis: Analysis, _: Sequence[Sentence]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for each in analysis.entities:
        text = f"[{each.policy.upper()}]" if each.is_redacted else each.text
        found.setdefault(each.policy, []).append(text)
    return {"extract_match": bool(found), "extract_results": found}


def _phrases(analysis: Analysis, _: Sequence[Sentence]) -> dict[str, Any]:
    found = [each.text for each in analysis.key_phrases]
    return {"extract_match": bool(found), "extract_results": {"key_phrases": found} if found else {}}


def _topics(analysis: Analysis, spoken: Sequence[Sentence]) -> dict[str, Any]:
    found = [
        {
            "utterance_index": index,
            "label": alert.topic,
            "text": sentence.text,
            "start_time": sentence.start / 1000,
            "end_time": sentence.end / 1000,
        }
        for index, sentence in enumerate(spoken)
        for alert in analysis.alerts
        if alert.speaker == sentence.speaker and sentence.start <= alert.start < sentence.end
    ]
    return {"utterance_match": bool(found), "utterance_results": found}


OPERATORS = (
    Operator(
        "Conversation Summary",
        "text-generation",
        "Key sentences in the words of the speakers: an extractive summary.",
        _summary,
    ),
    Operator(
        "Sentiment Analysis",
        "conversation-classify",
        "How friendly the conversation sounds, in English: a heuristic.",
        _sentiment,
    ),
    Operator("Entity Recognition", "pii-extract", "Private values, by what they are.", _entities),
    Operator("Key Phrases", "extract", "The phrases that say most.", _phrases),
    Operator(
        "Topics",
        "utterance-classify",
        "Sentences with a phrase of the topics that LOCAL_STT_ALERTS lists.",
        _topics,
    ),
)
"""The operators that every transcript has, the summary first, as programs expect"""
