"""Decide when a failed post is repeated.  No clock or randomness of its own; all times are seconds."""

import re
from email.utils import mktime_tz, parsedate_tz

FIRST_DELAY, MAX_DELAY = 1.0, 60.0 * 60

MAX_ASKED_DELAY = 24.0 * 60 * 60
"""Longest delay that a receiver may ask for"""

UNTIL_GIVEN_UP = 3 * 24.0 * 60 * 60

ATTEMPTS_BEFORE_GIVEN_UP = 20
"""Attempts before a post is given up, which take at least five hours: a clock may be wrong for a while"""


def back_off(attempts: int, chance: float) -> float:
    """Return how long to wait after a number of attempts: twice as long each time, up to an hour.

    By `chance`, from 0 to 1, up to half of it is left out: posts that failed together must not come back
    together.
    """
    whole = min(MAX_DELAY, FIRST_DELAY * 2.0 ** min(attempts - 1, 20))
    return whole * (1 - chance / 2)


def is_given_up(age: float, attempts: int) -> bool:
    """Tell whether a post is given up after these attempts; its `age` is below 0 after a wrong clock."""
    return attempts >= ATTEMPTS_BEFORE_GIVEN_UP and not 0 <= age < UNTIL_GIVEN_UP


def asked_for(retry_after: str, now: float) -> float:
    """Return how long the header Retry-After asks to wait, with seconds or a date (RFC 9110, 10.2.3).

    `now` is in seconds since 1970.  A header that makes no sense asks for 0.
    """
    if re.fullmatch(r"\d{1,9}", retry_after, re.ASCII):
        return min(float(retry_after), MAX_ASKED_DELAY)
    try:
        date = parsedate_tz(retry_after)
        until = mktime_tz(date) if date else now
    except (ValueError, OverflowError):  # a year beyond 9999
        return 0.0
    return min(max(0.0, until - now), MAX_ASKED_DELAY)
