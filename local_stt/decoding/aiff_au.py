"""Find the audio in AIFF, AIFF-C and AU files; the decoder gets it with a header that is written here.

Sources: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/AIFF/AIFF.html and …/AU/AU.html.
"""

import struct

from .input import Input, Span
from .layout import Foreign, Layout, Refusal, Segment
from .riff import TO_THE_END, after, follow

WIDTHS = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}
"""Bytes of a sample, by AU's number of its encoding"""

MAX_BITS = 64
"""Bits of a sample"""

MU_LAW, A_LAW, FLOAT, DOUBLE = 1, 27, 6, 7
OF_BITS = {8: 2, 16: 3, 24: 4, 32: 5}
OF_TYPE = {
    b"ulaw": MU_LAW,
    b"ULAW": MU_LAW,
    b"alaw": A_LAW,
    b"ALAW": A_LAW,
    b"fl32": FLOAT,
    b"FL32": FLOAT,
    b"fl64": DOUBLE,
    b"FL64": DOUBLE,
}
NO_COMPRESSION = (b"", b"NONE", b"twos", b"in24", b"in32")
LITTLE_ENDIAN = b"sowt"
NOT_BY_FFMPEG = (b"DWVW",)


def au_layout(file: Input) -> Layout:
    """Find the audio of an AU file.  Nothing comes after the samples, so they go to the end.

    Raises `Refusal` for a file that cannot be read, and `Foreign` for an encoding that only ffmpeg decodes.
    """
    head = file.at(4, 20)
    if len(head) < 20:
        raise Refusal("broken", reason="its beginning is cut off")
    offset, size, encoding, rate, channels = struct.unpack(">5I", head)
    if encoding not in WIDTHS:
        raise Foreign(f"an AU file with encoding {encoding} in it")
    data = Span(min(max(24, offset), file.size), file.size)
    stated = 0.0
    if len(data) < size < 0xFFFFFFFF and rate and channels:
        stated = size / (WIDTHS[encoding] * channels * rate)
    return _layout(_big_endian(encoding, rate, channels, data), stated)


def aiff_layout(file: Input) -> Layout:
    """Find the audio of an AIFF or AIFF-C file.

    Raises `Refusal` for a file that cannot be read, and `Foreign` for a codec that only ffmpeg decodes.
    """
    position, common = 12, b""
    while len(head := file.at(position, 8)) == 8:
        size = int.from_bytes(head[4:], "big")
        if head[:4] == b"COMM":
            common = file.at(position + 8, min(size, 1024))
        elif head[:4] == b"SSND" and common:
            return _sounds(file, common, position + 8, size)
        position = after(file, position, size)
    raise Refusal("no_audio")


def _sounds(file: Input, common: bytes, start: int, size: int) -> Layout:
    if len(common) < 18:
        raise Refusal("broken", reason="what it says of its format is cut off")
    channels, _, bits = struct.unpack(">HIH", common[:8])
    rate = _extended(common[8:18])
    kind = common[18:22]
    begin = start + 8 + int.from_bytes(file.at(start, 4), "big")
    end = start + size
    if end > file.size or not follow(file, after(file, start - 8, size), file.size, order="big"):
        end = file.size
    data = Span(min(begin, end), end)
    bits = (bits + 7) // 8 * 8
    a_second = bits * channels * rate
    stated = max(0, size - 8) * 8 / a_second if start + size > file.size and a_second else 0.0
    if kind == LITTLE_ENDIAN:
        return _layout(_little_endian(bits, rate, channels, data), stated)
    encoding = OF_BITS.get(bits) if kind in NO_COMPRESSION else OF_TYPE.get(kind)
    if kind in NOT_BY_FFMPEG:
        raise Refusal("not_by_either", what="an AIFF file with DWVW in it", program="sndfile-convert")
    if encoding is None:
        raise Foreign(f"an AIFF file with {kind.decode('ascii', 'replace')!r} in it")
    return _layout(_big_endian(encoding, rate, channels, data), stated)


def _layout(segment: Segment, stated: float) -> Layout:
    return Layout((segment,) if segment.frames else (), stated)


def _big_endian(encoding: int, rate: int, channels: int, data: Span) -> Segment:
    header = b".snd" + struct.pack(">I4sIII", 28, TO_THE_END, encoding, rate, channels) + bytes(4)
    frames = len(data) // (WIDTHS[encoding] * max(1, channels))
    return Segment((header, data), rate, channels, frames, is_sought=True)


def _little_endian(bits: int, rate: int, channels: int, data: Span) -> Segment:
    if bits > MAX_BITS:
        raise Refusal("broken", reason="what it says of its format cannot be")
    block = bits // 8 * channels
    form = struct.pack("<HHIIHH", 1, channels, rate, (rate * block) & 0xFFFFFFFF, block & 0xFFFF, bits)
    header = b"RIFF" + TO_THE_END + b"WAVEfmt \x10\0\0\0" + form + b"data" + TO_THE_END
    return Segment((header, data), rate, channels, len(data) // max(1, block), is_sought=True)


def _extended(number: bytes) -> int:
    """Convert an 80-bit number of Apple's floating-point unit to a whole number; 0 if it is out of range."""
    exponent = (int.from_bytes(number[:2], "big") & 0x7FFF) - 16383
    return int.from_bytes(number[2:], "big") >> (63 - exponent) if 0 <= exponent < 31 else 0
