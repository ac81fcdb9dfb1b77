"""Audio files that viewers send, transcribed one after the other where nobody waits for it."""

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from io import RawIOBase
from pathlib import Path
from typing import IO

from ..audio_file import AudioFile, look_at
from ..errors import AudioFileError, LocalSttError, UploadError
from ..store import Store, now
from ..transcription import Transcriber, as_call, id_of, missing
from ..transcription.save import file_away
from .runner import Job, Model

MAX_WAITING = 20
"""Files: they are on this disk meanwhile"""

MAX_SECONDS = 24 * 3600
"""Of one file: silence takes hardly any room in it, and much on this disk"""

MAX_REMEMBERED = 200
"""Files of which can be asked what became of them"""


class UploadState(StrEnum):
    """Where a file is."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent, and what became of it."""

    id: str
    name: str
    state: UploadState = UploadState.QUEUED
    share: float = 0.0
    """Of it that is transcribed, from 0 to 1"""
    call_id: str | None = None
    """That it is kept as"""
    error: str | None = None
    """Why it could not be transcribed"""
    note: str | None = None
    """What is missing from the transcript"""


class Uploads:
    """The files that wait, and those that are done.  Safe to share between threads.

    A file has no name on this disk: nothing is left of those that the end of the program finds waiting.
    """

    def __init__(
        self, store: Store, model: Model, folder: Path, most_bytes: int, *, keep_audio: bool = True
    ) -> None:
        """`folder` is where files wait."""
        self.keep_audio = keep_audio
        self._store, self.model, self.folder, self.most_bytes = store, model, folder, most_bytes
        self._waiting: list[Transcribing] = []
        self._arriving = 0
        self._known: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._looking = threading.Lock()  # at one file at a time, in a process that takes memory
        self.added: Callable[[], None] = lambda: None
        """Told of every file that is added"""

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places while a file arrives and is added.  Raises `UploadError` if none is free."""
        with self._lock:
            if len(self._waiting) + self._arriving >= MAX_WAITING:
                raise UploadError(f"{MAX_WAITING} files wait to be transcribed: send it when some are done.")
            self._arriving += 1
        try:
            yield
        finally:
            with self._lock:
                self._arriving -= 1

    def add(self, name: str, file: "RawIOBase | IO[bytes]", *, mono: bool = False) -> Upload:
        """Have a file transcribed, which has nothing buffered, has a place, and is closed when it is done.

        With `mono` all its channels are mixed into one; those that carry the same are one in any case.
        Raises `AudioFileError` for one that shows at its beginning that it cannot be heard, and
        `UploadError`.
        """
        with self._looking:
            seconds = look_at(name, file)
        _check_length(name, seconds)
        upload = Upload(secrets.token_hex(8), name)
        with self._lock:
            self._known[upload.id] = upload
            self._waiting.append(Transcribing(self, self._store, upload, file, mono=mono))
            for old in list(self._known)[:-MAX_REMEMBERED]:
                del self._known[old]
        self.added()
        return upload

    def find(self, upload_id: str) -> Upload | None:
        """What became of a file; None of one that is not known, or no more."""
        return self._known.get(upload_id)

    def next(self) -> Job | None:
        """The file that has waited for longest."""
        return self._taken()

    def close(self) -> None:
        """Let go of the files that wait."""
        while job := self._taken():
            job.close()

    def put(self, upload: Upload) -> None:
        """Something became of a file."""
        with self._lock:
            if upload.id in self._known:
                self._known[upload.id] = upload

    def _taken(self) -> "Transcribing | None":
        with self._lock:
            return self._waiting.pop(0) if self._waiting else None


class Transcribing:
    """One file."""

    def __init__(
        self,
        uploads: Uploads,
        store: Store,
        upload: Upload,
        file: "RawIOBase | IO[bytes]",
        *,
        mono: bool,
    ) -> None:
        self._uploads, self._store, self._upload = uploads, store, upload
        self._file, self._mono = file, mono
        self._seconds = 0.0
        self.model = uploads.model

    def run(self, transcriber: Transcriber) -> None:
        """Keep what is said in it as a call, with its audio."""
        self._become(state=UploadState.WORKING)
        try:
            audio = self._opened()
        except (AudioFileError, UploadError) as error:  # no fault of the engine, which is kept
            self.fail(error, begun=True)
            return
        try:
            with contextlib.closing(audio):
                self._run(transcriber, audio)
        finally:
            self.close()

    def _opened(self) -> AudioFile:
        """Return the audio of the file.  Raises `AudioFileError`, and `UploadError` if it is too long."""
        self._file.seek(0)
        audio = AudioFile(
            self._upload.name, self._file, mono=self._mono, notice=True, longest=float(MAX_SECONDS)
        )
        audio.rest()
        _check_length(audio.name, audio.seconds)
        self._seconds = audio.seconds
        return audio

    def _run(self, transcriber: Transcriber, audio: AudioFile) -> None:
        call_id = id_of(audio.digest(), transcriber.model, self.model.phrases, 0.0, None, mono=self._mono)
        transcription = transcriber.begin(audio, 0.0, MAX_SECONDS)
        transcriber.wait(transcription)
        call = as_call(transcription, self._upload.name, call_id=call_id, model=transcriber.model, at=now())
        filed = file_away(
            self._store,
            call,
            transcription.utterances(),
            audio,
            keep_audio=self._uploads.keep_audio,
            until=MAX_SECONDS,
        )
        gone = [audio.shortfall, self._left_out(audio), *missing(transcription), filed.without_audio]
        note = " ".join(filter(None, gone)) or None
        self._become(state=UploadState.DONE, share=1.0, call_id=call_id, note=note)

    def _left_out(self, audio: AudioFile) -> str:
        """What to say of a file that is longer than it said when it came."""
        if not audio.goes_on:
            return ""
        name, most = self._upload.name, _in_hours(MAX_SECONDS)
        return f"{name} is longer than {most}, of which alone there is a transcript: use `transcribe`."

    def report(self, seconds: float) -> None:
        """So much of it is transcribed."""
        self._become(state=UploadState.WORKING, share=round(min(1.0, seconds / self._seconds), 3))

    def fail(self, error: LocalSttError, *, begun: bool) -> None:  # noqa: ARG002  (it is all the same)
        """For whoever asks."""
        self._become(state=UploadState.FAILED, error=str(error))
        self.close()

    def close(self) -> None:
        """Let go of it, if it is not done."""
        self._file.close()

    def _become(self, **what: object) -> None:
        self._upload = replace(self._upload, **what)  # type: ignore[arg-type]
        self._uploads.put(self._upload)


def _check_length(name: str, seconds: float) -> None:
    """Raise `UploadError` for a file that is too long."""
    if seconds > MAX_SECONDS:
        raise UploadError(f"{name} is longer than {_in_hours(MAX_SECONDS)}: use `transcribe`.")


def _in_hours(seconds: int) -> str:
    return f"{seconds / 3600:g} hours"
