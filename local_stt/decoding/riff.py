"""Find the audio in WAV files: RIFF, RF64 and BW64.

Sources: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html, EBU Tech 3306 (RF64).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .input import Input, Span
from .layout import Foreign, Layout, Refusal, Segment
from .mpeg import mpeg_layout

UNTOLD = 0x7FFF0000
"""Bytes: a program that writes WAV to a pipe states this size or a larger one, as it cannot know it"""

TO_THE_END = b"\xff\xff\xff\xff"
"""The size that makes libsndfile read to the end"""

RIFF = (b"RIFF", b"RF64", b"BW64")

KNOWN = {
    b"data",
    b"fmt ",
    b"fact",
    b"LIST",
    b"JUNK",
    b"bext",
    b"iXML",
    b"PEAK",
    b"cue ",
    b"smpl",
    b"id3 ",
    *RIFF,
    *(b"COMM", b"SSND", b"FVER", b"MARK", b"INST", b"NAME", b"AUTH", b"ANNO", b"COMT", b"ID3 "),
}
"""Names of chunks, to recognize one that begins where the padding byte of the chunk before should be"""

MAX_FORMAT = 1024
"""Bytes of a `fmt ` chunk that are read"""

EXTENSIBLE, MP2, MP3 = 0xFFFE, 0x50, 0x55

PCM, ADPCM, FLOAT, A_LAW, MU_LAW, IMA, GSM = 1, 2, 3, 6, 7, 0x11, 0x31
ONE_BY_ONE = {PCM, FLOAT, A_LAW, MU_LAW}
"""Formats in which a sample is a number of bytes"""

FOREIGN = {
    0x14: "G.723",
    0x42: "G.723.1",
    0x45: "G.726",
    0x64: "G.726",
    0x65: "G.722",
    0x83: "G.729",
    0x20: "Yamaha ADPCM",
    0x22: "TrueSpeech",
    0x40: "G.721",
    0x200: "Creative ADPCM",
    0xFF: "AAC",
    0x1600: "AAC",
    0x1602: "AAC",
    0x706D: "AAC",
    0xA106: "AAC",
    0x160: "WMA",
    0x161: "WMA",
    0x162: "WMA",
    0x163: "WMA",
    0x2000: "AC-3",
    0x2001: "DTS",
    0x270: "ATRAC3",
    0xA109: "Speex",
    0x28F: "G.722",
    0xA100: "G.723.1",
    0xF1AC: "FLAC",
    0x566F: "Vorbis",
}


@dataclass(frozen=True, slots=True)
class Format:
    """The content of a `fmt ` chunk."""

    tag: int
    channels: int
    rate: int
    bytes_a_second: int
    block: int
    """Bytes of a block"""
    bits: int
    extra: bytes

    @property
    def frames_a_block(self) -> int:
        """Samples of each channel in a block; 0 if unknown."""
        if self.tag in ONE_BY_ONE:
            return 1
        if self.tag == GSM:
            return 320
        return int.from_bytes(self.extra[2:4], "little")


def wav_layout(file: Input, start: int = 0) -> Layout:
    """Find the audio of a WAV file, and of any that were appended to it.

    Raises `Refusal` for a file that cannot be read, and `Foreign` for a codec that only ffmpeg decodes.
    """
    found: list[Layout] = []
    while _is_wav(file.at(start, 12)):
        layouts, start = _one(file, start)
        found += layouts
    segments = tuple(segment for layout in found for segment in layout.segments)
    return Layout(segments, sum(each.stated for each in found), sum(each.unread for each in found))


def follow(file: Input, start: int, end: int, *, order: str = "little") -> bool:
    """Tell whether there are chunks from `start` to `end`, and not audio that a wrong size left out."""
    while start < end:
        head = file.at(start, 8)
        if len(head) < 8 or not all(0x20 <= byte < 0x7F for byte in head[:4]):
            return file.is_silent(start, end)
        size = int.from_bytes(head[4:8], "little" if order == "little" else "big")
        if start + 8 + size > end:
            return head[:4].strip().upper() in {b"LIST", b"ID3", b"BEXT", b"IXML", b"JUNK", b"_PMX"}
        start = after(file, start, size)
    return True


def after(file: Input, start: int, size: int) -> int:
    """Return where the next chunk begins: at an even position, though some programs do not pad odd chunks."""
    end = start + 8 + size
    return end if file.at(end, 4) in KNOWN else end + size % 2


def _is_wav(head: bytes) -> bool:
    return head[:4] in RIFF and head[8:12] == b"WAVE"


def _chunks(file: Input, start: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, the position and the stated size of each chunk."""
    position = start + 12
    while len(head := file.at(position, 8)) == 8:
        size = int.from_bytes(head[4:], "little")
        yield head[:4], position + 8, size
        position = after(file, position, size)


