"""When a post that failed is tried again.  No clock, no chance of its own.  All times are seconds."""

import re
from email.utils import mktime_tz, parsedate_tz

FIRST_DELAY, MAX_DELAY = 1.0, 60.0 * 60

MAX_ASKED_DELAY = 24.0 * 60 * 60
"""However long a receiver asks for"""

UNTIL_GIVEN_UP = 3 * 24.0 * 60 * 60

ATTEMPTS_BEFORE_GIVEN_UP = 20
"""They take five hours at least, so that a clock that is wrong for a while has nothing given up"""


def back_off(attempts: int, chance: float) -> float:
    """How long to wait after so many attempts: twice as long each time, up to an hour.

    Up to half of it, as `chance` from 0 to 1 has it, is left out: what failed together is not to
    come back together.
    """
    whole = min(MAX_DELAY, FIRST_DELAY * 2.0 ** min(attempts - 1, 20))
    return whole * (1 - chance / 2)


def is_given_up(age: float, attempts: int) -> bool:
    """Whether a post is not tried again that was queued so long ago; `age` is below 0 after a wrong clock."""
    return attempts >= ATTEMPTS_BEFORE_GIVEN_UP and not 0 <= age < UNTIL_GIVEN_UP


def asked_for(retry_after: str, now: float) -> float:
    """How long the header Retry-After asks to wait, in seconds or until a date (RFC 9110, 10.2.3)."""
    if re.fullmatch(r"\d{1,9}", retry_after, re.ASCII):
        return min(float(retry_after), MAX_ASKED_DELAY)
    try:
        date = parsedate_tz(retry_after)
        until = mktime_tz(date) if date else now
    except (ValueError, OverflowError):  # a year beyond 9999
        return 0.0
    return min(max(0.0, until - now), MAX_ASKED_DELAY)
