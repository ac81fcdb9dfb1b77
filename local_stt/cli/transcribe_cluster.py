"""`local-stt transcribe --cluster`: send files to all hosts, wait for them, and write their texts."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..config.settings import Settings
from ..console.progress import FilesReport, progress_of_files
from ..console.terminal import PlainView, notices_shown, one_line
from ..core.readable import formatted
from ..errors import AudioFileError, CallError, StoreError, UploadError
from ..jobs.archive import Archive
from ..jobs.file_options import FileOptions
from ..jobs.shared_uploads import upload_folder
from ..jobs.upload import Upload, UploadState
from ..service.cluster import require_shared_audio, require_shared_store
from ..service.model_choice import model_folder
from ..store import DatabaseError, reason
from ..system.shutdown import interrupted_by_signals
from ..transcription import display_name
from .transcribe_inputs import opened_file
from .transcribe_outputs import Transcripts, opened_store, say
from .transcribe_text import FileText

HOSTS_OWN = {"upper_band": "--upper-band", "gate": "--gate", "workers": "--workers"}
"""Settings that each host has for itself, with their options"""

POLL_SECONDS = 1.0
"""Seconds between looks at what has become of files"""

HINT_SECONDS = 15.0
"""Seconds without any work after which a hint says how hosts begin"""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file that hosts transcribe."""

    name: str
    id: str
    output: Path | None
    was_kept: bool
    """Whether its transcript was kept before"""


def transcribe_by_hosts(
    settings: Settings,
    files: Sequence[str],
    transcripts: Transcripts,
    *,
    mono: bool,
    since: float,
    until: float | None,
) -> bool:
    """Have hosts transcribe files, and write their transcripts; return whether any failed."""
    with interrupted_by_signals(), _opened(settings) as (archive, text):
        batch = _Batch(archive, text, transcripts, _options(settings, text, mono, since, until))
        try:
            batch.send(files)
            batch.wait()
        except KeyboardInterrupt:
            batch.say_how_to_come_back()
            raise
    return batch.failed


def cancel_all(
    settings: Settings,
    files: Sequence[str],
    _: Transcripts,
    *,
    mono: bool,
    since: float,
    until: float | None,
) -> bool:
    """Withdraw files that are not done; return whether any could not be read."""
    failed = False
    with _opened(settings) as (archive, text):
        options = _options(settings, text, mono, since, until)
        for name in files:
            try:
                with opened_file(name) as file:
                    was_there = archive.cancel(archive.id_of(file, options))
                say(f"{name} {'is withdrawn' if was_there else 'did not wait'}.")
            except AudioFileError as error:
                say(f"Error: {error}")
                failed = True
    return failed


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Archive, FileText]]:
    """Yield the archive that all hosts share, and the rules for its texts.

    Raises `SettingError` where hosts share nothing.
    """
    require_shared_store(settings, "--cluster")
    require_shared_audio(settings, "--cluster")
    with notices_shown(PlainView(None)), opened_store(settings) as store:
        model = model_folder(settings).name
        text = FileText(settings, model)
        words = settings.recognition.words
        yield Archive(store, upload_folder(settings.data_dir, store), model, words, text.redaction_of()), text


def _options(
    settings: Settings, text: FileText, mono: bool, since: float, until: float | None
) -> FileOptions:
    rules = text.redaction_of().rules
    return FileOptions(
        mono=mono,
        redact=rules.policies if rules else frozenset(),
        substitute=rules.substitute if rules else None,
        since=since,
        until=until,
        keep_audio=settings.storage.keep_audio,
    )


