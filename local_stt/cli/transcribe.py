"""`local-stt transcribe`"""

import contextlib
import logging
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ..audio_file import AudioFile
from ..config.parsers import phone_number
from ..config.settings import Settings
from ..console.progress import progress_of_audio
from ..console.terminal import PlainView, notices_shown, one_line
from ..core.call_record import CallRecord, Utterance
from ..core.captions import CHARS_PER_CAPTION
from ..core.formats import FORMATS
from ..core.privacy import FileRedaction, redacted_lines
from ..core.readable import formatted, with_tokens
from ..errors import AudioFileError, CallError, NoSuchCall, StoreError, TelephonyError
from ..service.engines import open_engine
from ..store import Store, now
from ..telephony.recordings import TwilioRecording
from ..transcription import (
    Transcriber,
    Transcription,
    call_id_of_file,
    call_of_file,
    completed_call,
    missing_words,
)
from ..transcription.save import save_with_audio
from .groups import Command
from .options import Day, PathName, load_settings, setting_options
from .transcribe_cluster import HOSTS_OWN, cancel_all, transcribe_by_hosts
from .transcribe_inputs import Inputs, Request, seconds_of
from .transcribe_outputs import CAN_FOLLOW_EACH_OTHER, Transcripts, opened_store, say
from .transcribe_text import FileText

MAX_OPEN = 100
"""Files that may be open at once"""

FIRST_DAY = date(2008, 1, 1)
"""Twilio has no older recordings"""


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


