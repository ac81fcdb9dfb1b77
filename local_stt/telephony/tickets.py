"""Tickets in TwiML, which Twilio sends back when a stream starts: they show that this server asked for it.

Twilio signs only the address of a stream's handshake, so one signature is valid for every call and for ever.
A ticket is valid for one call and a short time.
"""

import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

VALID_SECONDS = 300
"""Seconds from the TwiML to the start of the stream; a call that is placed here must be answered by then"""

MAX_REMEMBERED = 1000
"""Tickets for any one call that are remembered, with the calls that have used them"""

_PURPOSE = b"local_stt: the start of a stream"
_TICKET = re.compile(r"((\d{1,12})\.[0-9a-f]{16})\.([0-9a-f]{64})", re.ASCII)


class Tickets:
    """Issues tickets and checks them.  Safe to share between threads.

    The key is made from the auth token, so tickets are valid after a restart too.
    """

    def __init__(self, tokens: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        """Use the first of `tokens`, Twilio's auth tokens, to issue tickets; admit those of each."""
        self._keys = [hmac.digest(token.encode(), _PURPOSE, "sha256") for token in tokens]
        self._clock = clock
        self._used: OrderedDict[str, str] = OrderedDict()  # calls, by tickets that were for any one call

    def issue(self, call_id: str = "") -> str:
        """Return a ticket for a call, or for any one call where its id is not known yet."""
        text = f"{int(self._clock()) + VALID_SECONDS}.{secrets.token_hex(8)}"
        return f"{text}.{_mac(self._keys[0], call_id, text)}"

    def admit(self, ticket: str, call_id: str) -> bool:
        """Check whether a ticket is valid for a call; one for any call is this call's from then on."""
        parts = _TICKET.fullmatch(ticket)
        if not parts or int(parts[2]) < self._clock():
            return False
        text, mac = parts[1], parts[3]
        if self._is_made(call_id, text, mac):
            return True
        return self._is_made("", text, mac) and self._is_first_use(text, call_id)

    def _is_made(self, call_id: str, text: str, mac: str) -> bool:
        return any(hmac.compare_digest(_mac(key, call_id, text), mac) for key in self._keys)

    def _is_first_use(self, text: str, call_id: str) -> bool:
        used_by = self._used.setdefault(text, call_id)
        if len(self._used) > MAX_REMEMBERED:
            self._used.popitem(last=False)
        return used_by == call_id


def _mac(key: bytes, call_id: str, text: str) -> str:
    return hmac.digest(key, f"{call_id} {text}".encode(), "sha256").hex()
