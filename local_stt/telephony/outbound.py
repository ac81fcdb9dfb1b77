"""Places calls, limits them, and follows their status.  phonenumbers is used only here."""

import contextlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import phonenumbers

from ..config import parsers
from ..core.media_stream import one_line
from ..errors import DialError, LocalSttError, TelephonyError
from ..notices import notices
from .account import Account
from .admission import Admission
from .call_flow import CallFlow
from .call_slots import CallSlots
from .call_statuses import OVER, CallStatuses, OwnCallStatuses
from .client import was_refused
from .dial_limit import DialLimit

MAX_ANNOUNCEMENT_LETTERS = 1000
"""Letters of an announcement: as many as people listen to"""

ANSWER_TIMEOUT = 120.0
"""Seconds for somebody to answer, or not"""


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """A request to place a call."""

    to: str
    connect: str = ""
    """Number of a second person, who is called when the first has answered; empty for nobody"""
    announcement: str | None = None
    """Text that the first person hears before that; None for the number's greeting"""


def e164(number: str) -> str:
    """Return a telephone number in international form (E.164), such as +12025550123.  Raises `DialError`."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as error:
        raise DialError(
            f"{number!r:.40} is not a telephone number: write it in international form, such as +12025550123."
        ) from error
    if parsed.extension or re.search(r";|[\\/] *x", number, re.IGNORECASE):
        raise DialError(
            f"{number!r:.40} is a number and more, such as an extension, which cannot be dialed: leave out "
            "what comes after the number."
        )
    if not phonenumbers.is_valid_number(parsed):
        raise DialError(f"{number!r:.40} is a number that nobody can have: look for a digit that is wrong.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def validated(outbound_call: OutboundCall) -> OutboundCall:
    """Check a request; return it with its numbers as `e164` writes them.  Raises `DialError`."""
    to, connect = e164(outbound_call.to), e164(outbound_call.connect) if outbound_call.connect else ""
    if to == connect:
        raise DialError(f"{to} cannot be connected with itself: name somebody else, or nobody.")
    _require_spoken(outbound_call.announcement or "")
    return replace(outbound_call, to=to, connect=connect)


def _require_spoken(announcement: str) -> None:
    if len(announcement) > MAX_ANNOUNCEMENT_LETTERS:
        raise DialError(
            f"The announcement has {len(announcement)} letters: make it {MAX_ANNOUNCEMENT_LETTERS} or fewer."
        )
    try:
        parsers.spoken(announcement)
    except ValueError as error:
        raise DialError(f"The announcement {error}.") from error


def unknown_status(call_id: str) -> DialError:
    """Make the error for a call whose status has been unknown for too long."""
    return DialError(
        f"Nothing was heard of call {call_id} for {ANSWER_TIMEOUT:.0f} s: Twilio may not be "
        "reached, or not reach this server; look at https://console.twilio.com before you call again."
    )


def hang_up_failure(error: LocalSttError) -> str:
    """Return the message for a call that could not be hung up."""
    return f"The call could not be hung up: do so at https://console.twilio.com. {error}"


class Dialer:
    """Places calls from one number.  Safe to share between threads."""

    def __init__(
        self,
        account: Account,
        call_flow: CallFlow,
        number: str,
        limit: DialLimit,
        own_numbers: Collection[str] = (),
        admission: Admission | None = None,
        *,
        reports_failures: bool = True,
        statuses: CallStatuses | None = None,
    ) -> None:
        """Place calls from `number`, but not to `own_numbers`, whose calls come here.

        `admission` has a place for the stream of each call that is placed.  `reports_failures` says whether
        the dialer itself informs the user of calls that reach nobody.  `statuses` remembers those of calls,
        if other programs must know them too.
        """
        self._admission = admission or Admission(CallSlots(), call_flow.addresses)
        self._own_numbers = own_numbers
        self.number = number
        """Number from which calls are placed"""
        self._account, self._call_flow = account, call_flow
        self._dial_limit, self._reports_failures = limit, reports_failures
        self._statuses = statuses or OwnCallStatuses()

    def dial(self, outbound_call: OutboundCall) -> str:
        """Place a call; return its id.

        Raises `DialError` for a call that may not be placed, and `TelephonyError` when Twilio refuses.
        """
        outbound_call = validated(outbound_call)
        self._refuse_circles(outbound_call)
        booking = self._admission.book(ANSWER_TIMEOUT)
        try:
            call_id = self._place(outbound_call, booking.base)
        except TelephonyError:
            booking.give_up()
            raise
        booking.confirm(call_id)
        self._statuses.note(call_id, "queued")
        if self.status(call_id) in OVER:  # Twilio may report it before it answers
            self._admission.cancel(call_id)
        return call_id

    def _place(self, outbound_call: OutboundCall, base: str) -> str:
        """Have Twilio place a call whose stream goes to an address that begins with `base`; return its id."""
        call_flow, give_back = self._call_flow, self._dial_limit.take()
        try:
            return self._account.place_call(
                to=outbound_call.to,
                caller=self.number,
                twiml=call_flow.outbound(
                    self.number, outbound_call.to, outbound_call.announcement, outbound_call.connect, base
                ),
                status_url=call_flow.addresses.call_status,
                seconds=call_flow.max_call_seconds,
            )
        except TelephonyError as error:
            if was_refused(error):
                give_back()
            raise

    def _refuse_circles(self, outbound_call: OutboundCall) -> None:
        for number in (outbound_call.to, outbound_call.connect):
            if number == self.number:
                raise DialError(f"{number} is the number that calls: it cannot call itself.")
            if number in self._own_numbers:
                raise DialError(f"{number} is answered by this program: name somebody else's number.")

    def on_status(self, form: Mapping[str, str]) -> None:
        """Take Twilio's report of a call's status."""
        self._update_status(one_line(form.get("CallSid", "")), form.get("CallStatus", ""))

    def refresh_status(self, call_id: str) -> None:
        """Ask Twilio for a call's status.  Raises `TelephonyError`."""
        self._update_status(call_id, self._account.call_status(call_id))

    def hang_up(self, call_id: str) -> None:
        """End a call, unless it is over.  Raises `TelephonyError`."""
        if self.status(call_id) not in OVER:
            with contextlib.suppress(TelephonyError):  # Twilio may still report it
                self.refresh_status(call_id)
        if self.status(call_id) not in OVER:
            self._account.hang_up(call_id)

    def _update_status(self, call_id: str, status: str) -> None:
        if status in OVER:
            self._admission.cancel(call_id)
        is_failure = self._statuses.note(call_id, status) and status in OVER[1:]
        if is_failure and self._reports_failures:
            notices.info(f"Nobody was reached by call {call_id} ({status}).")

    def status(self, call_id: str) -> str | None:
        """Return Twilio's status of a call that was placed; None if it is not known."""
        return self._statuses.get(call_id)

    @property
    def left(self) -> int:
        """Number of calls that may still be placed now."""
        return self._dial_limit.left
