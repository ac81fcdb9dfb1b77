"""Name files of calls so that every system takes them, and sorts them by time."""

import unicodedata
from datetime import datetime

from ..core.call_record import RECORDING, CallRecord, names_of

MAX_LETTERS = 80
"""Letters of the part of a name that comes from outside: 255 bytes are the limit of most systems"""

_REFUSED = '<>:"/\\|?*'
"""What Windows refuses in names, besides letters that nobody sees"""


class FileNames:
    """The names of files that lie beside each other."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, call: CallRecord, ending: str) -> str:
        """Return a new name for a call, such as `2026-11-28 1412 +12025550123.txt`, in local time."""
        stem = f"{began(call):%Y-%m-%d %H%M} {_safe(_other(call))}"
        number, name = 1, f"{stem}.{ending}"
        while name.casefold() in self._taken:  # some systems take capitals for the same letters
            number += 1
            name = f"{stem} ({number}).{ending}"
        self._taken.add(name.casefold())
        return name


def began(call: CallRecord) -> datetime:
    """Return when a call began, in local time."""
    return datetime.fromtimestamp(call.started_at / 1000).astimezone()


def _other(call: CallRecord) -> str:
    """Return the name or number of the other end of a call, or the name of a file."""
    side = "callee" if call.direction == "outbound" else "caller"
    number = call.callee if side == "callee" else call.caller
    return number if call.direction == RECORDING else names_of(call).get(side, number)


def _safe(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    kept = "".join("_" if letter in _REFUSED else letter for letter in text if letter.isprintable())
    return (
        " ".join(kept.split())[:MAX_LETTERS].encode()[: 2 * MAX_LETTERS].decode(errors="ignore").strip(" .")
        or "unknown"
    )
