"""Move complete recordings to the store of audio that hosts share.

A recording waits in the data folder while its call goes on, while some of it may have to be redacted, and
while the store does not answer.  So a program that is killed loses none: the next start moves what is left.
"""

import contextlib
import logging
import time

from ..core.call_record import RESUME_TIMEOUT, CallState
from ..errors import NoSuchCall, StoreError
from ..net.timeouts import within
from ..notices import notices
from ..store import DatabaseError, Store, now, reason
from ..store.recordings import SharedRecordings
from ..system.parts import Part
from ..system.repeating import Repeating

logger = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""Seconds between looks for complete recordings"""

RETRY_SECONDS = 10.0
"""Seconds to wait when the store of audio has refused one"""

LIST_SECONDS = 6 * 3600.0
"""Seconds between comparisons of the store of audio with the list in the database"""

LEAVE_SECONDS = 10.0
"""Seconds to move what is left when the program ends"""

UNKNOWN_MS = round(1000 * RESUME_TIMEOUT)
"""Milliseconds without a write, after which a recording of a call that is not kept is complete"""


class RecordingMover(Part):
    """A part that moves the recordings of this host.  Several programs may do so at once."""

    def __init__(self, store: Store, recordings: SharedRecordings) -> None:
        self._store, self._recordings = store, recordings
        self._retry_at = self._list_at = 0.0  # of the monotonic clock
        self._is_failing = False
        self._repeating = Repeating("recording-mover", self.look, POLL_SECONDS)

    def check(self) -> None:
        """Check that the store of audio answers.  Raises `SettingError`."""
        self._recordings.audio_store.check()

    def start(self) -> None:
        """Start to look for complete recordings."""
        self._repeating.start()

    def close(self) -> None:
        """Move what is complete, for a moment; the next start moves the rest."""
        self._repeating.close()
        with contextlib.suppress(TimeoutError):
            within(LEAVE_SECONDS, self.leave)
        if waiting := self.waiting:
            place = self._recordings.audio_store.place
            notices.warning(
                f"{waiting} recordings are not in {place} yet: the next start on this host moves them."
            )

    @property
    def waiting(self) -> int:
        """Number of complete recordings that are not in the store of audio yet."""
        return len(self._recordings.claimed())

    def look(self) -> None:
        """Move the recordings of calls that are over, and compare the list from time to time."""
        self._claim_complete(is_leaving=False)
        if time.monotonic() >= self._retry_at:
            self._move_claimed()
        if time.monotonic() >= self._list_at:
            self._list_anew()

    def leave(self) -> None:
        """Move the recordings of all calls that have ended, also if their streams may come back elsewhere."""
        self._claim_complete(is_leaving=True)
        self._move_claimed()

    def _claim_complete(self, *, is_leaving: bool) -> None:
        for call_id in self._recordings.written():
            try:
                if self._is_deleted(call_id):
                    self._store.recordings.delete(call_id)
                elif self._is_complete(call_id, is_leaving=is_leaving):
                    self._recordings.claim(call_id)
            except (DatabaseError, StoreError, OSError) as error:
                logger.debug("The recording of call %s is not moved yet: %s", call_id, _why(error))

    def _is_deleted(self, call_id: str) -> bool:
        try:
            return self._store.call(call_id).state is CallState.DELETED
        except NoSuchCall:
            return False

    def _is_complete(self, call_id: str, *, is_leaving: bool) -> bool:
        """Check whether no more audio of a call is expected here."""
        try:
            call = self._store.call(call_id)
        except NoSuchCall:  # perhaps its beginning is not written yet
            return abs(now() - self._recordings.changed_at(call_id)) > UNKNOWN_MS
        if is_leaving:
            return call.state is CallState.ENDED
        return self._store.is_closed(call_id, at=now())

    def _move_claimed(self) -> None:
        """Move what is claimed; the first that is refused ends this, until some seconds later."""
        for claimed in self._recordings.claimed():
            try:
                self._recordings.move(claimed, now())
            except (OSError, DatabaseError) as error:
                self._note_failure(_why(error))
                return
        self._note_success()

    def _list_anew(self) -> None:
        try:
            self._recordings.list_anew()
            self._recordings.audio_store.clear_unfinished()
            self._list_at = time.monotonic() + LIST_SECONDS
        except (OSError, DatabaseError) as error:
            self._list_at = time.monotonic() + RETRY_SECONDS
            logger.debug("The recordings in the store of audio are not listed: %s", _why(error))

    def _note_failure(self, why: str) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if not self._is_failing:
            self._is_failing = True
            notices.warning(
                f"Recordings cannot be moved to {self._recordings.audio_store.place} ({why}). Calls go on; "
                f"their audio waits in {self._recordings.folder}."
            )

    def _note_success(self) -> None:
        if self._is_failing and not self.waiting:
            self._is_failing = False
            notices.info(f"Recordings are moved to {self._recordings.audio_store.place} again.")


def mover_of(store: Store) -> RecordingMover | None:
    """Return a mover of a store's recordings; None if they stay in the data folder."""
    recordings = store.recordings
    return RecordingMover(store, recordings) if isinstance(recordings, SharedRecordings) else None


def move_finished(store: Store) -> None:
    """Move what a command has recorded, if recordings are moved."""
    if mover := mover_of(store):
        mover.close()


def _why(error: OSError | DatabaseError | StoreError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return reason(error)
