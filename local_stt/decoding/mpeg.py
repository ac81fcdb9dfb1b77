"""Find the frames of MPEG audio (MP3, and layers I and II).

Such a file is a sequence of frames.  It may begin with a frame that states their number ("Xing", "Info"),
which is used if it is right.  Sources: ISO/IEC 11172-3 and 13818-3,
http://www.mp3-tech.org/programmer/frame_header.html and http://gabriel.mp3-tech.org/mp3infotag.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from .input import Input, Span, merged
from .layout import Foreign, Layout, Segment

MAX_TO_FIRST = 2**21
"""Bytes in which the first frame is searched for"""

IN_A_ROW = 3
"""Frames that must follow before bytes count as a first frame"""

NEVER_NOTED = 2
"""Size, in frames, up to which bytes that are no frames go unreported, as nobody would miss them"""

WINDOW = 2**20
"""Bytes that are read at once"""

RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second, by version (3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5) and the header's number"""

_LOW_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
BITRATES = {
    (3, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): _LOW_2,
    (2, 3): _LOW_2,
}
"""kbit/s by version (3, or another) and layer"""


@dataclass(frozen=True, slots=True)
class FrameKind:
    """The properties that all frames of a stream share."""

    version: int
    layer: int
    rate: int
    channels: int

    @property
    def samples(self) -> int:
        """Samples of each channel in a frame."""
        if self.layer == 1:
            return 384
        return 576 if self.layer == 3 and self.version != 3 else 1152

    @property
    def side_information(self) -> int:
        """Bytes between the header and the content of a "Xing" frame."""
        if self.version == 3:
            return 32 if self.channels == 2 else 17
        return 17 if self.channels == 2 else 9