def _one(file: Input, start: int) -> tuple[list[Layout], int]:
    """Find the audio of one WAV file, which may be in several chunks, and the position behind the file."""
    form, large, raw = None, 0, b""
    found: list[Layout] = []
    for name, at, size in _chunks(file, start):
        if name in RIFF:
            return found, at - 8
        if name == b"ds64":
            large = int.from_bytes(file.at(at + 8, 8), "little")
        elif name == b"fmt ":
            raw = file.at(at, min(size, MAX_FORMAT))
            form = _format(raw)
        elif name == b"data" and form:
            size = large if large and size == 0xFFFFFFFF else size
            data, stated, rest = _data(file, at, size, is_told=bool(large))
            found.append(_layout(file, form, raw, data, stated))
            if large or rest != after(file, at - 8, size):  # the chunk's size does not lead to the next
                return found, rest
    return found, file.size


def _format(raw: bytes) -> Format:
    if len(raw) < 16:
        raise Refusal("broken", reason="what it says of its format is cut off")
    tag, channels, rate, bytes_a_second, block, bits = struct.unpack("<HHIIHH", raw[:16])
    if tag == EXTENSIBLE and len(raw) >= 26:
        tag = int.from_bytes(raw[24:26], "little")
    return Format(tag, channels, rate, bytes_a_second, block, bits, raw[16:])


def _data(file: Input, start: int, size: int, *, is_told: bool) -> tuple[Span, int, int]:
    """Find a chunk's audio, the bytes that it states if it has fewer (else 0), and the position behind it.

    A recorder that crashed leaves a size of 0, or the size of what it had written at some moment.
    """
    end = start + size
    if start + size > file.size:
        is_unknown = size >= UNTOLD and not is_told
        return Span(start, file.size), 0 if is_unknown else size, file.size
    rest = after(file, start - 8, size)
    if _is_wav(file.at(rest, 12)) or follow(file, rest, file.size):
        return Span(start, end), 0, rest
    return Span(start, file.size), 0, file.size


def _layout(file: Input, form: Format, raw: bytes, data: Span, stated: int) -> Layout:
    if form.tag in (MP2, MP3):
        return mpeg_layout(file, data.start, data.end)
    if form.tag not in {*ONE_BY_ONE, ADPCM, IMA, GSM}:
        codec = FOREIGN.get(form.tag, f"a codec of number {form.tag}")
        raise Foreign(f"a WAV file with {codec} in it")
    header = b"RIFF" + TO_THE_END + b"WAVEfmt " + struct.pack("<I", len(raw)) + raw + b"\0" * (len(raw) % 2)
    parts = (header + b"data" + TO_THE_END, data)
    frames = len(data) // max(1, form.block) * form.frames_a_block
    segment = Segment(
        parts, form.rate, form.channels, frames or None, is_sought=form.tag in ONE_BY_ONE and form.block > 0
    )
    whole = stated // max(1, form.block) * form.frames_a_block / form.rate
    return Layout((segment,) if len(data) else (), whole)
