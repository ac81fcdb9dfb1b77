"""What `local-stt transcribe` writes to: files, standard output, the store, and the user's terminal."""

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ..config.settings import Settings
from ..console.progress import progress_if_any
from ..console.terminal import one_line
from ..core.call_record import CallRecord, Utterance
from ..core.formats import FORMATS
from ..errors import CallError
from ..formatters import alerts_of_text
from ..jobs.recording_mover import move_finished
from ..store import INDEXING, Store, in_a_sentence, open_store
from ..system.unbuffered import write_all
from ..telephony.call_flow import load_phonebook

CAN_FOLLOW_EACH_OTHER = ("txt", "json")
"""Formats in which several transcripts can follow each other in one output"""


@contextlib.contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """Open the store that is set; errors of its database become sentences."""
    with progress_if_any(INDEXING) as report:
        storage = settings.storage
        store = open_store(settings.data_dir, storage.database_url, storage.audio_store, report=report)
    with contextlib.closing(store), in_a_sentence():
        phonebook = load_phonebook(settings)
        store.alerts.subscribe(alerts_of_text(lambda call: phonebook.of(call.number).alerts))
        try:
            yield store
        finally:
            move_finished(store)


def say(text: str) -> None:
    """Write a sentence to standard error, on one line."""
    click.echo(one_line(text), err=True)


class Transcripts:
    """Standard output, or a file for each in a folder."""

    def __init__(self, name: str, chars_per_caption: int, folder: Path | None, *, overwrite: bool) -> None:
        """Take the name of a format, and the folder for files; None for standard output."""
        self._ending, (_, self._render) = name, FORMATS[name]
        self._chars_per_caption = chars_per_caption
        self._folder, self._overwrite = folder, overwrite
        self._ours: set[Path] = set()
        self._headings = 0

    @contextlib.contextmanager
    def claim(self, file: str, *, may_be_there: bool = False) -> Iterator[Path | None]:
        """Reserve the path of a file's transcript, unless the block fails; yield None for standard output.

        Raises `CallError`, before any work is done, if there is such a file already.  If it `may_be_there`,
        it may have this very text.
        """
        if self._folder is None:
            yield None
            return
        path = self._folder / f"{Path(file).stem}.{self._ending}"
        if path in self._ours:
            raise CallError(f"{path} is another file's transcript: put {file} into another --output-dir.")
        if not may_be_there:
            self.require_free(path)
        self._ours.add(path)
        try:
            yield path
        except BaseException:
            self._ours.discard(path)
            raise

    def require_free(self, path: Path) -> None:
        """Raise `CallError` if there is a file of that path, and it may not be replaced."""
        try:
            is_there = path.exists()
        except OSError as error:
            raise _cannot_write(path, error) from error
        if is_there and not self._overwrite:
            raise CallError(f"{path} is there already: give --overwrite, or another --output-dir.")

    def put(self, path: Path | None, call: CallRecord, said: Sequence[Utterance], heading: str = "") -> None:
        """Write a transcript to its claimed path.  Raises `CallError` if that is impossible."""
        text = self._render(call, said, self._chars_per_caption)
        if path is None:
            if heading and self._ending == "txt":
                text = "\n" * bool(self._headings) + f"==> {heading} <==\n{text}"
                self._headings += 1
            _print(text)
            return
        try:
            if not self._overwrite:
                if path.is_file() and path.read_bytes() == text.encode():
                    return  # an earlier run has written it
                self.require_free(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_atomically(path, text)
        except OSError as error:
            raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> CallError:
    return CallError(f"{path} cannot be written ({error.strerror}): name another --output-dir.")


def _write_atomically(path: Path, text: str) -> None:
    """Write all or nothing: a part would look like the whole, and the next run would not replace it."""
    beside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _print(text: str) -> None:
    """Write without a buffer: Python would try to write a rest again as the program ends."""
    if sys.stdout is None or os.isatty(sys.stdout.fileno()):  # rich puts it above a progress bar
        click.echo(text, nl=False)
        return
    try:
        with open(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as output:
            write_all(output, text.encode(sys.stdout.encoding, sys.stdout.errors or "strict"))
    except BrokenPipeError:  # the reader has enough
        raise
    except OSError as error:
        raise CallError(
            f"Standard output cannot be written ({error.strerror}): name an --output-dir."
        ) from error
