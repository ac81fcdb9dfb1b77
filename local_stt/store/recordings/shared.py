"""Recordings that are made in the data folder, and moved to a store that hosts share when they are complete.

A recording that is complete is claimed first: it goes to a folder of its own, where nobody writes to it any
more.  Its key in the store names the call and the moment when its audio begins.  So each fragment has its
own key, and none is overwritten.
"""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ...audio import SILENCE
from ...audio_file import AudioFile
from ...audio_store import AudioStore, StoredFile
from ...core.audio_redaction import Mask
from ...errors import NoSuchRecording, StoreError
from ...system.file_lock import lock_existing
from ...system.private import make_folder
from ...system.reserve import temporary_file
from ..stored_recordings import StoredRecordings
from .folder import ENDING, Recordings
from .joined import Fragment, joined
from .redaction_note import has_note
from .snapshot import LocalFile, Snapshot
from .wav_header import CHANNELS, HEADER_SIZE

CLAIMED = "complete"
"""Folder in that of the recordings, of those that are complete and on their way"""

FOLDER = "recordings/"
"""The beginning of the keys of recordings"""

BLOCK = 1024 * 1024
"""Bytes that are asked of the store at once"""

TRIES = 3
"""Tries to open a recording that comes to the store at that moment"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A complete recording, or a fragment of one, that is on this disk."""

    call_id: str
    path: Path

    @property
    def key(self) -> str:
        """Its key in the store."""
        return f"{FOLDER}{self.call_id}/{self.path.name}"


class StoredSource:
    """A file in the store, with the last block that was read in memory."""

    def __init__(self, audio: AudioStore, call_id: str, file: StoredFile) -> None:
        self._audio, self._call_id = audio, call_id
        self._block, self._begin = b"", 0
        self.key, self.size, self.version = file.key, file.size, f"{file.key}-{file.size:x}"

    def read(self, at: int, size: int) -> bytes:
        """Read from the block in memory, or a new one.  Raises `StoreError`."""
        if not self._begin <= at < self._begin + len(self._block):
            with _explained(self._audio, self._call_id):
                self._block, self._begin = self._audio.read(self.key, at, BLOCK), at
            if not self._block:
                raise StoreError(f"The recording of call {self._call_id} ends before its time.")
        offset = at - self._begin
        return self._block[offset : offset + size]

    def close(self) -> None:
        """Forget the block."""
        self._block = b""


