"""FLAC files.  Source: RFC 9639."""

from .input import Input, Part, Span
from .layout import Layout, Refusal, Segment

MAGIC = b"fLaC"

STREAM_INFO = 34
"""Bytes of the first block, which describes the stream"""

ID3V1 = 128
"""Bytes of a tag at the end"""


def flac_layout(file: Input, start: int = 0) -> Layout:
    """Find the streams of a file, several if files were put together.

    How many samples there are is left out of what the decoder gets, so that it reads to the end.
    """
    end = file.size
    if file.at(end - ID3V1, 3) == b"TAG":
        end -= ID3V1
    beginning = MAGIC + b"\0" + STREAM_INFO.to_bytes(3, "big")
    segments: list[Segment] = []
    stated = 0.0
    while start >= 0:
        after = file.find(beginning, start + len(MAGIC), end)
        segment, samples = _stream(file, start, end if after < 0 else after)
        segments.append(segment)
        stated += samples / segment.rate
        start = after
    return Layout(tuple(segments), stated if all(each.frames for each in segments) else 0.0)


def _stream(file: Input, start: int, end: int) -> tuple[Segment, int]:
    info = file.at(start + 8, STREAM_INFO)
    if len(info) < STREAM_INFO or file.at(start + 4, 1)[0] & 0x7F:
        raise Refusal("broken", reason="its beginning is cut off")
    fields = int.from_bytes(info[10:18], "big")
    rate, channels, samples = fields >> 44, (fields >> 41 & 7) + 1, fields & (2**36 - 1)
    untold = info[:10] + (fields >> 36 << 36).to_bytes(8, "big") + bytes(16)
    header = MAGIC + b"\x80" + STREAM_INFO.to_bytes(3, "big") + untold
    parts: tuple[Part, ...] = (header, Span(min(_audio(file, start + 4, end), end), end))
    return Segment(parts, rate, channels, samples or None), samples


def _audio(file: Input, position: int, end: int) -> int:
    """Where the blocks end that describe it."""
    while position < end:
        head = file.at(position, 4)
        position += 4 + int.from_bytes(head[1:], "big")
        if len(head) < 4 or head[0] & 0x80:
            break
    return position
