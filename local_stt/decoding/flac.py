"""Find the audio in FLAC files, and go on behind damage.  Source: RFC 9639."""

import re
from dataclasses import replace

from .input import BLOCK, Input, Part, Span
from .layout import Layout, Refusal, Segment

MAGIC = b"fLaC"

STREAM_INFO = 34
"""Bytes of the first block, which describes the stream"""

ID3V1 = 128
"""Bytes of a tag at the end"""

MAX_LOST = 60
"""Seconds that may be lost in one place, and become silence.  A false sample number could mean years."""

FRAME_HEAD = 16
"""Bytes of the longest header of a frame"""

_SYNC = re.compile(rb"\xff[\xf8\xf9]")


def flac_layout(file: Input, start: int = 0) -> Layout:
    """Find the streams of a FLAC file: several if files were joined.

    The decoder gets a header without the number of samples, so that it reads to the end.  Raises `Refusal`.
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
    block = max(1, int.from_bytes(info[2:4], "big"))
    return Segment(parts, rate, channels, samples or None, flac_block=block), samples


def _audio(file: Input, position: int, end: int) -> int:
    """Return the position behind the metadata blocks, where the audio begins."""
    while position < end:
        head = file.at(position, 4)
        position += 4 + int.from_bytes(head[1:], "big")
        if len(head) < 4 or head[0] & 0x80:
            break
    return position


def next_frame(file: Input, segment: Segment, first: int) -> tuple[int, Segment] | None:
    """Find the frame at which a decoder can go on behind damage.

    Returns the number of its first sample, which is at most `MAX_LOST` seconds after `first`, and the rest
    of the segment from there on.  Returns None if there is no such frame.
    """
    header, audio = segment.parts
    assert isinstance(audio, Span)
    last = first + MAX_LOST * segment.rate
    for position in range(audio.start, audio.end, BLOCK):
        data = file.at(position, min(BLOCK + FRAME_HEAD, audio.end - position))
        for found in _SYNC.finditer(data, 0, BLOCK + 1):
            number = _sample_number(data[found.start() : found.start() + FRAME_HEAD], segment.flac_block)
            if number is not None and first <= number <= last:
                return number, replace(segment, parts=(header, Span(position + found.start(), audio.end)))
    return None


def _sample_number(head: bytes, block: int) -> int | None:
    """Read the number of a frame's first sample, from 0; None if this is no frame's header."""
    if len(head) < FRAME_HEAD or head[3] & 1 or head[2] >> 4 == 0 or head[2] & 15 == 15 or head[3] >> 4 > 10:
        return None
    length = max(1, 8 - (head[4] ^ 0xFF).bit_length())  # as in UTF-8, up to seven bytes
    tail = head[5 : 4 + length]
    if head[4] >> 6 == 2 or length > 7 or any(byte >> 6 != 2 for byte in tail):
        return None
    size = {6: 1, 7: 2}.get(head[2] >> 4, 0) + {12: 1, 13: 2, 14: 2}.get(head[2] & 15, 0)
    if _crc8(head[: 5 + length + size]):
        return None
    number = head[4] & (0x7F if length == 1 else 0x7F >> length)
    for byte in tail:
        number = number << 6 | byte & 0x3F
    return number if head[1] & 1 else number * block


def _crc8(data: bytes) -> int:
    """Compute the CRC-8 by x^8 + x^2 + x + 1: 0 for a header with its checksum."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc << 1 & 0xFF ^ (0x07 if crc & 0x80 else 0)
    return crc
