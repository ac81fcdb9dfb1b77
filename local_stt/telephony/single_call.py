"""The one call that this program was started for: placed, followed to its last word, hung up if need be."""

import contextlib
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue

from ..errors import DialError, LocalSttError, TelephonyError
from ..events import AnyEvent, CallEnded, CallStarted
from ..notices import notices
from .outbound import ANSWERED, OVER, SECONDS_TO_HEAR_OF_IT, Dialer, OutboundCall, not_hung_up, unheard_of

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.2
"""At what is known here"""

SECONDS_BETWEEN_QUESTIONS = 5.0
"""To Twilio, which may not have reached this program to tell"""

SECONDS_TO_BE_HEARD = 15.0
"""For the audio of a call that was answered"""

SECONDS_TO_BE_TOLD = 2.0
"""By Twilio that a call is over whose last word was heard; without a listener its message would fail"""


class SingleCall:
    """A listener of the hub.  All else belongs to one thread."""

    def __init__(self, dialer: Dialer, failed: "SimpleQueue[LocalSttError]") -> None:
        """`dialer` reports no failures, which are raised here; what comes through `failed` ends the call."""
        self._dialer, self._failed = dialer, failed
        self._heard: set[str] = set()
        self._ended: dict[str, float] = {}  # when its last word was out, by call, on the monotonic clock
        self._placing: Future[str] | None = None
        self._answered_at: float | None = None
        self._placed_at = self._asked_at = 0.0

    def __call__(self, event: AnyEvent) -> None:
        """Something happens on a call."""
        match event:
            case CallStarted():
                self._heard.add(event.call_id)
            case CallEnded():
                self._ended[event.call_id] = time.monotonic()

    def carry_out(self, order: OutboundCall) -> None:
        """Place the call, and return when its last word has been told.

        Raises `DialError` when nobody could be reached or heard, and what came through `failed`.
        """
        with ThreadPoolExecutor(1) as elsewhere:  # so that whoever interrupts it learns the call's id
            self._placing = elsewhere.submit(self._dialer.dial, order)
            call_id = self._placing.result()
        notices.info(f"Calling {order.to}: {call_id}. Ctrl-C hangs up.")
        self._placed_at = self._asked_at = time.monotonic()
        while not self._is_over(call_id, order.to):
            with contextlib.suppress(Empty):
                raise self._failed.get(timeout=SECONDS_BETWEEN_LOOKS)

    def hang_up(self) -> None:
        """Unless it is over: nobody would listen any more."""
        if self._placing is None or self._placing.exception():
            return
        try:
            self._dialer.hang_up(self._placing.result())
        except TelephonyError as error:
            notices.info(not_hung_up(error))

    def _is_over(self, call_id: str, to: str) -> bool:
        status = self._dialer.status(call_id) or ""
        if call_id in self._ended:
            return status in OVER or time.monotonic() - self._ended[call_id] > SECONDS_TO_BE_TOLD
        if call_id in self._heard:  # and so it will end, whatever Twilio says
            return False
        if status in OVER[1:]:
            raise DialError(f"{to} was not reached ({status}).")
        self._ask(call_id)
        if status in (*ANSWERED, "completed"):
            self._check_that_it_is_heard(status, to)
        elif time.monotonic() - self._placed_at > SECONDS_TO_HEAR_OF_IT:
            raise unheard_of(call_id)
        return False

    def _ask(self, call_id: str) -> None:
        if time.monotonic() - self._asked_at < SECONDS_BETWEEN_QUESTIONS:
            return
        try:
            self._dialer.ask(call_id)
        except TelephonyError as error:
            logger.warning("It is not known what call %s is doing. %s", call_id, error)
        self._asked_at = time.monotonic()

    def _check_that_it_is_heard(self, status: str, to: str) -> None:
        self._answered_at = self._answered_at or time.monotonic()
        if time.monotonic() - self._answered_at < SECONDS_TO_BE_HEARD:
            return
        if status == "completed":
            raise DialError(f"The call to {to} was over before anything of it was heard.")
        raise DialError(
            f"{to} has answered, but the call's audio does not come here: "
            "see what https://console.twilio.com says of its stream."
        )