class _Batch:
    """Files of one command, which hosts transcribe.

    A file that cannot be transcribed is reported, and the others are transcribed.
    """

    def __init__(
        self, archive: Archive, text: FileText, transcripts: Transcripts, options: FileOptions
    ) -> None:
        self._archive, self._text, self._transcripts = archive, text, transcripts
        self._options = options
        self._left: list[_Sent] = []
        self._total = self._unsent = self._done = 0
        self._said: set[tuple[str, str]] = set()  # errors of files that are tried again
        self.failed = False

    def send(self, files: Sequence[str]) -> None:
        """Queue all files, in their order: hosts begin with the longest of those that are there."""
        self._total = self._unsent = len(files)
        for name in files:
            with self._is_reported():
                self._left.append(self._queued(name))
            self._unsent -= 1
        self._done = self._total - len(self._left)

    def wait(self) -> None:
        """Wait until all files are done, and write each transcript as soon as its turn has come."""
        hint_at = time.monotonic() + HINT_SECONDS
        with progress_of_files("Transcribing") as report:
            while self._left:
                found = self._look()
                if found is not None:
                    self._finish_those_done(found)
                    self._report(found, report)
                    if any(each.host for each in found.values()):
                        hint_at = float("inf")
                if time.monotonic() > hint_at:
                    say("No host has begun yet: start `local-stt work` on one.")
                    hint_at = float("inf")
                if self._left:
                    time.sleep(POLL_SECONDS)

    def say_how_to_come_back(self) -> None:
        """Say that the hosts go on, and how their work is got later."""
        queued = f"{len(self._left)} files are queued, and the hosts go on with them."
        say(f"{queued} The same command gets their transcripts later; with --cancel it withdraws them.")
        if self._unsent:
            say(f"{self._unsent} more were not sent yet; the same command sends them.")

    def _queued(self, name: str) -> _Sent:
        """Queue a file, unless it is queued or done already."""
        with opened_file(name) as file:
            id = self._archive.id_of(file, self._options)
            known = self._archive.find([id]).get(id)
            is_done = known is not None and known.state is UploadState.DONE
            with self._transcripts.claim(name, may_be_there=is_done) as output:
                if known is None or known.state is UploadState.FAILED:
                    self._archive.send(id, name, file, self._options)
                return _Sent(name, id, output, is_done)

    def _look(self) -> dict[str, Upload] | None:
        """Return what has become of the files that are left; None while the store cannot be reached."""
        try:
            return self._archive.find([each.id for each in self._left])
        except DatabaseError as error:
            say(f"The store cannot be reached, and is tried again. {reason(error)}")
            return None

    def _finish_those_done(self, found: dict[str, Upload]) -> None:
        """Write the transcripts of files that are done; those on standard output keep their order."""
        left: list[_Sent] = []
        for sent in self._left:
            upload = found.get(sent.id)
            is_to_wait = sent.output is None and left
            if is_to_wait or (upload and not upload.is_settled):
                left.append(sent)
                continue
            self._done += 1
            with self._is_reported():
                self._finish(sent, upload)
        self._left = left

    def _finish(self, sent: _Sent, upload: Upload | None) -> None:
        if upload is None:
            self._fail(f"{sent.name} was withdrawn before it was done.")
        elif upload.call_id is None:
            self._fail(_about(sent.name, upload.error or "It could not be transcribed."))
        else:
            self._write(sent, upload, upload.call_id)

    def _write(self, sent: _Sent, upload: Upload, call_id: str) -> None:
        """Write a transcript as if it had been made here: a host may have the text written in another way."""
        call, said = self._archive.read(call_id)
        call = replace(call, caller=display_name(Path(sent.name).name), recorded=False)
        bare = [replace(line, tokens=()) for line in said]
        readable = formatted(bare, self._text.formatter_of(call))
        self._transcripts.put(sent.output, call, readable, one_line(sent.name) if self._total > 1 else "")
        by = f", {upload.host}" if upload.host else ""
        kept = "is kept already" if sent.was_kept else "is kept"
        say(f"{sent.name} {kept} as {call_id} ({self._done} of {self._total}{by}).")
        if upload.note:
            self._fail(_about(sent.name, upload.note))

    def _report(self, found: dict[str, Upload], report: FilesReport) -> None:
        working = [each for each in found.values() if each.state is UploadState.WORKING]
        doing = [f"{Path(each.name).name} on {each.host} ({each.share:.0%})" for each in working]
        report(self._done, self._total, list(map(one_line, doing)))
        for each in found.values():
            if each.state is UploadState.QUEUED and each.error and (each.id, each.error) not in self._said:
                say(f"{each.name} is tried again later. {each.error}")
                self._said.add((each.id, each.error))

    @contextlib.contextmanager
    def _is_reported(self) -> Iterator[None]:
        """Report what is wrong with one file, so that the others are transcribed."""
        try:
            yield
        except (AudioFileError, CallError, StoreError, UploadError) as error:
            self._fail(str(error))

    def _fail(self, why: str) -> None:
        say(f"Error: {why}")
        self.failed = True


def _about(name: str, sentence: str) -> str:
    """Return a sentence about a file with its name: it may have been sent under another before."""
    return sentence if name in sentence else f"{name}: {sentence}"
