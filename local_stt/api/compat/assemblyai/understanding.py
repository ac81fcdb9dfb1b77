"""Write what a transcript was about as AssemblyAI's audio intelligence does.  No I/O.

All of it is computed from the words by rules, as for the analysis of a call.

Source: https://www.assemblyai.com/docs/api-reference/transcripts/get
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ....core.analysis.entities import entities
from ....core.analysis.phrases import key_phrases
from ....core.analysis.sentences import Sentence, sentences
from ....core.analysis.sentiment import Mood, sentiment
from ....core.analysis.summary import KeySentence, key_sentences
from ....core.call_record import Utterance
from ....core.formatting import Language
from ..submissions import Answer

NOT_FOUND = ("auto_chapters", "content_safety", "iab_categories", "speaker_labels")
"""Options whose results need a model that is not here"""

ONE_SENTENCE = ("headline", "gist")
"""Values of `summary_type` for the key sentence that says most"""

NOTHING: Answer = dict.fromkeys(
    (
        "auto_highlights_result",
        "chapters",
        "content_safety_labels",
        "entities",
        "iab_categories_result",
        "sentiment_analysis_results",
        "summary",
    )
)
"""The results of a transcript for which none were asked, or which is not done"""


def results(
    shown: Mapping[str, Any], said: Sequence[Utterance], language: Language, channels: Mapping[str, str]
) -> Answer:
    """Write the results that were asked for; `channels` are those of tracks, empty where they were mixed."""
    spoken = sentences(said)
    found = dict(NOTHING)
    if shown.get("auto_highlights"):
        found["auto_highlights_result"] = _highlights(spoken, language)
    if shown.get("entity_detection"):
        found["entities"] = _entities(said, language)
    if shown.get("sentiment_analysis"):
        found["sentiment_analysis_results"] = _sentiments(spoken, language, channels)
    if shown.get("summarization"):
        found["summary"] = _summary(key_sentences(spoken, language), shown.get("summary_type"))
    return found


def warnings(shown: Mapping[str, Any]) -> list[Answer]:
    """Write which results are missing though they were asked for."""
    missing = [name for name in NOT_FOUND if shown.get(name)]
    return [{"message": f"{name}: there is no model for it here, so there is no result."} for name in missing]


def _highlights(spoken: Sequence[Sentence], language: Language) -> Answer:
    found = [
        {
            "count": len(phrase.places),
            "rank": phrase.rank,
            "text": phrase.text,
            "timestamps": [{"start": place.start, "end": place.end} for place in phrase.places],
        }
        for phrase in key_phrases(spoken, language)
    ]
    return {"status": "success", "results": found}


def _entities(said: Sequence[Utterance], language: Language) -> list[Answer]:
    return [
        {
            "entity_type": each.policy,
            "text": f"[{each.policy.upper()}]" if each.is_redacted else each.text,
            "start": each.start,
            "end": each.end,
        }
        for each in entities(said, language)
    ]


def _sentiments(
    spoken: Sequence[Sentence], language: Language, channels: Mapping[str, str]
) -> list[Answer] | None:
    """Write how each sentence sounds; None in other languages than English."""
    found = sentiment(spoken, language)
    if found is None:
        return None
    felt = {(each.speaker, each.start, each.end): each for each in found.sentences}
    written = []
    for sentence in spoken:
        feeling = felt.get((sentence.speaker, sentence.start, sentence.end))
        mood, score = (feeling.mood, abs(feeling.score)) if feeling else (Mood.NEUTRAL, 1.0)
        channel = channels.get(sentence.track)
        written.append(
            {
                "text": sentence.text,
                "start": sentence.start,
                "end": sentence.end,
                "sentiment": mood.upper(),
                "confidence": score,
                "speaker": channel,
                "channel": channel,
            }
        )
    return written


def _summary(best: Sequence[KeySentence], kind: object) -> str:
    """Write the key sentences as a summary of a kind: a list, a paragraph, or the one that says most."""
    if kind in ONE_SENTENCE:
        return max(best, key=lambda each: each.rank).text if best else ""
    if kind == "paragraph":
        return " ".join(each.text for each in best)
    return "\n".join(f"- {each.text}" for each in best)
