"""Asks Twilio for a new stream of a call whose stream broke, as the connection or this program ended."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..core.call_record import CallRecord
from ..core.media_stream import MAX_CALL_MS
from ..errors import TelephonyError
from ..events import AnyEvent, CallEnded, CallLeft, CallStarted, Event
from ..notices import notices
from ..store import DatabaseError, Store, now, reason
from .account import IN_PROGRESS, Account
from .admission import Admission
from .call_flow import CallFlow
from .client import was_refused
from .other_hosts import Resumption
from .switchboard import Switchboard

logger = logging.getLogger(__name__)

Publish = Callable[[Iterable[Event]], None]

MAX_TRIES = 5
"""Tries for one call; if its stream breaks again and again, one more does not help"""

STABLE_SECONDS = 60.0
"""Seconds after which a new stream counts as stable, and its next break as the first"""


@dataclass(frozen=True, slots=True)
class _Tries:
    """The tries to restart the stream of a call."""

    count: int
    heard: float
    """Position in the call that its audio had reached at the last try, in seconds"""


class StreamRecovery:
    """Asks Twilio for the status of a call, and for a new stream of it.

    A listener of the hub, which informs it of calls that are over.  Safe to share between threads.
    """

    def __init__(self, account: Account, call_flow: CallFlow, admission: Admission | None = None) -> None:
        """Choose with `admission` where a new stream goes; without it, it comes here."""
        self._account, self._call_flow, self._admission = account, call_flow, admission
        self._tries: dict[str, _Tries] = {}  # by call

    def __call__(self, event: AnyEvent) -> None:
        """Forget the tries of a call that is over here."""
        if isinstance(event, CallEnded | CallLeft):
            self._tries.pop(event.call_id, None)

    def restart_stream(self, call: CallStarted, heard: float, since: float) -> bool:
        """Ask for a new stream of a call; return whether one may come.

        The call began `since` seconds ago, and its audio came up to second `heard`.
        """
        before = self._tries.get(call.call_id)
        count = before.count if before and heard - before.heard < STABLE_SECONDS else 0
        self._tries[call.call_id] = _Tries(count + 1, heard)
        if count >= MAX_TRIES:
            logger.warning("The stream of call %s broke too often and is not started again", call.call_id)
            return False
        try:
            if self._account.call_status(call.call_id) != IN_PROGRESS:
                return False
        except TelephonyError as error:
            logger.warning("The stream of call %s cannot be started again. %s", call.call_id, error)
            return False
        return self._request_stream(call, heard, since)

    def _request_stream(self, call: CallStarted, heard: float, since: float) -> bool:
        """Ask Twilio for a stream; return whether one may come, also if Twilio's answer was lost."""
        try:
            base = self._admission.place_again(call.call_id) if self._admission else ""
            self._account.start_stream(call.call_id, self._call_flow.resumed(call, heard, since, base))
        except TelephonyError as error:
            logger.warning("The stream of call %s cannot be started again. %s", call.call_id, error)
            return not was_refused(error)
        notices.info(f"The stream of call {call.call_id} had broken and is started again.")
        return True


def resume_interrupted(
    interrupted: Iterable[CallRecord],
    recovery: StreamRecovery,
    switchboard: Switchboard,
    store: Store,
    publish: Publish,
    server: str | None = None,
) -> list[threading.Thread]:
    """Continue the calls that a killed program left, each in a thread; end those that are over.

    `publish` takes the events of their ends, which the store has already.  `server` is this program's name in
    the store, if other hosts share it.  Returns the threads.
    """
    threads = [
        threading.Thread(
            target=_resume, args=(call, recovery, switchboard, store, publish, server), daemon=True
        )
        for call in interrupted
    ]
    for thread in threads:
        thread.start()
    return threads


def _resume(
    call: CallRecord,
    recovery: StreamRecovery,
    switchboard: Switchboard,
    store: Store,
    publish: Publish,
    server: str | None,
) -> None:
    began = call.started
    try:
        heard = store.heard_seconds(call.call_id)
        since = _seconds_since(call, heard)
        resumed = switchboard.resume(
            began, heard, since, lambda: recovery.restart_stream(began, heard, since)
        )
        if resumed is Resumption.NOWHERE:
            publish(store.close_interrupted([call.call_id], server))
    except DatabaseError as error:
        logger.warning("Call %s is not ended in the store: %s", call.call_id, reason(error))


def _seconds_since(call: CallRecord, heard: float) -> float:
    """Return how many seconds ago a call began, or how far its audio came if the clock was set meanwhile."""
    since = (now() - call.started_at) / 1000
    return since if heard <= since <= MAX_CALL_MS / 1000 else heard
