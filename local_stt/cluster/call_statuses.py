"""The statuses of calls that were placed, which Twilio may report to any host."""

import logging

from ..telephony.call_statuses import OwnCallStatuses, rank
from .connection import PREFIX, UNREACHABLE, Client, in_a_line
from .scripts import Script

logger = logging.getLogger(__name__)

REMEMBERED_SECONDS = 86_400


class SharedCallStatuses:
    """Remembers the statuses of all hosts' calls; while Redis cannot be used, those that this one knows."""

    def __init__(self, client: Client) -> None:
        self._client, self._own = client, OwnCallStatuses()
        self._note = Script(client, "note_status")

    def note(self, call_id: str, status: str) -> bool:
        """Note a call's status; return whether it is news."""
        is_news = self._own.note(call_id, status)
        try:
            return bool(self._note([_key(call_id)], status, rank(status), REMEMBERED_SECONDS))
        except UNREACHABLE as error:
            logger.debug("The status of call %s is not shared: %s", call_id, in_a_line(error))
            return is_news

    def get(self, call_id: str) -> str | None:
        """Return a call's status; None if it is not known."""
        own = self._own.get(call_id)
        try:
            kept = self._client.hget(_key(call_id), "status")
        except UNREACHABLE:
            return own
        shared = kept.decode() if isinstance(kept, bytes) else None
        return max((own, shared), key=lambda each: rank(each or ""))


def _key(call_id: str) -> str:
    return f"{PREFIX}placed:{call_id[:80]}"
