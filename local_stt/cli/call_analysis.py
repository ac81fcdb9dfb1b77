"""Lines for people about the analysis of a call."""

from collections.abc import Iterator

from ..console.terminal import one_line
from ..core.analysis import Analysis
from ..core.analysis.sentiment import Sentiment
from ..core.analysis.statistics import SpeakerStatistics, Statistics


def lines_of(analysis: Analysis) -> Iterator[str]:
    """Yield the lines that show an analysis; what has nothing in it has no lines."""
    yield from _statistics(analysis.statistics)
    if analysis.key_phrases:
        yield f"key phrases: {', '.join(one_line(each.text) for each in analysis.key_phrases)}"
    if analysis.key_sentences:
        yield "key sentences (an extractive summary):"
        for sentence in analysis.key_sentences:
            yield f"  {clock(sentence.start)} {sentence.speaker}: {one_line(sentence.text)}"
    if analysis.entities:
        yield "entities:"
        for entity in analysis.entities:
            text = "redacted" if entity.is_redacted else one_line(entity.text)
            yield f"  {clock(entity.start)} {entity.speaker}: {entity.policy}: {text}"
    if analysis.sentiment:
        yield from _sentiment(analysis.sentiment)
    if analysis.alerts:
        yield "alerts:"
        for alert in analysis.alerts:
            yield f"  {clock(alert.start)} {alert.speaker}: {one_line(alert.topic)}: {one_line(alert.phrase)}"


def clock(milliseconds: int) -> str:
    """Write a time on a call as minutes and seconds."""
    return f"{milliseconds // 60_000}:{milliseconds // 1000 % 60:02}"


def _statistics(statistics: Statistics) -> Iterator[str]:
    for speaker in statistics.speakers:
        yield ", ".join(_of_speaker(speaker))
    yield (
        f"silences of more than 2 s: {len(statistics.silences)}, overlaps of more than 0.3 s: "
        f"{len(statistics.overlaps)}, interruptions: {len(statistics.interruptions)}"
    )


def _of_speaker(speaker: SpeakerStatistics) -> Iterator[str]:
    yield f"{speaker.speaker}: talks {_seconds(speaker.talk_time)} ({speaker.talk_share:.0%})"
    yield f"listens {speaker.listen_share:.0%}"
    yield f"{speaker.words} words ({speaker.words_per_minute:.0f} a minute)"
    if speaker.longest_monologue:
        yield f"longest monologue {_seconds(speaker.longest_monologue.length)}"
    yield f"interrupts {speaker.interruptions} times"


def _sentiment(sentiment: Sentiment) -> Iterator[str]:
    yield "sentiment (a heuristic):"
    for speaker in sentiment.speakers:
        yield f"  {speaker.speaker}: {speaker.mood} ({speaker.score:+.2f})"
    for each in sentiment.sentences:
        yield f"  {clock(each.start)} {each.speaker}: {each.mood}: {one_line(each.text)}"


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f} s"
