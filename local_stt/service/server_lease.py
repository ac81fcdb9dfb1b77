"""The name under which a running program keeps its calls in progress."""

import contextlib
import secrets
from pathlib import Path

from ..core.call_record import CallRecord
from ..errors import StoreError
from ..store import Store, in_a_sentence
from ..system.file_lock import try_lock
from ..system.parts import Part
from ..system.private import make_folder


class ServerLease(Part):
    """Holds a name while this program lives.

    So the next one that `takes_over` finds the names of those that were killed, and the calls that they
    left.
    """

    def __init__(self, store: Store, folder: Path, *, takes_over: bool) -> None:
        self._store, self._folder, self._takes_over = store, folder, takes_over
        self._closing = contextlib.ExitStack()
        self.name = secrets.token_hex(8)
        self.interrupted: list[CallRecord] = []
        """Calls in progress that killed programs left, and that are this one's now"""

    def start(self) -> None:
        """Take the name, and the calls that were left.  Raises `StoreError`."""
        file = self._folder / self.name
        try:
            make_folder(self._folder)
            with in_a_sentence(), contextlib.ExitStack() as stack:
                names = list(self._folder.iterdir()) if self._takes_over else []
                gone = [each for each in names if (handle := try_lock(each)) and stack.enter_context(handle)]
                self.interrupted = self._store.take_over([each.name for each in gone], self.name)
                if handle := try_lock(file):
                    self._closing.enter_context(handle)
                self._closing.callback(_remove, file)
                for each in gone:
                    each.unlink()
        except OSError as error:
            raise StoreError(
                f"{self._folder} cannot be used ({error}): set LOCAL_STT_DATA_DIR to another."
            ) from error

    def close(self) -> None:
        """Give the name back."""
        self._closing.close()


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()
