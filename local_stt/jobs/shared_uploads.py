"""Keep the files that wait to be transcribed in a store that hosts share, so that any of them may do it.

A file arrives on the disk of one host, and goes to the store before its job is there.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from ..audio_store import AudioStore
from ..errors import StoreError
from ..store import Store
from ..store.recordings import SharedRecordings
from ..system.private import make_folder
from ..system.reserve import temporary_file
from .upload_folder import FOLDER, STRAY_SECONDS, Arrival, UploadFolder

logger = logging.getLogger(__name__)

PREFIX = f"{FOLDER}/"

BLOCK = 4 * 1024 * 1024
"""Bytes that are asked of the store at once"""


class SharedUploads(UploadFolder):
    """Files that were sent to any host, by the key of their job."""

    is_shared = True

    def __init__(self, data_dir: Path, audio: AudioStore) -> None:
        super().__init__(data_dir)
        self._audio = audio

    @property
    def identity(self) -> str:
        """Text that distinguishes this store from others that share a database."""
        return self._audio.identity

    @contextlib.contextmanager
    def receive(self) -> Iterator[Arrival]:
        """Make a file for an arrival, which is deleted here in any case."""
        with super().receive() as arrival:
            try:
                yield arrival
            finally:
                arrival.is_kept = False

    @contextlib.contextmanager
    def keeping(self, arrival: Arrival) -> Iterator[None]:
        """Copy a file that has arrived to the store, and delete it there if the block fails.

        Raises `StoreError` if the store refuses it.
        """
        with self._explained():
            self._audio.put(PREFIX + arrival.key, self._folder / arrival.key)
        try:
            yield
        except BaseException:
            self.delete(arrival.key)
            raise

    def is_there(self) -> bool:
        """Return True: `has` raises `OSError` when the store does not answer."""
        return True

    def has(self, key: str) -> bool:
        """Check whether a file is in the store."""
        return self._audio.find(PREFIX + key) is not None

    def copy(self, key: str, new: str) -> bool:
        """Copy a file in the store, if it is there; return whether it is.  Raises `StoreError`."""
        try:
            with self._explained():
                self._audio.copy(PREFIX + key, PREFIX + new)
        except FileNotFoundError:
            return False
        return True

    def open(self, key: str) -> IO[bytes]:
        """Copy a file to this disk, where it has no name, and open it."""
        make_folder(self._folder)
        with contextlib.ExitStack() as stack:
            file = stack.enter_context(temporary_file(self._folder))
            at = 0
            while block := self._audio.read(PREFIX + key, at, BLOCK):
                file.write(block)
                at += len(block)
            file.seek(0)
            stack.pop_all()
        return file

    def delete(self, key: str) -> None:
        """Delete a file, if it is there.  One that the store does not delete now is a stray tomorrow."""
        try:
            self._audio.delete(PREFIX + key)
        except OSError as error:
            logger.warning("A file that was transcribed is still in the store of audio: %s", error.strerror)

    def delete_strays(self, is_needed: Callable[[str], bool]) -> None:
        """Delete the files that are not needed and are older than a day, here and in the store.

        Several hosts may do so at once: the database says which files are needed.
        """
        super().delete_strays(is_needed)
        before = (time.time() - STRAY_SECONDS) * 1000
        for file in list(self._audio.listed(PREFIX)):
            if file.changed_at < before and not is_needed(file.key.removeprefix(PREFIX)):
                self._audio.delete(file.key)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise what the store refuses as `StoreError`, with a sentence for the sender."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreError(f"The file cannot be stored now ({error.strerror}): send it later.") from error


def upload_folder(data_dir: Path, store: Store) -> UploadFolder:
    """Return the folder of files that wait: that of a data folder, or the one that hosts share."""
    recordings = store.recordings
    if isinstance(recordings, SharedRecordings):
        return SharedUploads(data_dir, recordings.audio_store)
    return UploadFolder(data_dir)
