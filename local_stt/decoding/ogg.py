"""Find Vorbis and Opus in Ogg files, also several streams one after the other ("chained").

Sources: RFC 3533 (Ogg), RFC 7845 (Opus), https://xiph.org/vorbis/doc/Vorbis_I_spec.html.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from .input import Input, Part, Span, merged
from .layout import Foreign, Layout, Segment

MAGIC = b"OggS"
HEAD = 27
"""Bytes of a page before its segment table"""

FIRST = 2
"""The flag of a stream's first page"""

CHECK_SUM = slice(22, 26)
"""Place of the checksum in a page"""

NO_POSITION = 2**64 - 1
"""Position of a page on which no packet ends"""

OPUS_RATE = 48_000
"""Samples a second that positions of Opus count (RFC 7845)"""

FOREIGN = {
    b"\x7fFLAC": "FLAC",
    b"Speex  ": "Speex",
    b"fLaC": "FLAC",
    b"\x80theora": "video",
    b"CELT   ": "CELT",
}


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Each byte with its bits in the other order"""


@dataclass(frozen=True, slots=True)
class _Page:
    span: Span
    flags: int
    position: int
    """Position in the stream, in samples, at the end of the last packet that ends on this page"""
    serial: bytes
    """Identifier of its stream"""
    number: int
    """Number of the page in its stream, modulo 2**32"""
    check_sum: bytes
    """The right checksum if the page has another, and so is damaged; else empty"""
    begins: bytes
    """The first bytes of its content"""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The page for the decoder.  A damaged one gets the right checksum, or a second would be missing."""
        if not self.check_sum:
            return (self.span,)
        place = self.span.start
        before, behind = Span(place, place + CHECK_SUM.start), Span(place + CHECK_SUM.stop, self.span.end)
        return (before, self.check_sum, behind)


@dataclass(slots=True)
class _Stream:
    """One stream of audio."""

    rate: int
    channels: int
    skipped: int
    """Samples at its beginning that are not played"""
    parts: list[Part] = field(default_factory=list)
    end: int = 0
    next: int | None = None
    """The number of the next page"""
    damaged: int = 0
    """Number of pages that are damaged, or come after missing ones"""

    def take(self, page: _Page) -> None:
        self.damaged += bool(page.check_sum) or self.next not in (None, page.number)
        self.next = (page.number + 1) % 2**32
        self.parts += page.parts
        if page.position != NO_POSITION:
            self.end = page.position

    def segment(self) -> Segment:
        frames = max(0, self.end - self.skipped)
        return Segment(merged(self.parts), self.rate, self.channels, frames or None)


def ogg_layout(file: Input) -> Layout:
    """Find the streams of audio of a file, in order, without the pages of other streams.

    Of streams that run side by side it takes the first.  Raises `Foreign` where there is no Vorbis or Opus.
    """
    streams: list[_Stream] = []
    ours: dict[bytes, _Stream] = {}
    others: list[bytes] = []
    at_beginning = True
    covered = 0
    end = 0
    for page in _pages(file):
        if page.check_sum and ours and (page.flags & FIRST or page.serial not in ours):
            continue  # it may be no page at all
        covered += len(page.span)
        end = page.span.end
        if page.flags & FIRST:
            if not at_beginning:
                ours = {}
            at_beginning = True
            stream = _stream(page.begins)
            if stream and not ours:  # the first of those that run side by side
                ours[page.serial] = stream
                streams.append(stream)
            else:
                others.append(page.begins)
        else:
            at_beginning = False
        if page.serial in ours:
            ours[page.serial].take(page)
    if not streams:
        names = [name for begins in others for magic, name in FOREIGN.items() if begins.startswith(magic)]
        raise Foreign(f"an Ogg file with {names[0] if names else 'an unknown codec'} in it")
    rest = 0 if file.is_silent(end, file.size) else file.size - end
    is_cut = file.at(end, 4) == MAGIC[: file.size - end] and rest > 0
    return Layout(
        tuple(each.segment() for each in streams),
        unread=0 if is_cut else file.size - covered,
        is_cut=is_cut,
        damaged=sum(each.damaged for each in streams),
    )


def _pages(file: Input) -> Iterator[_Page]:
    """Yield the pages that are complete; skip any bytes between them."""
    position = 0
    while (position := file.find(MAGIC, position, file.size)) >= 0:
        head = file.at(position, HEAD + 255)
        table = head[HEAD : HEAD + head[26]] if len(head) > HEAD else b""
        end = position + HEAD + len(table) + sum(table)
        if len(head) <= HEAD or head[4] or len(table) < head[26] or end > file.size:
            position += 1
            continue
        check_sum = _check_sum(file.at(position, end - position))
        is_damaged = check_sum != head[CHECK_SUM]
        if is_damaged and (other := file.find(MAGIC, position + 1, end)) >= 0:  # its size is wrong
            position = other
            continue
        yield _Page(
            Span(position, end),
            head[5],
            int.from_bytes(head[6:14], "little"),
            head[14:18],
            int.from_bytes(head[18:22], "little"),
            check_sum if is_damaged else b"",
            file.at(position + HEAD + len(table), 32),
        )
        position = end


def _check_sum(page: bytes) -> bytes:
    """Compute the CRC-32 of a page (RFC 3533); zlib takes its bits in the other order."""
    data = page[: CHECK_SUM.start] + bytes(4) + page[CHECK_SUM.stop :]
    crc = ~zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) & 0xFFFFFFFF
    return crc.to_bytes(4, "big").translate(_REVERSED)


def _stream(begins: bytes) -> _Stream | None:
    """Parse the first page of a stream; None if libsndfile does not decode it."""
    if begins.startswith(b"\x01vorbis"):
        return _Stream(int.from_bytes(begins[12:16], "little"), begins[11], 0)
    if begins.startswith(b"OpusHead"):
        return _Stream(OPUS_RATE, begins[9], int.from_bytes(begins[10:12], "little"))
    return None
