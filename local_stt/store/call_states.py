"""Decide from the row of a call whether it may be added to, and by which program."""

from typing import Any

from ..core.call_record import RECORDING, RESUME_TIMEOUT
from ..events import EndReason
from .schema import calls

RESUME_TIMEOUT_MS = round(1000 * RESUME_TIMEOUT)

STATE_COLUMNS = (
    calls.c.id,
    calls.c.call_id,
    calls.c.direction,
    calls.c.ended_at,
    calls.c.deleted_at,
    calls.c.reason,
    calls.c.server,
)
"""Columns that the row must have"""


def is_over(row: Any, at: int) -> bool:
    """Check whether a call is over for good: hung up, ended long ago, or a file or recording."""
    hung_up = row.ended_at is not None and row.reason == EndReason.HUNG_UP
    return hung_up or row.direction == RECORDING or ended_long_ago(row, at)


def ended_long_ago(row: Any, at: int) -> bool:
    """Check whether a call has ended, and cannot go on in another stream."""
    return row.ended_at is not None and at - row.ended_at > RESUME_TIMEOUT_MS


def is_elsewhere(row: Any, server: str) -> bool:
    """Check whether another program than `server` has a call in progress."""
    return row.ended_at is None and row.server not in ("", server)
