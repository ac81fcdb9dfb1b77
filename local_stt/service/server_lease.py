"""The name under which a running program keeps its calls in progress."""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from ..core.call_record import CallRecord, CallState
from ..errors import StoreError
from ..notices import notices
from ..store import RENEWAL_SECONDS, TIMEOUT_MS, DatabaseError, Leases, Store, in_a_sentence, reason
from ..system.file_lock import try_lock
from ..system.parts import Part
from ..system.private import make_folder
from ..system.repeating import Repeating

logger = logging.getLogger(__name__)

OnInterrupted = Callable[[list[CallRecord]], object]
"""Takes calls in progress that a program left, and that belong to this one now"""


class ServerLease(Part):
    """A name that this program has while it runs.

    The next program that `takes_over` finds the names of those that were killed, and what they left: calls in
    progress, and jobs.  It also finds the name of one that could not say that it ended.

    Programs with the same data folder find each other by a file that each locks.  Programs that share a
    database find each other by leases, which each renews.
    """

    def __init__(self, store: Store, folder: Path, *, takes_over: bool, host: str = "") -> None:
        """Keep the file in `folder`; `host` is the name of this host among those that share the database."""
        self._store, self._folder, self._takes_over, self._host = store, folder, takes_over, host
        self._renewal = _Renewal(store.leases) if store.leases else None
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
            with in_a_sentence():
                if self._renewal:
                    self._renewal.begin(self.name, self._host)
                if self._takes_over:
                    self._take_over()
        except OSError as error:
            raise StoreError(
                f"{self._folder} cannot be used ({error}): set LOCAL_STT_DATA_DIR to another."
            ) from error
        if self._renewal:
            self._closing.enter_context(Repeating("lease", self._renewal.renew, RENEWAL_SECONDS))

    def watch(self, on_interrupted: OnInterrupted, on_lost: Callable[[], object]) -> None:
        """Take over what programs of other hosts leave, from now on until `close`.

        `on_interrupted` takes their calls in progress.  `on_lost` is called when this program could not renew
        its lease, and others may have taken over its own calls.
        """
        if self._renewal is None or not self._takes_over:
            return
        self._renewal.on_lost = on_lost

        def take_over() -> None:
            calls = self._store.take_over_expired(self.name)
            notices.info(f"Another host is gone. {len(calls)} of its calls are taken over.")
            on_interrupted(calls)

        self._when_others_are_gone(self._renewal, take_over)

    def watch_jobs(self) -> None:
        """Let any program have the jobs that programs of other hosts leave, from now on until `close`.

        Their calls in progress are left to programs with a telephone.
        """
        if self._renewal:
            self._when_others_are_gone(self._renewal, lambda: self._store.release_jobs_of_expired(self.name))

    def _when_others_are_gone(self, renewal: "_Renewal", take_over: Callable[[], object]) -> None:
        def look() -> None:
            with contextlib.suppress(DatabaseError):  # the renewal reports it
                if renewal.may_judge and renewal.others_are_gone():
                    take_over()

        self._closing.enter_context(Repeating("take-over", look, RENEWAL_SECONDS))

    @property
    def has_others(self) -> bool:
        """Whether programs of other hosts could go on with this one's calls."""
        with contextlib.suppress(DatabaseError):
            return self._renewal is not None and self._renewal.has_others()
        return False

    def close(self) -> None:
        """Give the name back; others take over what is left under it."""
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
            if self._renewal:
                self._renewal.end(is_done=is_done)
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
        self._store.close_interrupted(live, self.name)


class _Renewal:
    """Renews the lease of this program, and judges those of others."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._name = self._host = ""
        self._unbroken_since: float | None = None  # on the monotonic clock
        self.on_lost: Callable[[], object] = lambda: None
        """Called when the lease was over and taken"""

    def begin(self, name: str, host: str) -> None:
        """Take a lease.  Raises SQLAlchemy's errors."""
        self._name, self._host = name, host
        self._leases.renew(name, host)
        self._unbroken_since = time.monotonic()

    def renew(self) -> None:
        """Renew the lease, and say once when that fails, and when it works again."""
        try:
            was_held = self._leases.renew(self._name, self._host)
        except DatabaseError as error:
            if self._unbroken_since is not None:
                logger.warning(
                    "This host's lease cannot be renewed (%s): if that lasts, other hosts take over its "
                    "calls. Check the database (DATABASE_URL).",
                    reason(error),
                )
            self._unbroken_since = None
            return
        if self._unbroken_since is None:
            self._unbroken_since = time.monotonic()
            notices.info("This host's lease is renewed again.")
        if not was_held:
            logger.warning("This host was silent for too long, and others have taken over its calls")
            self.on_lost()

    @property
    def may_judge(self) -> bool:
        """Whether this program has reached the database long enough to know who else does.

        When the database was away, no lease was renewed, and all of them look over for a moment.
        """
        since = self._unbroken_since
        return since is not None and time.monotonic() - since > TIMEOUT_MS / 1000

    def others_are_gone(self) -> bool:
        """Check whether another program is gone.  Raises SQLAlchemy's errors."""
        return self._leases.are_over(self._name)

    def has_others(self) -> bool:
        """Check whether there is another program.  Raises SQLAlchemy's errors."""
        return self._leases.has_others(self._name)

    def end(self, *, is_done: bool) -> None:
        """End the lease; if this program is not done, others take over at once what is left."""
        if is_done:
            self._leases.end(self._name)
        else:
            self._leases.expire(self._name)
        self._leases.close()
