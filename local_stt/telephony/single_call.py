"""Places the one call that this program was started for, and follows it to its last word."""

import contextlib
import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue

from ..errors import DialError, LocalSttError, TelephonyError
from ..events import AnyEvent, CallEnded, CallStarted
from ..notices import notices
from .call_statuses import ANSWERED, OVER
from .outbound import ANSWER_TIMEOUT, Dialer, OutboundCall, hang_up_failure, unknown_status

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""Seconds between looks at what is known here"""

STATUS_POLL_SECONDS = 5.0
"""Seconds between requests for the status, as Twilio's reports may not reach this program"""

AUDIO_TIMEOUT = 15.0
"""Seconds for the audio of an answered call to come"""

STATUS_TIMEOUT = 2.0
"""Seconds to wait for Twilio's report that the call is over, which would fail after the program's end"""


class SingleCall:
    """A call that is placed and followed.  A listener of the hub; its methods belong to one thread."""

    def __init__(self, dialer: Dialer, failures: "SimpleQueue[LocalSttError]") -> None:
        """Place the call with `dialer`, which must not report failures: this class raises them.

        An error from `failures` ends the call.
        """
        self._dialer, self._failures = dialer, failures
        self._started: set[str] = set()
        self._ended: dict[str, float] = {}  # when its last word was out, by call, on the monotonic clock
        self._placing: Future[str] | None = None
        self._answered_at: float | None = None
        self._placed_at = self._asked_at = 0.0

    def __call__(self, event: AnyEvent) -> None:
        """Note which calls have started and ended."""
        match event:
            case CallStarted():
                self._started.add(event.call_id)
            case CallEnded():
                self._ended[event.call_id] = time.monotonic()

    def run(self, outbound_call: OutboundCall) -> None:
        """Place the call, and return when its last word is published.

        Raises `DialError` if nobody answered or no audio came, and errors from `failures`.
        """
        with ThreadPoolExecutor(1) as executor:  # so that the call's id is known even after an interrupt
            self._placing = executor.submit(self._dialer.dial, outbound_call)
            call_id = self._placing.result()
        notices.info(f"Calling {outbound_call.to}: {call_id}. Ctrl-C hangs up.")
        self._placed_at = self._asked_at = time.monotonic()
        while not self._is_over(call_id, outbound_call.to):
            with contextlib.suppress(Empty):
                raise self._failures.get(timeout=POLL_SECONDS)

    def hang_up(self) -> None:
        """Hang up the call, unless it is over: nobody would listen any more."""
        if self._placing is None or self._placing.exception():
            return
        try:
            self._dialer.hang_up(self._placing.result())
        except TelephonyError as error:
            notices.info(hang_up_failure(error))

    def _is_over(self, call_id: str, to: str) -> bool:
        status = self._dialer.status(call_id) or ""
        if call_id in self._ended:
            return status in OVER or time.monotonic() - self._ended[call_id] > STATUS_TIMEOUT
        if call_id in self._started:  # so its end will be published, even if Twilio says that it is over
            return False
        if status in OVER[1:]:
            raise DialError(f"{to} was not reached ({status}).")
        self._refresh_status(call_id)
        if status in (*ANSWERED, "completed"):
            self._check_audio(status, to)
        elif time.monotonic() - self._placed_at > ANSWER_TIMEOUT:
            raise unknown_status(call_id)
        return False

    def _refresh_status(self, call_id: str) -> None:
        if time.monotonic() - self._asked_at < STATUS_POLL_SECONDS:
            return
        try:
            self._dialer.refresh_status(call_id)
        except TelephonyError as error:
            logger.warning("It is not known what call %s is doing. %s", call_id, error)
        self._asked_at = time.monotonic()

    def _check_audio(self, status: str, to: str) -> None:
        self._answered_at = self._answered_at or time.monotonic()
        if time.monotonic() - self._answered_at < AUDIO_TIMEOUT:
            return
        if status == "completed":
            raise DialError(f"The call to {to} was over before anything of it was heard.")
        raise DialError(
            f"{to} has answered, but the call's audio does not come here: "
            "see what https://console.twilio.com says of its stream."
        )
