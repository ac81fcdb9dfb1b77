"""Measure a conversation: who speaks for how long, where nobody does, and where two do."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..call_record import LineKind, Utterance, speaker_of
from ..formats import milliseconds

MIN_SILENCE = 2000
"""Milliseconds in which nobody speaks, above which they are a silence"""

MIN_OVERLAP = 300
"""Milliseconds in which two speak, above which they are an overlap"""

BACKCHANNEL = 2
"""Words of the longest utterance, such as `mhm` or `i see`, that only shows that somebody listens"""


@dataclass(frozen=True, slots=True)
class Interval:
    """A part of a call.  Times are milliseconds on its clock."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Its length in milliseconds"""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Interruption:
    """An utterance that begins while another speaker speaks and ends after that.  Times are milliseconds."""

    speaker: str
    """The one who interrupts"""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpeakerStatistics:
    """What one speaker's part in a call is.  Times are milliseconds."""

    speaker: str
    track: str
    talk_time: int
    talk_share: float
    """Share of the time that all speakers talk in sum, from 0 to 1"""
    listen_share: float
    """The other speakers' share of it"""
    words: int
    words_per_minute: float
    """Words for each minute of the talk time"""
    longest_monologue: Interval | None
    """Longest part with pauses of two seconds at most, in which others say no more than backchannels"""
    interruptions: int
    """Number of times that this speaker interrupts another"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a call was like."""

    speakers: tuple[SpeakerStatistics, ...]
    silences: tuple[Interval, ...]
    """Parts of more than two seconds, between what is said, in which nobody speaks"""
    overlaps: tuple[Interval, ...]
    """Parts of more than 0.3 seconds in which two or more speak"""
    interruptions: tuple[Interruption, ...]


@dataclass(frozen=True, slots=True)
class _Speech:
    """What one speaker said without a pause."""

    track: str
    interval: Interval
    words: int

    @property
    def is_backchannel(self) -> bool:
        return self.words <= BACKCHANNEL


def statistics(tracks: Iterable[str], said: Sequence[Utterance]) -> Statistics:
    """Measure a call.  `tracks` are those of the call; one without a word is a speaker too."""
    speech = sorted(_speech(said), key=lambda each: (each.interval.start, each.interval.end))
    names = dict.fromkeys([*tracks, *(each.track for each in speech)])
    talk = {name: _joined(each.interval for each in speech if each.track == name) for name in names}
    unknown = [_interval(each) for each in said if each.kind in (LineKind.GAP, LineKind.SET_ASIDE)]
    heard = _levels([*talk.values(), _joined(unknown)])
    silences = (each for each in _where(heard, lambda level: level == 0) if _is_within(each, speech))
    interruptions = _interruptions(speech)
    return Statistics(
        tuple(_of_speaker(name, talk, speech, interruptions) for name in names),
        tuple(_longer(silences, MIN_SILENCE)),
        tuple(_longer(_where(_levels(talk.values()), lambda level: level > 1), MIN_OVERLAP)),
        tuple(
            Interruption(speaker_of(each.track), each.interval.start, each.interval.end)
            for each in interruptions
        ),
    )


def _speech(said: Iterable[Utterance]) -> Iterator[_Speech]:
    for each in said:
        if each.kind is LineKind.SPEECH:
            words = sum(len(word.text.split()) for word in each.words) or len(each.text.split())
            yield _Speech(each.track, _interval(each), words)


def _interval(line: Utterance) -> Interval:
    return Interval(milliseconds(line.start), milliseconds(line.end))


def _of_speaker(
    track: str,
    talk: dict[str, list[Interval]],
    speech: Sequence[_Speech],
    interruptions: Iterable[_Speech],
) -> SpeakerStatistics:
    own = _sum(talk[track])
    whole = sum(map(_sum, talk.values()))
    words = sum(each.words for each in speech if each.track == track)
    return SpeakerStatistics(
        speaker_of(track),
        track,
        own,
        round(own / whole, 3) if whole else 0.0,
        round((whole - own) / whole, 3) if whole else 0.0,
        words,
        round(words * 60_000 / own, 1) if own else 0.0,
        max(_monologues(track, speech), key=lambda each: each.length, default=None),
        sum(each.track == track for each in interruptions),
    )


def _sum(intervals: Iterable[Interval]) -> int:
    return sum(each.length for each in intervals)


def _monologues(track: str, speech: Sequence[_Speech]) -> Iterator[Interval]:
    """Yield the parts in which a speaker goes on, with short pauses and no words of others between them."""
    current: Interval | None = None
    for each in speech:
        if each.track != track:
            if current and not each.is_backchannel:
                yield current
                current = None
        elif current and each.interval.start - current.end <= MIN_SILENCE:
            current = replace(current, end=max(current.end, each.interval.end))
        else:
            if current:
                yield current
            current = each.interval
    if current:
        yield current


def _interruptions(speech: Sequence[_Speech]) -> list[_Speech]:
    found: list[_Speech] = []
    going_on: list[_Speech] = []
    for each in speech:
        going_on = [other for other in going_on if other.interval.end > each.interval.start]
        if not each.is_backchannel and any(_interrupts(each, other) for other in going_on):
            found.append(each)
        going_on.append(each)
    return found


def _interrupts(speech: _Speech, other: _Speech) -> bool:
    begun, spoken = speech.interval, other.interval
    return speech.track != other.track and spoken.start < begun.start < spoken.end < begun.end


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Sort intervals, and make those that touch one another one."""
    found: list[Interval] = []
    for each in sorted(intervals, key=lambda each: each.start):
        if found and each.start <= found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def _levels(speakers: Iterable[Iterable[Interval]]) -> list[tuple[int, int]]:
    """List the moments at which the number of speakers changes, each with the number from then on."""
    changes: Counter[int] = Counter()
    for intervals in speakers:
        for each in intervals:
            changes[each.start] += 1
            changes[each.end] -= 1
    level, found = 0, []
    for at in sorted(changes):
        level += changes[at]
        found.append((at, level))
    return found


def _where(levels: Sequence[tuple[int, int]], fits: Callable[[int], bool]) -> list[Interval]:
    """Return the parts between the first and the last moment in which the number of speakers fits."""
    parts = pairwise(levels)
    return _joined(Interval(start, end) for (start, level), (end, _) in parts if fits(level))


def _is_within(interval: Interval, speech: Sequence[_Speech]) -> bool:
    """Tell whether something is said before an interval and after it."""
    return bool(speech) and (
        speech[0].interval.start < interval.start and interval.end < max(each.interval.end for each in speech)
    )


def _longer(intervals: Iterable[Interval], than: int) -> Iterator[Interval]:
    return (each for each in intervals if each.length > than)
