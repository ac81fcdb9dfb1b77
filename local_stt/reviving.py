"""Has Twilio stream a call anew whose stream broke: the connection died, or this program did."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable

from .answering import Answering
from .errors import TelephonyError
from .events import CallStarted
from .kept import KeptCall
from .store import DatabaseError, Store, now
from .switchboard import Switchboard
from .telephony.account import IN_PROGRESS, Account

logger = logging.getLogger(__name__)

MOST_TRIES = 5
"""For one call: whatever breaks its stream again and again will not be mended by one more"""


class Reviver:
    """Asks Twilio what a call is doing, and for a new stream of it.  Safe to share between threads."""

    def __init__(self, account: Account, answering: Answering, tell: Callable[[str], None]) -> None:
        """`tell` is told, for the user to read, of streams that are started again."""
        self._account, self._answering, self._tell = account, answering, tell
        self._tries: Counter[str] = Counter()

    def revive(self, call: CallStarted, heard: float, since: float) -> bool:
        """Have a call streamed anew that began so many seconds ago and was heard for so many; whether a
        stream is to be expected."""
        self._tries[call.call_id] += 1
        if self._tries[call.call_id] > MOST_TRIES:
            logger.warning("The stream of call %s broke too often and is not started again", call.call_id)
            return False
        try:
            if self._account.call_status(call.call_id) != IN_PROGRESS:
                return False
            self._account.stream(call.call_id, self._answering.again(call, heard, since))
        except TelephonyError as error:
            logger.warning("The stream of call %s cannot be started again. %s", call.call_id, error)
            return False
        self._tell(f"The stream of call {call.call_id} had broken and is started again.")
        return True


def take_up(
    interrupted: Iterable[KeptCall], reviver: Reviver, switchboard: Switchboard, store: Store
) -> list[threading.Thread]:
    """Go on with the calls that a killed program left, each in a thread; end those that are over."""
    threads = [
        threading.Thread(target=_take_up, args=(call, reviver, switchboard, store), daemon=True)
        for call in interrupted
    ]
    for thread in threads:
        thread.start()
    return threads


def _take_up(call: KeptCall, reviver: Reviver, switchboard: Switchboard, store: Store) -> None:
    began = CallStarted(call.call_id, call.tracks, call.caller, call.callee, call.direction)
    since = (now() - call.started_at) / 1000
    try:
        heard = store.heard(call.call_id)
        if not switchboard.expect(began, heard, since, lambda: reviver.revive(began, heard, since)):
            store.close_interrupted([call.call_id])
    except DatabaseError as error:
        logger.warning("Call %s is not ended in the store: %s", call.call_id, getattr(error, "orig", error))
