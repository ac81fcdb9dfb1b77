"""The name under which a running program keeps its calls in progress."""

import contextlib
import logging
import secrets
from pathlib import Path

from ..core.call_record import CallRecord, CallState
from ..errors import StoreError
from ..store import DatabaseError, Store, in_a_sentence, reason
from ..system.file_lock import try_lock
from ..system.parts import Part
from ..system.private import make_folder

logger = logging.getLogger(__name__)


class ServerLease(Part):
    """A name that this program has while it runs.

    The next program that `takes_over` finds the names of those that were killed, and what they left: calls in
    progress, and jobs.  It also finds the name of one that could not say that it ended.
    """

    def __init__(self, store: Store, folder: Path, *, takes_over: bool) -> None:
        self._store, self._folder, self._takes_over = store, folder, takes_over
        self._closing = contextlib.ExitStack()
        self.name = ""
        """The name, from `start` on"""
        self.interrupted: list[CallRecord] = []
        """Calls in progress that killed programs left, and that belong to this one now"""

    def start(self) -> None:
        """Take a name, and take over what killed programs left.  Raises `StoreError`."""
        try:
            make_folder(self._folder)
            self._take_name()
            if self._takes_over:
                with in_a_sentence():
                    self._take_over()
        except OSError as error:
            raise StoreError(
                f"{self._folder} cannot be used ({error}): set LOCAL_STT_DATA_DIR to another."
            ) from error

    def close(self) -> None:
        """Give the name back, unless something is left under it because the store fails."""
        self._closing.close()

    def _take_name(self) -> None:
        """Lock a file of a new name.

        Another program that starts may be quicker, and take the file for that of a killed one.
        """
        while True:
            self.name = secrets.token_hex(8)
            if handle := try_lock(self._folder / self.name):
                self._closing.enter_context(handle)
                self._closing.callback(self._give_back)
                return

    def _take_over(self) -> None:
        with contextlib.ExitStack() as stack:
            others = [each for each in self._folder.iterdir() if each.name != self.name]
            gone = [each for each in others if (handle := try_lock(each)) and stack.enter_context(handle)]
            self.interrupted = self._store.take_over([each.name for each in gone], self.name)
            for each in gone:
                each.unlink()

    def _give_back(self) -> None:
        try:
            self._end_those_left()
            self._store.jobs.release([self.name])
            is_done = not self._store.has_calls_in_progress(self.name)
        except DatabaseError as error:
            logger.warning("What is not done is left to the next start: %s", reason(error))
            is_done = False
        if is_done:
            with contextlib.suppress(OSError):
                (self._folder / self.name).unlink()

    def _end_those_left(self) -> None:
        """End the calls that killed programs left, and that were not continued."""
        left = [call.call_id for call in self.interrupted]
        live = [each for each in left if self._store.call(each).state is CallState.LIVE]
        self._store.close_interrupted(live)
