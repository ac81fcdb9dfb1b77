"""Numbers as they are said in any language: as wholes, or read out in chunks."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import NamedTuple

from .matching import Said

LONGEST = 40
"""Chunks of the longest number; it bounds the time that a long utterance takes"""


class Number(NamedTuple):
    """A whole number that was said."""

    value: int
    end: int
    """Position after its last word"""


class Quantity(NamedTuple):
    """A number as it is written, perhaps with a sign, a fraction, or a word for millions."""

    text: str
    end: int


class Chunk(NamedTuple):
    """Some digits that were said together."""

    digits: str
    end: int


ChunkReader = Callable[[Said, int], Chunk | None]
"""Reads the chunk that begins at a position"""


@dataclass(frozen=True, slots=True)
class ReadOut:
    """A number that was read out in chunks."""

    parts: tuple[tuple[str, ...], ...]
    """Chunks of digits, in the parts between dashes"""
    end: int

    @property
    def chunks(self) -> tuple[str, ...]:
        """All chunks."""
        return tuple(chunk for part in self.parts for chunk in part)

    @property
    def digits(self) -> str:
        """All digits."""
        return "".join(self.chunks)

    @property
    def text(self) -> str:
        """The digits, with the dashes that were said."""
        return "-".join("".join(part) for part in self.parts)

    @property
    def has_many_digits(self) -> bool:
        """Whether it can only be digits that are read out: seven, or three in a row one by one."""
        return len(self.digits) >= 7 or self._singles() >= 3

    def _singles(self) -> int:
        """Count the longest run of chunks that are one digit."""
        longest = run = 0
        for each in self.chunks:
            run = run + 1 if len(each) == 1 else 0
            longest = max(longest, run)
        return longest


def longer(number: Number | None, spoken: ReadOut | None) -> ReadOut | None:
    """Return a number as a whole or as it is read out, whichever has more words; if the same, as a whole."""
    if number and spoken and number.end >= spoken.end:
        return ReadOut(((str(number.value),),), number.end)
    return spoken


def read_chunks(said: Said, at: int, chunk: ChunkReader, dashes: Container[str]) -> ReadOut | None:
    """Read a number of one chunk or more, perhaps with dashes between its parts."""
    parts: list[tuple[str, ...]] = []
    end = at
    while part := _part(said, end + bool(parts), LONGEST - sum(map(len, parts)), chunk):
        chunks, end = part
        parts.append(chunks)
        if said[end] not in dashes:
            break
    return ReadOut(tuple(parts), end) if parts else None


def _part(said: Said, at: int, room: int, chunk: ChunkReader) -> tuple[tuple[str, ...], int] | None:
    chunks: list[str] = []
    end = at
    while len(chunks) < room and (found := chunk(said, end)):
        chunks.append(found.digits)
        end = found.end
    return (tuple(chunks), end) if chunks else None
