"""Places calls: to whom, how often, and what became of them.  phonenumbers lives here."""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import phonenumbers

from .answering import Answering
from .errors import DialError
from .telephony.account import Account

logger = logging.getLogger(__name__)

SECONDS_AN_HOUR = 3600.0

MOST_REMEMBERED = 100
"""Calls whose status is known"""

OVER = ("completed", "busy", "no-answer", "failed", "canceled")
"""What Twilio says of a call that is over; the first one of a call that was answered"""

UNDER_WAY = ("queued", "initiated", "ringing", "answered", "in-progress")
"""What it says before that, in this order"""


@dataclass(frozen=True, slots=True)
class Order:
    """A call that somebody wants placed."""

    to: str
    connect: str = ""
    """The number of a second person, who is called when the first has answered"""
    announcement: str | None = None
    """What the first hears before; None for what callers of the number hear"""


def e164(number: str) -> str:
    """A telephone number as the whole world writes it, such as +12025550123.  Raises `DialError`."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as error:
        raise DialError(
            f"{number!r:.40} is not a telephone number: write it in international form, such as +12025550123."
        ) from error
    if not phonenumbers.is_valid_number(parsed):
        raise DialError(f"{number!r:.40} is a number that nobody can have: look for a digit that is wrong.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class Dialer:
    """Places calls from one number.  Safe to share between threads."""

    def __init__(
        self,
        account: Account,
        answering: Answering,
        number: str,
        *,
        most_an_hour: int,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tell` is told, for the user to read, of calls that nobody answers."""
        self.number = number
        """From which calls are placed"""
        self._account, self._answering = account, answering
        self._most_an_hour, self._tell, self._clock = most_an_hour, tell, clock
        self._placed: deque[float] = deque()
        self._statuses: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def dial(self, order: Order) -> str:
        """Place a call; its id.  Raises `DialError`, `TelephonyError`."""
        to, connect = e164(order.to), e164(order.connect) if order.connect else ""
        if self.number in (to, connect):
            raise DialError(f"{self.number} is the number that calls: it cannot call itself.")
        self._count()
        call_id = self._account.call(
            to=to,
            caller=self.number,
            twiml=self._answering.placed(self.number, to, order.announcement, connect),
            status_url=self._answering.addresses.call_status,
            seconds=self._answering.seconds,
        )
        self._note(call_id, "queued")
        return call_id

    def told(self, form: Mapping[str, str]) -> None:
        """Twilio tells what a call is doing."""
        call_id, status = form.get("CallSid", ""), form.get("CallStatus", "")
        if self._note(call_id, status) and status in OVER[1:]:
            self._tell(f"Nobody was reached by call {call_id} ({status}).")

    def status(self, call_id: str) -> str | None:
        """What a call that was placed is doing, in Twilio's words; None if it is not known."""
        with self._lock:
            return self._statuses.get(call_id)

    @property
    def left(self) -> int:
        """How many more may be placed now."""
        with self._lock:
            self._forget_old()
            return self._most_an_hour - len(self._placed)

    def _count(self) -> None:
        with self._lock:
            self._forget_old()
            if len(self._placed) >= self._most_an_hour:
                raise DialError(
                    f"{self._most_an_hour} calls were placed within the hour: wait, or raise "
                    "LOCAL_STT_DIALS_PER_HOUR."
                )
            self._placed.append(self._clock())

    def _forget_old(self) -> None:
        while self._placed and self._clock() - self._placed[0] >= SECONDS_AN_HOUR:
            self._placed.popleft()

    def _note(self, call_id: str, status: str) -> bool:
        """Whether it is news: Twilio's may come before its answer, and in any order."""
        with self._lock:
            if _rank(status) <= _rank(self._statuses.get(call_id, "")):
                return False
            self._statuses[call_id] = status
            while len(self._statuses) > MOST_REMEMBERED:
                self._statuses.popitem(last=False)
            return True


def _rank(status: str) -> int:
    """The greater, the later in a call; 0 for none that is known."""
    return len(UNDER_WAY) + 1 if status in OVER else UNDER_WAY.index(status) + 1 if status in UNDER_WAY else 0
