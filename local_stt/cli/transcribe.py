"""`local_stt transcribe`"""

import contextlib
import logging
import re
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ..audio_file import AudioFile, open_audio, open_stream
from ..config import Settings
from ..errors import AudioFileError, CallError
from ..formats import FORMATS
from ..model_choice import open_engine
from ..progress import progress_of_audio
from ..store import DatabaseError, Store, now, open_store
from ..terminal import PlainView, printable
from ..transcript import CHARS_PER_CAPTION
from ..transcription import Transcriber, Transcription, as_call, id_of, missing
from .options import load_settings, setting_options
from .transcripts import CAN_FOLLOW_EACH_OTHER, Transcripts

STANDARD_INPUT = "-"


class _Moment(click.ParamType[float]):
    """A time in a file: seconds, or minutes and seconds, or hours too, with colons between."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        if not re.fullmatch(r"(\d{1,6}:){0,2}\d{1,9}(\.\d{1,9})?", text, re.ASCII):
            self.fail(f"{text!r} is not a time in seconds, such as 90, 1:30 or 0:01:30.5", param, ctx)
        seconds = 0.0
        for part in text.split(":"):
            seconds = 60 * seconds + float(part)
        return seconds


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "name", type=click.Choice(list(FORMATS)), default="txt", show_default=True)
@click.option("--output-dir", type=click.Path(file_okay=False, path_type=Path), help="a file for each there")
@click.option("--overwrite", is_flag=True, help="also files that are there already")
@click.option("--from", "since", type=_Moment(), default="0", help="begin there: 90, 1:30 or 0:01:30.5")
@click.option("--to", "until", type=_Moment(), help="end there")
@click.option(
    "--chars-per-caption",
    type=click.IntRange(1, 1000),
    default=CHARS_PER_CAPTION,
    show_default=True,
    help="for srt and vtt",
)
@setting_options("model", "models_dir", "words", "gate", "workers", "keep_calls", "data_dir")
def transcribe(
    files: tuple[str, ...],
    name: str,
    output_dir: Path | None,
    overwrite: bool,
    since: float,
    until: float | None,
    chars_per_caption: int,
    **options: object,
) -> None:
    """Audio FILES as text: WAV, FLAC, MP3 or OGG, - for standard input. Two channels are two speakers."""
    if until is not None and until <= since:
        raise click.UsageError("--to must be later than --from.")
    if len(files) > 1 and not output_dir and name not in CAN_FOLLOW_EACH_OTHER:
        raise click.UsageError(f"{name} of several files needs --output-dir.")
    settings = replace(load_settings(**options), keep_bad_audio=False)  # which the user has
    logging.getLogger("local_stt").addHandler(logging.NullHandler())  # what it comes to is told of each file
    transcripts = Transcripts(name, chars_per_caption, output_dir, overwrite=overwrite)
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(_opened(settings)) if settings.keep_calls else None
        transcriber = stack.enter_context(
            Transcriber(lambda give_up: open_engine(settings, PlainView(None), give_up, live=False))
        )
        run = _Run(transcriber, settings, store, transcripts, since, until)
        report = stack.enter_context(progress_of_audio("Transcribing"))
        total = sum(_seconds(file, since, until) for file in files)
        transcriber.report = lambda done: report(done, max(done, total))
        run.all(files)
    if run.failed:
        raise click.exceptions.Exit(2)


@dataclass(frozen=True, slots=True)
class _Work:
    """A file that has been read."""

    name: str
    output: Path | None
    call_id: str
    transcription: Transcription


class _Run:
    """Transcribes one file after the other; the end of one overlaps with the beginning of the next.

    A file that cannot be transcribed is told of, and the others are.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        settings: Settings,
        store: Store | None,
        transcripts: Transcripts,
        since: float,
        until: float | None,
    ) -> None:
        self._transcriber, self._store, self._transcripts = transcriber, store, transcripts
        self._model, self._phrases = transcriber.model, settings.words
        self._since, self._until = since, until
        self.failed = False

    def all(self, files: tuple[str, ...]) -> None:
        """Every file's transcript, in their order."""
        under_way: deque[_Work] = deque()
        for file in files:
            with self._told():
                under_way.append(self._begin(file))
            while under_way and under_way[0].transcription.is_done:
                self._finish(under_way.popleft(), several=len(files) > 1)
        while under_way:
            self._transcriber.wait(under_way[0].transcription)
            self._finish(under_way.popleft(), several=len(files) > 1)

    def _begin(self, file: str) -> _Work:
        name = "standard input" if file == STANDARD_INPUT else file
        output = self._transcripts.claim(name)
        with _opened_audio(file, name) as audio:
            call_id = id_of(audio.digest(), self._model, self._phrases, self._since, self._until)
            transcription = self._transcriber.begin(audio, self._since, self._until)
            if audio.shortfall:
                _say(f"{audio.shortfall} What is there is transcribed.")
        return _Work(name, output, call_id, transcription)

    def _finish(self, work: _Work, *, several: bool) -> None:
        for gone in missing(work.transcription):
            _say(gone)
        call = as_call(
            work.transcription, Path(work.name).name, call_id=work.call_id, model=self._model, at=now()
        )
        said = work.transcription.utterances()
        with self._told():
            self._transcripts.put(work.output, call, said, printable(work.name) if several else "")
        if not self._store:
            return
        try:
            already = "" if self._store.keep(call, said) else " already"
            _say(f"{work.name} is kept{already} as {call.call_id}.")
        except DatabaseError as error:
            self._fail(f"{work.name} could not be kept: {getattr(error, 'orig', None) or error}.")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What is wrong with one file does not keep the others from being transcribed."""
        try:
            yield
        except (AudioFileError, CallError) as error:
            self._fail(str(error))

    def _fail(self, why: str) -> None:
        _say(f"Error: {why}")
        self.failed = True


def _say(text: str) -> None:
    click.echo(printable(text), err=True)


def _seconds(file: str, since: float, until: float | None) -> float:
    """How much of a file there is to do, as far as is known before it is read."""
    path = Path(file)
    if file == STANDARD_INPUT or not path.is_file():
        return 0.0
    try:
        with open_audio(path) as audio:
            return max(0.0, min(audio.seconds, until or audio.seconds) - since)
    except AudioFileError:
        return 0.0


def _opened_audio(file: str, name: str) -> contextlib.AbstractContextManager[AudioFile]:
    if file == STANDARD_INPUT:
        return open_stream(name, sys.stdin.buffer)
    return open_audio(Path(file))


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    with contextlib.closing(open_store(settings.data_dir, settings.database_url)) as store:
        yield store
