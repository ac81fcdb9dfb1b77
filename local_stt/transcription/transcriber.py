"""Read files, give their sections to an engine and join what it recognizes."""

import functools
from collections.abc import Callable, Sequence
from typing import Self

from ..audio import PHONE_RATE, Source, pcm_of_channels
from ..audio_file import AudioFile
from ..core.call_record import SPEAKERS, Utterance, utterance_of
from ..core.segmenter import Cutter, section_seconds
from ..engine import Engine, OnFatal, cores
from ..errors import LocalSttError
from ..events import AudioSetAside, FinalText, TrackEvent
from ..model_files import read_traits
from .channel import Section, Speaker

Report = Callable[[float], None]
"""Function that gets the recognized seconds of files several times a second; what it raises ends the work"""

POLL_SECONDS = 0.05
"""Seconds between looks, while there is nothing to do but wait"""

MAX_SECTIONS_PER_CORE = 3
"""Sections that wait or are recognized, for each core, so that no worker runs out of them"""


class Transcription:
    """What is said in a file, as far as it is recognized.  Times are seconds of the file."""

    def __init__(self, name: str, channels: Sequence[str]) -> None:
        self.name, self.channels = name, tuple(channels)
        self.end = 0.0
        """End of what was read of the file, in seconds"""
        self.sections: list[Section] = []

    @property
    def is_done(self) -> bool:
        """Whether every word is there."""
        return all(section.is_done() for section in self.sections)

    def utterances(self) -> list[Utterance]:
        """List what was said, sorted by when it began."""
        said = [utterance_of(each) for each in self._events() if isinstance(each, FinalText)]
        return sorted(said, key=lambda each: (each.start, self.channels.index(each.track)))

    def lines(self) -> list[Utterance]:
        """List what was said and what could not be recognized, sorted by when it began."""
        aside = [utterance_of(each) for each in self.set_aside()]
        return sorted(self.utterances() + aside, key=lambda each: each.start)

    def set_aside(self) -> list[AudioSetAside]:
        """List the audio set aside, whose words are missing."""
        return [each for each in self._events() if isinstance(each, AudioSetAside)]

    def _events(self) -> list[TrackEvent]:
        return [event for section in self.sections for event in section.events]


class Transcriber:
    """A model, loaded once, that turns files into text.  Only one thread may use it.

    The end of its `with` block ends all work at once.
    """

    def __init__(self, start: Callable[[OnFatal], Engine]) -> None:
        """Start the engine with `start`, for example by `start_engine`.  Raises what `start` raises."""
        self.report: Report = lambda _: None
        self._failure: LocalSttError | None = None
        self._recognized = 0.0  # seconds of files, in sections that are done
        self._reported = 0.0
        self._pending: list[tuple[Section, int]] = []  # each with the number of speakers in its file
        self._engine = start(self._fail)
        self._adapts = read_traits(self._engine.ready.folder).adapts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._engine.ready.folder.name

    def start(
        self,
        file: AudioFile,
        since: float = 0.0,
        until: float | None = None,
        channels: Sequence[str] = (),
    ) -> Transcription:
        """Read a file from second `since` to second `until`; its last sections may be recognized later.

        `channels` names the speaker of each channel, if that is known better than from their number.  It is
        ignored if the file has another number of channels: channels that all carry the same are one.

        Raises `AudioFileError` for a file that cannot be read, `ModelError` when no recognizer can be had
        any more.
        """
        if len(channels) != file.channels:
            channels = channel_names(file.channels)
        transcription = Transcription(file.name, channels)
        source = Source.PHONE_FILE if file.rate <= PHONE_RATE else Source.FILE
        start = source.position(since)
        length = min(file.seconds, until or file.seconds) - since
        section = section_seconds(length, cores(), adapts=self._adapts)
        speakers = [
            Speaker(
                Cutter(start, section, source, adapts=self._adapts),
                functools.partial(self._begin_section, transcription, channel),
            )
            for channel in transcription.channels
        ]
        for samples in file.read(source.rate, since, until):
            for speaker, pcm in zip(speakers, pcm_of_channels(samples), strict=True):
                speaker.push(pcm)
            self._collect()
        for speaker in speakers:
            speaker.finish()
        transcription.end = source.seconds(speakers[0].position)
        return transcription

    def wait(self, transcription: Transcription) -> None:
        """Wait until every word is there.  Raises `ModelError` when no recognizer can be had any more."""
        for section in transcription.sections:
            while not section.is_done(POLL_SECONDS):
                self._collect()
        self._collect()

    def _begin_section(self, transcription: Transcription, channel: str, cutter: Cutter) -> Section:
        """Begin a section, as soon as there are not too many."""
        speakers = len(transcription.channels)
        while len(self._pending) >= MAX_SECTIONS_PER_CORE * cores() + speakers:
            self._pending[0][0].is_done(POLL_SECONDS)
            self._collect()
        section = Section(self._engine, transcription.name, channel, cutter)
        transcription.sections.append(section)
        self._pending.append((section, speakers))
        return section

    def _collect(self) -> None:
        """Remove sections that are done, and report the progress.  Raises the failure of the engine."""
        if self._failure:
            raise self._failure
        done = [each for each in self._pending if each[0].is_done()]
        self._pending = [each for each in self._pending if each not in done]
        self._recognized += _seconds(done)
        # Sums of the same seconds differ by their order, and progress never goes back.
        self._reported = max(self._reported, self._recognized + _seconds(self._pending))
        self.report(self._reported)

    def _fail(self, error: LocalSttError) -> None:
        self._failure = error


def channel_names(channels: int) -> tuple[str, ...]:
    """Name the channels of a file: two are the sides of a call, the caller first."""
    if channels == 1:
        return ("speaker",)
    if channels == len(SPEAKERS):
        return tuple(SPEAKERS)
    return tuple(f"channel {number}" for number in range(1, channels + 1))


def _seconds(sections: Sequence[tuple[Section, int]]) -> float:
    """Sum the recognized seconds of files: a section counts for its share of the file's speakers."""
    return sum(section.seconds / speakers for section, speakers in sections)
