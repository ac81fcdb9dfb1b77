"""What a check found."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ..config.settings import Settings
from ..errors import LocalSttError


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    """Nothing is wrong, but something is not set up, or could be better"""
    PROBLEM = "problem"
    """Calls are not taken, or not transcribed, as they are set to be"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one subject, and what to do about it.

    Phone numbers are shortened, as findings are copied into bug reports.
    """

    subject: str
    level: Level
    sentence: str

    @classmethod
    def of(cls, subject: str, level: Level, sentence: str) -> "Finding":
        """Make a finding whose sentence has no whole phone number in it."""
        return cls(subject, level, re.sub(r"\+\d{3,}(?=\d{4}\b)", "+…", sentence))


Check = Callable[[Settings], Iterable[tuple[Level, str]]]
"""Looks at one subject"""


def findings_of(subject: str, check: Check, settings: Settings) -> Iterator[Finding]:
    """Run a check; an error with a remedy is a problem that it found."""
    try:
        for level, sentence in check(settings):
            yield Finding.of(subject, level, sentence)
    except LocalSttError as error:
        yield Finding.of(subject, Level.PROBLEM, str(error))