class _Number(click.ParamType[str]):
    """A phone number in international form, or an address of another kind that Twilio has calls of."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if re.fullmatch(r"(sips?|client|whatsapp):[!-~]{1,200}", str(value), re.IGNORECASE):
            return str(value)
        try:
            return phone_number(str(value))
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


@click.command(cls=Command)
@click.argument("files", nargs=-1)
@click.option(
    "--recordings-of", "number", type=_Number(), help="recordings at Twilio of all calls from or to a number"
)
@click.option("--since", "day", type=Day(), help="recordings of calls on that day or later")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS)),
    default="txt",
    show_default=True,
    help="format of the transcripts",
)
@click.option(
    "--output-dir",
    type=PathName(file_okay=False, path_type=Path),
    help="folder in which each input gets a file",
)
@click.option("--overwrite", is_flag=True, help="replace files that are there already")
@click.option(
    "--from", "since", type=_Moment(), default="0", help="begin at that time: 90, 1:30 or 0:01:30.5"
)
@click.option("--to", "until", type=_Moment(), help="end at that time")
@click.option("--mono", is_flag=True, help="mix all channels into one speaker")
@click.option("--cluster", is_flag=True, help="have the files transcribed by all hosts that run `work`")
@click.option(
    "--cancel", is_flag=True, help="with --cluster: withdraw the files, as far as they are not done"
)
@click.option(
    "--chars-per-caption",
    type=click.IntRange(1, 1000),
    default=CHARS_PER_CAPTION,
    show_default=True,
    help="length of captions, for srt and vtt",
)
@setting_options(
    "language",
    "model",
    "models_dir",
    "words",
    "upper_band",
    "gate",
    "redact",
    "workers",
    "format_text",
    "spelling",
    "key_terms",
    "punctuation",
    "fillers",
    "filter_profanity",
    "keep_calls",
    "keep_audio",
    "data_dir",
)
def transcribe(
    files: tuple[str, ...],
    number: str | None,
    day: date | None,
    name: str,
    output_dir: Path | None,
    overwrite: bool,
    since: float,
    until: float | None,
    mono: bool,
    chars_per_caption: int,
    cluster: bool,
    cancel: bool,
    **options: object,
) -> None:
    """Transcribe audio FILES, or recordings that Twilio has.

    Files are WAV, FLAC, MP3, OGG, AIFF, AU or, if ffmpeg is installed, of nearly any kind; - is standard
    input.  A recording is named by its SID.  Each channel is a speaker, unless all carry the same audio.

    \b
    Examples:
      local-stt transcribe meeting.mp3
      local-stt transcribe --format srt --output-dir captions *.wav
      local-stt transcribe --recordings-of +15551234567 --since 2026-01-01
      local-stt transcribe --cluster --output-dir texts archive/*.mp3
    """
    if bool(files) == bool(number):
        raise click.UsageError("Name the FILES to transcribe, or --recordings-of a number.")
    if bool(number) != bool(day):
        raise click.UsageError(
            "--recordings-of needs --since, the day of the first call, and --since needs it."
        )
    if number and (since or until is not None):
        raise click.UsageError("--recordings-of transcribes whole recordings: leave out --from and --to.")
    if until is not None and until <= since:
        raise click.UsageError("--to must be later than --from.")
    if (len(files) > 1 or number) and not output_dir and name not in CAN_FOLLOW_EACH_OTHER:
        raise click.UsageError(f"{name} of several files needs --output-dir.")
    if cancel and not cluster:
        raise click.UsageError("--cancel needs --cluster: other files do not wait.")
    if cluster:
        _check_that_hosts_can(number, options)
    settings = load_settings(**options)
    logging.getLogger("local_stt").addHandler(logging.NullHandler())  # problems are reported for each file
    transcripts = Transcripts(name, chars_per_caption, output_dir, overwrite=overwrite)
    if cluster:
        by_hosts = cancel_all if cancel else transcribe_by_hosts
        if by_hosts(settings, files, transcripts, mono=mono, since=since, until=until):
            raise click.exceptions.Exit(2)
        return
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(opened_store(settings)) if settings.storage.keep_calls else None
        sources = Inputs(settings.twilio, mono=mono)
        wanted: list[Request] = [*files]
        if number and day:
            found = sources.twilio.of_number(number, _midnight(max(day, FIRST_DAY)))
            wanted = [*_not_kept(found, store)]
            if not wanted:
                say(f"There is no new recording of {number} since {day:%Y-%m-%d}.")
                return
        stack.enter_context(notices_shown(PlainView(None)))
        transcriber = stack.enter_context(
            Transcriber(lambda on_fatal: open_engine(settings, on_fatal, live=False))
        )
        run = _Run(transcriber, settings, sources, store, transcripts, since, until, mono=mono)
        report = stack.enter_context(progress_of_audio("Transcribing"))
        total = sum(seconds_of(each, since, until) for each in wanted)
        transcriber.report = lambda done: report(done, max(done, total))
        run.all(wanted)
    if run.failed:
        raise click.exceptions.Exit(2)


@dataclass(frozen=True, slots=True)
class _Work:
    """A file whose audio has been read, and which is still open."""

    opened: contextlib.ExitStack
    audio: AudioFile
    name: str
    output: Path | None
    call_id: str
    call: CallRecord | None
    """The call that it is a recording of, if that is known"""
    redaction: FileRedaction
    transcription: Transcription


class _Run:
    """Transcribes one file after the other; the end of one overlaps with the beginning of the next.

    A file that cannot be transcribed is reported, and the others are transcribed.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        settings: Settings,
        sources: Inputs,
        store: Store | None,
        transcripts: Transcripts,
        since: float,
        until: float | None,
        *,
        mono: bool,
    ) -> None:
        self._transcriber, self._sources = transcriber, sources
        self._store, self._transcripts = store, transcripts
        self._model, self._phrases = transcriber.model, settings.recognition.words
        self._keep_audio = settings.storage.keep_audio
        self._text = FileText(settings, transcriber.model)
        self._since, self._until, self._mono = since, until, mono
        self.failed = False

    def all(self, wanted: list[Request]) -> None:
        """Transcribe all inputs, in their order."""
        under_way: deque[_Work] = deque()
        for each in wanted:
            with self._is_reported():
                under_way.append(self._begin(each))
            while under_way and (under_way[0].transcription.is_done or len(under_way) >= MAX_OPEN):
                self._finish(under_way.popleft(), several=len(wanted) > 1)
        while under_way:
            self._finish(under_way.popleft(), several=len(wanted) > 1)

    def _begin(self, wanted: Request) -> _Work:
        source = self._sources.of(wanted)
        with self._transcripts.claim(source.name) as output, contextlib.ExitStack() as opened:
            audio, call = opened.enter_context(source.opened)
            redaction = self._text.redaction_of(call)
            if call and not (self._since or self._until is not None or self._mono):
                call_id = call.call_id
            else:
                call_id = call_id_of_file(
                    audio.digest(),
                    self._model,
                    self._phrases,
                    self._since,
                    self._until,
                    mono=self._mono,
                    redaction=redaction.rules,
                )
            tracks = call.tracks if call else ()
            transcription = self._transcriber.start(audio, self._since, self._until, tracks)
            if audio.shortfall:
                say(f"{audio.shortfall} What is there is transcribed.")
            self.failed = self.failed or bool(audio.shortfall)
            kept_open = opened.pop_all()
            return _Work(kept_open, audio, source.name, output, call_id, call, redaction, transcription)

    def _finish(self, work: _Work, *, several: bool) -> None:
        self._transcriber.wait(work.transcription)
        for gone in missing_words(work.transcription):
            self._fail(gone)
        call = self._call(work)
        said = redacted_lines(work.transcription.utterances(), work.redaction.rules)
        formatter = self._text.formatter_of(call)
        said = with_tokens(said, formatter)
        with self._is_reported():
            readable = formatted(said, formatter)
            self._transcripts.put(work.output, call, readable, one_line(work.name) if several else "")
        with work.opened, self._is_reported():
            if self._store:
                self._keep(self._store, work, call, said)

    def _keep(self, store: Store, work: _Work, call: CallRecord, said: list[Utterance]) -> None:
        filed = save_with_audio(
            store,
            call,
            said,
            work.audio,
            keep_audio=self._keep_audio,
            sound=work.redaction.sound,
            set_aside=work.transcription.set_aside(),
            since=self._since,
            until=self._until,
        )
        say(f"{work.name} is kept{'' if filed.is_new else ' already'} as {call.call_id}.")
        if filed.without_audio:
            self._fail(filed.without_audio)

    def _call(self, work: _Work) -> CallRecord:
        if work.call:
            return completed_call(replace(work.call, call_id=work.call_id), work.transcription, self._model)
        name = Path(work.name).name
        return call_of_file(work.transcription, name, call_id=work.call_id, model=self._model, at=now())

    @contextlib.contextmanager
    def _is_reported(self) -> Iterator[None]:
        """Report what is wrong with one file, so that the others are transcribed."""
        try:
            yield
        except (AudioFileError, CallError, StoreError, TelephonyError) as error:
            self._fail(str(error))

    def _fail(self, why: str) -> None:
        say(f"Error: {why}")
        self.failed = True


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone()


def _check_that_hosts_can(number: str | None, options: dict[str, object]) -> None:
    """Raise click's `UsageError` for options that have no meaning where other hosts transcribe."""
    if number:
        raise click.UsageError("--cluster transcribes files: leave out --recordings-of.")
    for name, option in HOSTS_OWN.items():
        if options[name] is not None:
            raise click.UsageError(f"--cluster leaves {option} to each host: set it there.")


def _not_kept(found: list[TwilioRecording], store: Store | None) -> list[TwilioRecording]:
    """Return the recordings that are new; one whose call was deleted here is not."""
    if not store:
        return found
    new = []
    for recording in found:
        try:
            store.call(recording.sid)
        except NoSuchCall:
            new.append(recording)
    if len(found) > len(new):
        say(f"{len(found) - len(new)} of {len(found)} recordings were fetched before.")
    return new