class SharedRecordings(Recordings):
    """The recordings in a folder, and those that any host has moved to the store of audio.

    What the store or the database refuses is raised as `StoreError`, and as SQLAlchemy's errors.
    """

    def __init__(self, folder: Path, audio: AudioStore, stored: StoredRecordings) -> None:
        """`stored` lists in the database what is in the store `audio`."""
        super().__init__(folder)
        self.audio_store, self._stored = audio, stored

    # Reading

    def open(self, call_id: str, mask: Mask | None = None) -> Snapshot:
        """Open a call's recording, with all fragments of it that are here or in the store."""
        try:
            self._require_redacted(call_id)
            fragments = _tried(lambda: self._fragments(call_id))
        except OSError as error:
            raise StoreError(f"{self.path(call_id)} cannot be read ({error.strerror}): check it.") from error
        if not fragments:
            raise NoSuchRecording(call_id)
        return Snapshot(joined(fragments), mask)

    @contextlib.contextmanager
    def audio(self, call_id: str) -> Iterator[AudioFile]:
        """Copy a call's recording to a temporary file without a name, and open that."""
        with contextlib.ExitStack() as stack:
            recording = stack.enter_context(self.open(call_id))
            try:
                self.make_folder()
                file = stack.enter_context(temporary_file(self.folder))
                shutil.copyfileobj(recording, file, BLOCK)
            except OSError as error:
                raise StoreError(
                    f"The recording of call {call_id} cannot be stored on disk ({error.strerror}): make room."
                ) from error
            file.seek(0)
            yield stack.enter_context(contextlib.closing(AudioFile(call_id, file)))

    def has(self, call_id: str) -> bool:
        """Check whether there is audio of a call, here or in the store."""
        return self.has_here(call_id) or self._stored.last_stored_at(call_id) is not None

    def has_here(self, call_id: str) -> bool:
        """Check whether there is audio of a call on this disk."""
        return super().has_here(call_id) or bool(self._claimed_of(call_id))

    def changed_at(self, call_id: str) -> int:
        """Return when audio of a call was last written here, or came to the store."""
        claimed = [each.path.stat().st_mtime_ns // 1_000_000 for each in self._claimed_of(call_id)]
        return max(super().changed_at(call_id), *claimed, self._stored.last_stored_at(call_id) or 0)

    def call_ids(self) -> list[str]:
        """List the ids of calls that have audio on this disk."""
        return sorted({*super().call_ids(), *(each.call_id for each in self.claimed())})

    # Moving

    def claim(self, call_id: str) -> bool:
        """Take a complete recording from those who write; return whether it was complete.

        It is not while a program has it open, nor while a part of it may have to be redacted.  Raises
        `OSError`.
        """
        path = self.path(call_id)
        handle = lock_existing(path)
        if handle is None:
            return False
        with handle:
            if has_note(path):
                return False
            if not self.seconds(call_id):  # nothing was said before it ended
                path.unlink()
                return False
            name = f"{_first_frame(path):012}-{secrets.token_hex(8)}{ENDING}"
            target = self._claims / call_id / name
            make_folder(target.parent)
            path.rename(target)
        return True

    def written(self) -> list[str]:
        """List the ids of calls whose recordings on this disk are not claimed yet."""
        return super().call_ids()

    def claimed(self) -> list[Claimed]:
        """List the complete recordings on this disk."""
        return [Claimed(path.parent.name, path) for path in sorted(self._claims.glob(f"*/*{ENDING}"))]

    def move(self, claimed: Claimed, at: int) -> bool:
        """Move a complete recording to the store; return False if another program does it.

        The file here is deleted when the store has confirmed all of it and the list has it.  That of a
        deleted call is deleted, here and there.  Raises `OSError` and SQLAlchemy's errors.
        """
        handle = lock_existing(claimed.path)
        if handle is None:
            return False
        with handle:
            self.audio_store.put(claimed.key, claimed.path)
            if not self._stored.add(claimed.call_id, claimed.key, at):
                self.audio_store.delete(claimed.key)
            _unlink(claimed.path)
        return True

    def list_anew(self) -> None:
        """Add to the list what is in the store without being there: its program was killed meanwhile.

        Raises `OSError` and SQLAlchemy's errors.
        """
        for files in _batches(self.audio_store.listed(FOLDER), 1000):
            by_key = {file.key: file for file in files}
            for key in self._stored.unlisted(list(by_key)):
                if not self._stored.add(key.split("/")[1], key, by_key[key].changed_at):
                    self.audio_store.delete(key)

    # Deleting

    def delete(self, call_id: str) -> None:
        """Delete all audio of a call, here and in the store.

        Raises `StoreError` if some of it stays.  If the store does not answer, all of it does.
        """
        try:
            for file in list(self.audio_store.listed(f"{FOLDER}{call_id}/")):
                self.audio_store.delete(file.key)
            for claimed in self._claimed_of(call_id):
                _unlink(claimed.path)
        except OSError as error:
            raise StoreError(
                f"The recording of call {call_id} cannot be deleted ({error.strerror}): see to "
                f"{self.audio_store.place} and {self.folder}."
            ) from error
        super().delete(call_id)

    @property
    def _claims(self) -> Path:
        return self.folder / CLAIMED

    def _claimed_of(self, call_id: str) -> list[Claimed]:
        return [Claimed(call_id, path) for path in sorted((self._claims / call_id).glob(f"*{ENDING}"))]

    def _fragments(self, call_id: str) -> list[Fragment]:
        """Open all fragments of a recording.

        Raises `FileNotFoundError` if one was moved meanwhile, and `StoreError`.
        """
        here = {each.key: each.path for each in self._claimed_of(call_id)}
        with _explained(self.audio_store, call_id):
            listed = list(self.audio_store.listed(f"{FOLDER}{call_id}/"))
        stored = [StoredSource(self.audio_store, call_id, each) for each in listed if each.key not in here]
        fragments = [Fragment(_start_in(source.key), source) for source in stored]
        with contextlib.ExitStack() as opened:
            for key, path in here.items():
                fragments.append(Fragment(_start_in(key), _opened(path, opened)))
            if super().has_here(call_id):
                path = self.path(call_id)
                fragments.append(Fragment(_first_frame(path), _opened(path, opened)))
            opened.pop_all()
        return fragments


def _opened(path: Path, stack: contextlib.ExitStack) -> LocalFile:
    return stack.enter_context(contextlib.closing(LocalFile(path)))


def _tried(find: Callable[[], T]) -> T:
    """Return what `find` does; a file that it misses has just been moved to the store."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(FileNotFoundError):
            return find()
    return find()


def _start_in(key: str) -> int:
    """Return the first frame of audio that a key names."""
    first = key.rpartition("/")[2].partition("-")[0]
    return int(first) if first.isdecimal() else 0


def _first_frame(path: Path) -> int:
    """Return the first frame of a file that is not silent on both channels; 0 if there is none."""
    at = HEADER_SIZE
    with path.open("rb") as file:
        file.seek(at)
        while block := file.read(BLOCK):
            if audible := block.lstrip(SILENCE):
                return (at - HEADER_SIZE + len(block) - len(audible)) // CHANNELS
            at += len(block)
    return 0


def _unlink(path: Path) -> None:
    """Delete a claimed recording, and the folder of its call."""
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()


def _batches(files: Iterator[StoredFile], size: int) -> Iterator[list[StoredFile]]:
    batch: list[StoredFile] = []
    for file in files:
        batch.append(file)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextlib.contextmanager
def _explained(audio: AudioStore, call_id: str) -> Iterator[None]:
    """Raise what the store refuses as `StoreError`."""
    try:
        yield
    except FileNotFoundError as error:
        raise NoSuchRecording(call_id) from error
    except OSError as error:
        raise StoreError(
            f"The recording of call {call_id} cannot be read ({error.strerror}): see to {audio.place}."
        ) from error
