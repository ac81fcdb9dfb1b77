"""Reads files, gives their sections to an engine and joins what it hears."""

import functools
from collections.abc import Callable, Sequence
from typing import Self

from ..audio import PHONE_RATE, Source, pcm_of_channels
from ..audio_file import AudioFile
from ..core.call_record import SPEAKERS, Utterance, utterance_of
from ..core.segmenter import Cutter, section_seconds
from ..engine import Engine, OnFatal, cores
from ..errors import LocalSttError
from ..events import AudioSetAside, Event, FinalText
from ..model_files import read_traits
from .channel import Section, Speaker

Report = Callable[[float], None]
"""Told several times a second how many seconds of files are recognized; what it raises ends the work"""

POLL_SECONDS = 0.05
"""While there is nothing to do but to wait"""

MAX_SECTIONS_PER_CORE = 3
"""Sections a core that wait or are recognized, so that no worker runs out of them"""


class Transcription:
    """What is said in a file, as far as it is recognized.  Times are seconds of the file."""

    def __init__(self, name: str, channels: Sequence[str]) -> None:
        self.name, self.channels = name, tuple(channels)
        self.end = 0.0
        """How far it was read"""
        self.sections: list[Section] = []

    @property
    def is_done(self) -> bool:
        """Whether every word is there."""
        return all(section.is_done() for section in self.sections)

    def utterances(self) -> list[Utterance]:
        """What was said, by when it began."""
        said = [utterance_of(each) for each in self._events() if isinstance(each, FinalText)]
        return sorted(said, key=lambda each: (each.start, self.channels.index(each.track)))

    def lines(self) -> list[Utterance]:
        """What was said, and what could not be recognized, by when it began."""
        aside = [utterance_of(each) for each in self.set_aside()]
        return sorted(self.utterances() + aside, key=lambda each: each.start)

    def set_aside(self) -> list[AudioSetAside]:
        """The stretches that no recognizer survived; their words are missing."""
        return [each for each in self._events() if isinstance(each, AudioSetAside)]

    def _events(self) -> list[Event]:
        return [event for section in self.sections for event in section.events]


class Transcriber:
    """Files to text, with a model that is loaded once.  Belongs to one thread, whatever others there are.

    Leaving its `with` ends all work at once.
    """

    def __init__(self, start: Callable[[OnFatal], Engine]) -> None:
        """`start` gives the engine, by `start_engine` for one; what it raises is raised."""
        self.report: Report = lambda _: None
        self._failure: LocalSttError | None = None
        self._recognized = 0.0  # seconds of files, of sections that are done
        self._pending: list[tuple[Section, int]] = []  # each with how many speakers its file has
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
        """Read a file, from one second to another.  Its last sections may be recognized later.

        `channels` says who is heard on each, where that is known better than by their number, and
        where they are not one because all carry the same.

        Raises `AudioFileError` for a file that cannot be read, `ModelError` when no recognizer can
        be had any more.
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
        """Until every word of it is there.  Raises `ModelError` when no recognizer can be had any more."""
        for section in transcription.sections:
            while not section.is_done(POLL_SECONDS):
                self._collect()
        self._collect()

    def _begin_section(self, transcription: Transcription, channel: str, cutter: Cutter) -> Section:
        """As soon as there are not too many."""
        speakers = len(transcription.channels)
        while len(self._pending) >= MAX_SECTIONS_PER_CORE * cores() + speakers:
            self._pending[0][0].is_done(POLL_SECONDS)
            self._collect()
        section = Section(self._engine, transcription.name, channel, cutter)
        transcription.sections.append(section)
        self._pending.append((section, speakers))
        return section

    def _collect(self) -> None:
        """Let go of what is done, and tell how far it has come.  Raises what there is to be raised."""
        if self._failure:
            raise self._failure
        done = [each for each in self._pending if each[0].is_done()]
        self._pending = [each for each in self._pending if each not in done]
        self._recognized += _seconds(done)
        self.report(self._recognized + _seconds(self._pending))

    def _fail(self, error: LocalSttError) -> None:
        self._failure = error


def channel_names(channels: int) -> tuple[str, ...]:
    """What the channels of a file are called: two are the sides of a call, the caller first."""
    if channels == 1:
        return ("speaker",)
    if channels == len(SPEAKERS):
        return tuple(SPEAKERS)
    return tuple(f"channel {number}" for number in range(1, channels + 1))


def _seconds(sections: Sequence[tuple[Section, int]]) -> float:
    """Of files: those of one speaker count as much as there are fewer."""
    return sum(section.seconds / speakers for section, speakers in sections)
