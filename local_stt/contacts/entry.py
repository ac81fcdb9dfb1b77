"""One person, as a file has it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A person's name and numbers as they are written, and the line where the person begins."""

    line: int
    name: str
    numbers: list[str]