@lru_cache(maxsize=4096)
def frame(head: bytes) -> tuple[FrameKind, int] | None:
    """Parse a header of four bytes.

    Returns the kind and the size of the frame in bytes; None if it is no header.
    """
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return None
    kind = FrameKind(version, layer, RATES[version][rate], 1 if head[3] >> 6 == 3 else 2)
    bits = BITRATES[3 if version == 3 else 2, layer][bitrate] * 1000
    if layer == 1:
        return kind, (12 * bits // kind.rate + padding) * 4
    return kind, kind.samples // 8 * bits // kind.rate + padding


@dataclass(slots=True)
class _Stream:
    """Frames of one kind, up to the next frame that states a number."""

    kind: FrameKind
    stated: int | None = None
    """Number of frames that the first one states"""
    first: Span | None = None
    """The frame that states it"""
    spans: list[Span] = field(default_factory=list)
    frames: int = 0

    def take(self, start: int, end: int) -> None:
        self.frames += 1
        if self.spans and self.spans[-1].end == start:
            self.spans[-1] = Span(self.spans[-1].start, end)
        else:
            self.spans.append(Span(start, end))

    def segment(self) -> Segment:
        kind = self.kind
        is_right = self.stated in (self.frames, self.frames + 1)
        spans = [self.first, *self.spans] if self.first and is_right else self.spans
        return Segment(merged(spans), kind.rate, kind.channels, self.frames * kind.samples, is_mpeg=True)


def mpeg_layout(file: Input, start: int = 0, end: int | None = None) -> Layout:
    """Find the streams of frames from `start` to `end`.  Raises `Foreign` where there are none."""
    end = file.size if end is None else end
    streams: list[_Stream] = []
    begin = reached = None
    covered = largest = 0
    for at, size, kind in _Frames(file, start, end):
        if begin is None and kind is None:  # before the first frame there may be anything
            continue
        begin = at if begin is None else begin
        reached = min(at + size, end)
        covered += reached - at
        if kind is None or at + size > end:  # a tag, or half a frame, on which decoders fail
            continue
        largest = max(largest, size)
        stated = _stated(file, at, kind)
        if stated is not None:
            streams.append(_Stream(kind, stated or None, Span(at, at + size)))
            continue
        if not streams or streams[-1].kind != kind:
            streams.append(_Stream(kind))
        streams[-1].take(at, reached)
    heard = [each for each in streams if each.frames]
    if not heard or begin is None or reached is None:
        raise Foreign
    unread = end - begin - covered
    if file.is_silent(reached, end):
        unread -= end - reached
    stated_seconds = sum(
        max(each.frames, each.stated or 0) * each.kind.samples / each.kind.rate for each in heard
    )
    return Layout(
        tuple(each.segment() for each in heard),
        stated=stated_seconds if any((each.stated or 0) > each.frames for each in heard) else 0.0,
        unread=unread if unread > NEVER_NOTED * largest else 0,
    )


class _Frames:
    """The frames and tags of a part of a file, in order: position, bytes, and kind (None for a tag)."""

    def __init__(self, file: Input, start: int, end: int) -> None:
        self._file, self._start, self._end = file, start, end
        self._window, self._base = b"", 0

    def __iter__(self) -> Iterator[tuple[int, int, FrameKind | None]]:
        position, last = self._start, None
        while position < self._end:
            found = frame(self._at(position, 4))
            if found and (found[0] == last or self._goes_on(position, found)):
                last = found[0]
                yield position, found[1], last
                position += found[1]
            elif size := self._tag(position):
                yield position, min(size, self._end - position), None
                position += size
            else:
                limit = self._end if last else min(self._end, position + MAX_TO_FIRST)
                position = self._search(position + 1, limit)

    def _at(self, position: int, count: int) -> bytes:
        offset = position - self._base
        if offset < 0 or offset + count > len(self._window):
            self._window = self._file.at(position, min(WINDOW, self._end - position))
            self._base, offset = position, 0
        return self._window[offset : offset + count]

    def _goes_on(self, position: int, found: tuple[FrameKind, int]) -> bool:
        """Tell whether `IN_A_ROW` frames of the same kind follow, or as many as there are up to the end."""
        kind, size = found
        for _ in range(IN_A_ROW):
            position += size
            if position >= self._end:
                return position == self._end
            following = frame(self._file.at(position, 4))
            if not following or following[0] != kind:
                return False
            size = following[1]
        return True

    def _tag(self, position: int) -> int:
        """Return the size of a tag in bytes; 0 if there is none here."""
        head = self._at(position, 32)
        if head[:3] == b"ID3" and len(head) >= 10:
            size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
            whole = 10 + size + 10 * bool(head[5] & 0x10)
            return whole if self._frame_comes(position + whole) else 10
        if head[:8] == b"APETAGEX" and len(head) == 32:
            return 32 + int.from_bytes(head[12:16], "little")
        if head[:11] == b"LYRICSBEGIN":
            return self._end - position
        return 128 if head[:3] == b"TAG" and self._end - position <= 128 else 0

    def _frame_comes(self, position: int) -> bool:
        """Tell whether a tag's size can be true: a cut or spliced file has frames inside."""
        return position < self._end

    def _search(self, position: int, limit: int) -> int:
        """Find where the next frame or tag may be; the end if there is none."""
        while position < limit:
            block = self._file.at(position, min(2**16, limit - position))
            places = [
                each for each in (block.find(b"\xff"), block.find(b"ID3"), block.find(b"TAG")) if each >= 0
            ]
            if places:
                return position + min(places)
            position += len(block) if len(block) < 3 else max(1, len(block) - 2)
        return self._end


def _stated(file: Input, at: int, kind: FrameKind) -> int | None:
    """Read the number of frames that a "Xing", "Info" or "VBRI" frame states; 0 if it states none.

    Returns None for a frame of audio.
    """
    if kind.layer != 3:
        return None
    head = file.at(at, 48 + 8)
    place = 4 + kind.side_information
    if head[place : place + 4] in (b"Xing", b"Info"):
        told = head[place + 7] & 1 if len(head) > place + 7 else 0
        return int.from_bytes(head[place + 8 : place + 12], "big") if told else 0
    if head[36:40] == b"VBRI":
        return int.from_bytes(head[50:54], "big")
    return None
