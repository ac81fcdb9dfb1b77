"""Write what was said as lines, and cut them into parts that a language model can read.  No I/O."""

from collections.abc import Iterable, Iterator, Sequence

from ..core.call_record import Utterance
from ..core.captions import speaker_and_text

BYTES_A_TOKEN = 3
"""Bytes of UTF-8 that a token has at least, on average: English has four, Korean about three"""


def lines_of(said: Iterable[Utterance]) -> Iterator[str]:
    """Yield a line for each utterance, with its time and its speaker: `[1:05] caller: Hello.`"""
    for each in said:
        speaker, text = speaker_and_text(each)
        seconds = int(each.start)
        name = f"{speaker}: " if speaker else ""
        yield f"[{seconds // 60}:{seconds % 60:02}] {name}{' '.join(text.split())}"


def in_parts(lines: Iterable[str], max_bytes: int) -> list[str]:
    """Join lines to texts of at most this number of bytes, each as long as it can be."""
    parts: list[list[str]] = []
    left = 0
    for line in (piece for each in lines for piece in _pieces(each, max_bytes)):
        size = len(line.encode()) + 1
        if not parts or size > left:
            parts.append([])
            left = max_bytes
        parts[-1].append(line)
        left -= size
    return ["\n".join(part) for part in parts]


def _pieces(line: str, max_bytes: int) -> Sequence[str]:
    """Cut a line that is too long for a part of its own."""
    letters = max(1, max_bytes // 4 - 1)  # a letter has four bytes at most
    if len(line.encode()) < max_bytes:
        return [line]
    return [line[at : at + letters] for at in range(0, len(line), letters)]


def shortened(text: str, max_bytes: int) -> str:
    """Return the beginning of a text that has at most this number of bytes."""
    return text.encode()[:max_bytes].decode(errors="ignore")
