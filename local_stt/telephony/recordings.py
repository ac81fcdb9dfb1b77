"""Finds the recordings that Twilio has, and their calls.

Sources: https://www.twilio.com/docs/voice/api/recording, https://www.twilio.com/docs/voice/api/call-resource
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import RawIOBase
from typing import IO, Any
from urllib.parse import SplitResult, urlsplit

from twilio.rest import Client

from ..config.parsers import canonical
from ..core.media_stream import one_line
from ..errors import TelephonyError
from .client import HttpClient, Sentences, ask, is_unknown
from .recording_download import RecordingDownload

API = "https://api.twilio.com"

_APIS = r"https://api(\.[a-z0-9-]+){0,2}\.twilio\.com"
"""Addresses of the API, with those of regions and edges: https://www.twilio.com/docs/global-infrastructure"""

PAGE_SIZE = 1000
"""Records per request: the most that Twilio gives"""

RECORDING_COMPLETED = "completed"

PENDING = {
    "in-progress": "is still being recorded: try again when the call is over",
    "paused": "is still being recorded: try again when the call is over",
    "stopped": "is still being made by Twilio: try again in a minute",
    "processing": "is still being made by Twilio: try again in a minute",
}
"""Messages about a recording that will be there later, by its status"""

OBSTACLES = PENDING | {
    "absent": "has no audio: Twilio heard nothing, or could not record",
    "deleted": "was deleted at Twilio",
}
"""Messages about a recording without audio, by its status"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioRecording:
    """A recording at Twilio, and its call.  Moments are milliseconds since 1970."""

    sid: str
    caller: str
    callee: str
    direction: str
    """`inbound`; `outbound`, where the first channel is the callee; empty if Twilio forgot the call"""
    began_at: int
    ended_at: int
    """End of the call, as `began_at` is its beginning"""
    seconds: float
    """Length of the recording, as Twilio says"""
    obstacle: str = ""
    """Sentence that says why there is no audio now; empty if there is"""
    is_pending: bool = False
    """Whether the audio will be there later"""


class TwilioRecordings:
    """The recordings of one account.  Its methods raise `TelephonyError` when Twilio refuses."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_url: str = "",
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if not (account_sid and auth_token):
            raise TelephonyError(
                "Recordings are fetched with your Twilio account's credentials: set TWILIO_ACCOUNT_SID and "
                "TWILIO_AUTH_TOKEN (https://console.twilio.com shows them)."
            )
        self.account_sid, self._origin = account_sid, _origin(urlsplit(api_url or API))
        self._client = Client(account_sid, auth_token, http_client=HttpClient(api_url, sleep))
        folder = f"{self._origin}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._media = RecordingDownload(folder, (account_sid, auth_token), sleep)

    def sid_of(self, reference: str) -> str:
        """Return the SID of a recording, which may be given by its address.

        Only the SID of an address is used, so that credentials go nowhere else.  Raises `TelephonyError` for
        what is neither a SID nor the address of one of this account's recordings.
        """
        if is_sid(reference):
            return reference
        try:
            address = urlsplit(reference)
            origin = _origin(address)
        except ValueError:
            origin = ""
        if origin != self._origin and not re.fullmatch(_APIS, origin):
            raise TelephonyError(
                f"{_shown(reference)} is not at {API}, and recordings are fetched from nowhere else: "
                "download the file and name that."
            )
        found = re.fullmatch(
            r"/2010-04-01/Accounts/(AC\w+)(?:/Calls/CA[0-9a-fA-F]{32})?"
            r"/Recordings/(RE[0-9a-fA-F]{32})(\.wav|\.mp3|\.json)?",
            address.path,
        )
        if not found:
            raise TelephonyError(
                f"{_shown(reference)} is not the address of a recording, which is "
                f"{API}/2010-04-01/Accounts/AC…/Recordings/RE…"
            )
        if found[1] != self.account_sid:
            raise TelephonyError(
                f"Recording {found[2]} is of the account {found[1]}, and TWILIO_ACCOUNT_SID is "
                f"{self.account_sid}: set it and TWILIO_AUTH_TOKEN to those of that account."
            )
        return found[2]

    def find(self, sid: str) -> TwilioRecording:
        """Fetch a recording as it is now."""
        record = ask(self._client.recordings(sid).fetch, _about(sid))
        return _recording(record, self._call(record))

    def of_number(self, number: str, since: datetime) -> list[TwilioRecording]:
        """List the recordings of calls from or to a number that began at `since` or later, oldest first.

        Twilio can list calls by number, but recordings only by day.  So both lists are fetched and joined
        here, which takes a request for each thousand of either instead of one for each call.  A recording
        belongs to the first leg of its call; the number may be that of the second.

        Raises `ValueError` for a `since` without a time zone.
        """
        if not since.tzinfo:
            raise ValueError("a moment without a time zone")
        began = since.astimezone(UTC)
        calls = {}
        for end in ({"to": number}, {"from_": number}):
            asked: dict[str, Any] = {**end, "start_time_after": began, "page_size": PAGE_SIZE}
            for call in ask(self._client.calls.list, _about(number), **asked):
                if _moment(call) >= began:
                    calls[call.sid] = call
        if not calls:
            return []
        first_legs = {call.parent_call_sid or sid for sid, call in calls.items()}
        records = ask(
            self._client.recordings.list, _about(number), date_created_after=began, page_size=PAGE_SIZE
        )
        found = []
        for record in records:
            sid = record.call_sid
            if sid in calls or sid in first_legs:
                if sid not in calls:
                    calls[sid] = self._call(record)
                found.append((_moment(record), record.sid, _recording(record, calls[sid])))
        return [recording for *_, recording in sorted(found, key=lambda each: each[:2])]

    def save(self, sid: str, file: RawIOBase | IO[bytes]) -> None:
        """Write a recording's audio as WAV, with a channel for each leg where Twilio has that.

        Raises `OSError` if `file` cannot be written.
        """
        self._media.save(sid, file, _about(sid))

    def _call(self, record: Any) -> Any:
        """Fetch the call of a recording; None if Twilio no longer knows it, as recordings outlive calls."""
        try:
            return ask(self._client.calls(record.call_sid).fetch, _about(record.sid))
        except TelephonyError as error:
            if is_unknown(error):
                return None
            raise


