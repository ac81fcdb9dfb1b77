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

    It has no secret and no whole phone number, as findings are copied into bug reports.
    """

    subject: str
    level: Level
    sentence: str

    @classmethod
    def of(cls, subject: str, level: Level, sentence: str) -> "Finding":
        """Make a finding from a sentence that may contain addresses and phone numbers."""
        return cls(subject, level, _NUMBER.sub(_ending, _ADDRESS.sub(r"\1\3", sentence)))


_ADDRESS = re.compile(r"(\b\w[\w+.-]*://)([^\s/@]*@)?([^\s?#;,)]*)([?#][^\s;,)]*)?")
"""An address: scheme, credentials, host and path, query"""

_NUMBER = re.compile(
    r"(?<!such as )(?!\+15551234567\"\])"
    r"(?:\+\d[\d ().-]{5,}\d"
    r"|(?<![\w./+-])(?:\(\d{2,4}\)[ -]?|\d{2,4}[ -])\d{3,4}[ -]\d{3,4}\b"
    r"|(?<![\w./+-])\d{9,15}\b)"
)
"""A phone number, in international form or as people write it; not the examples that remedies give"""


def _ending(number: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", number[0])
    return f"+…{digits[-4:]}"


Check = Callable[[Settings], Iterable[tuple[Level, str]]]
"""Looks at one subject"""


def findings_of(subject: str, check: Check, settings: Settings) -> Iterator[Finding]:
    """Run a check; an error with a remedy, or a file that may not be read, is a problem that it found."""
    try:
        for level, sentence in check(settings):
            yield Finding.of(subject, level, sentence)
    except LocalSttError as error:
        yield Finding.of(subject, Level.PROBLEM, str(error))
    except OSError as error:
        place = f"{error.filename} " if error.filename else ""
        yield Finding.of(
            subject, Level.PROBLEM, f"{place}cannot be read ({error.strerror}): see who may read it."
        )
