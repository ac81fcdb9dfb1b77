"""What a store of audio can do.  No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store."""

    key: str
    """Its name: parts with slashes between them"""
    size: int
    """Bytes"""
    changed_at: int
    """When it was written, in milliseconds since 1970"""


class AudioStore(Protocol):
    """Files by key, each complete as soon as it can be found.  Threads and hosts may share them.

    Raises `OSError` whose `strerror` says why the store refused, without a secret, and `FileNotFoundError`
    for a file that is not there.
    """

    place: str
    """What `AUDIO_STORE` names"""

    @property
    def identity(self) -> str:
        """Text that distinguishes this store from others that share a database."""
        ...

    def check(self) -> None:
        """Check that the store can be reached; change nothing.  Raises `SettingError`."""
        ...

    def put(self, key: str, file: Path) -> None:
        """Copy a file to the store, and return when the store has confirmed every byte."""
        ...

    def read(self, key: str, at: int, size: int) -> bytes:
        """Read `size` bytes from byte `at` on; fewer where the file ends before."""
        ...

    def find(self, key: str) -> StoredFile | None:
        """Return what is known of a file; None if it is not there."""
        ...

    def listed(self, folder: str) -> Iterator[StoredFile]:
        """Yield all files whose keys begin with `folder`, which ends with a slash."""
        ...

    def copy(self, key: str, new: str) -> None:
        """Copy a file inside the store.  Both are as new as this moment."""
        ...

    def delete(self, key: str) -> None:
        """Delete a file, if it is there."""
        ...

    def clear_unfinished(self) -> None:
        """Delete what killed programs have left of files that they did not write to the end."""
        ...
