"""What e-mail and web addresses of all languages have in common."""

from collections.abc import Callable, Iterator

from .matching import Match, Said

ENDINGS = frozenset(
    "com org net edu gov mil io ai co uk de fr es it nl eu us ca au nz in jp ch at be se no dk fi pl "
    "ie me tv info biz app dev tech online shop store cloud site xyz int museum name pro".split()
)
"""What a domain may end with"""

Reader = Callable[[Said, int, int], tuple[int, Match] | None]
"""Reads an address around a word, not before a position; returns where it begins too"""


def scan(said: Said, readers: dict[str, Reader]) -> Iterator[tuple[int, Match]]:
    """Read around each telling word what no address before it has."""
    end = 0
    for at, word in enumerate(said.words):
        found = readers[word](said, at, end) if word in readers and at >= end else None
        if found:
            end = found[1].end
            yield found