def is_sid(text: str) -> bool:
    """Check whether a text is the SID of a recording."""
    return bool(re.fullmatch(r"RE[0-9a-fA-F]{32}", text))


def is_address(text: str) -> bool:
    """Check whether a text is a web address, of a recording or not."""
    return bool(re.match(r"https?://", text, re.IGNORECASE))


def _recording(record: Any, call: Any) -> TwilioRecording:
    seconds = float(record.duration) if re.fullmatch(r"[0-9]{1,9}", str(record.duration or "")) else 0.0
    began = _moment(call or record)
    ended = call.end_time.timestamp() if call and call.end_time else began.timestamp() + seconds
    return TwilioRecording(
        sid=record.sid,
        caller=one_line(getattr(call, "_from", None) or ""),  # `from` is a keyword of Python's
        callee=one_line(getattr(call, "to", None) or ""),
        direction=_direction(call),
        began_at=round(began.timestamp() * 1000),
        ended_at=round(ended * 1000),
        seconds=seconds,
        obstacle=_obstacle(record),
        is_pending=record.status in PENDING,
    )


def _direction(call: Any) -> str:
    if not call:
        return ""
    return "outbound" if str(call.direction).startswith("outbound") else "inbound"


def _obstacle(record: Any) -> str:
    if record.status != RECORDING_COMPLETED:
        why = OBSTACLES.get(record.status, f"cannot be had (its status is {record.status})")
        code = f" (error {record.error_code})" if record.error_code else ""
        return f"Recording {record.sid} {why}{code}."
    if record.encryption_details:
        return f"Recording {record.sid} is encrypted with your account's key: decrypt it and name the file."
    return ""


def _moment(record: Any) -> datetime:
    """Return when a call or a recording began, or when it was created if it never began."""
    moment: datetime = record.start_time or record.date_created
    return moment


def _about(name: str) -> Sentences:
    """Return messages about a recording or a number, by HTTP status, instead of the general ones."""
    return {
        None: f"Twilio could not be reached for {name}: check the network, and try again.",
        401: (
            f"Twilio refused the credentials for {name} (401): TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must "
            "be those shown at https://console.twilio.com."
        ),
        404: (
            f"Twilio does not know {name} (404): it may have been deleted, or TWILIO_ACCOUNT_SID is that of "
            "another account."
        ),
        429: f"Twilio is asked too often and did not give {name} (429): wait a minute and try again.",
    }


def _origin(address: SplitResult) -> str:
    """Return scheme, host and port in one spelling.  Raises `ValueError`."""
    return canonical(address._replace(path="", query="", fragment=""))


def _shown(reference: str) -> str:
    """Return an address without what may be secret in it: credentials and signatures."""
    try:
        address = urlsplit(reference)
        return address._replace(netloc=address.hostname or "", query="", fragment="").geturl()[:200]
    except ValueError:
        return "This address"
