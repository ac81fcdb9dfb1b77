"""What a switchboard asks and informs about calls that go on at other hosts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Resumption(Enum):
    """Where a call goes on whose stream broke."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class OtherHosts:
    """The other hosts that answer the same numbers.  The questions may be slow."""

    are_there: Callable[[], bool]
    """Asks whether any could go on with calls"""
    follow: Callable[[str], bool]
    """Asks, by a call's id, whether one of them has the call"""
    on_left: Callable[[str], object]
    """Takes the id of a call that one of them has, when all that was said here is published"""


NO_OTHER_HOSTS = OtherHosts(lambda: False, lambda _: False, lambda _: None)
