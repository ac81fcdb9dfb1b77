"""The names of the people behind numbers.  No I/O."""

import unicodedata
from dataclasses import dataclass

from .spacing import JOINERS

MAX_NAME = 80
"""Characters of a name, at most"""


@dataclass(frozen=True, slots=True)
class Contact:
    """A number, as calls have it, and the name that people know it by."""

    number: str
    name: str


def clean_name(text: str) -> str:
    """Return a name from outside as one line, without letters that control anything or turn the writing."""
    kept = (letter for letter in text if letter in JOINERS or not _is_control(letter))
    return " ".join("".join(kept).split())


def _is_control(letter: str) -> bool:
    return not letter.isspace() and unicodedata.category(letter).startswith("C")
