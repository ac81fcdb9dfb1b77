"""Values that say where the audio of a file is, and why a file is refused."""

from dataclasses import dataclass, field

from .input import Part

MAX_CHANNELS = 32
"""Channels, as a conference may have; a file with thousands is made to do harm"""

MIN_RATE, MAX_RATE = 2000, 768_000
"""Samples a second; with fewer it is no speech, and a small file would last for days"""


class Refusal(Exception):  # noqa: N818  (an answer for the parent)
    """A file is not read.  `kind` is a key of `sentences.SENTENCES`, `fields` what its sentence needs."""

    def __init__(self, kind: str, **fields: str | int) -> None:
        super().__init__(kind)
        self.kind, self.fields = kind, fields


class Foreign(Exception):  # noqa: N818  (a finding)
    """A file is in a format that only ffmpeg reads: `what` names it ("an MP4 file"); empty if unknown."""

    def __init__(self, what: str = "") -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of a file that one decoder reads, from its beginning to its end."""

    parts: tuple[Part, ...]
    rate: int
    """Samples a second"""
    channels: int
    frames: int | None
    """Samples of each channel; None if only decoding can tell"""
    is_sought: bool = False
    """Whether the decoder may begin at any sample"""
    is_mpeg: bool = False
    """Whether it is a stream of MPEG frames, which has no header"""
    flac_block: int = 0
    """Samples of the largest frame, if it is FLAC; damage loses no more at a time.  Else 0"""

    def __post_init__(self) -> None:
        if not 1 <= self.channels <= MAX_CHANNELS:
            raise Refusal("channels", count=self.channels)
        if not MIN_RATE <= self.rate <= MAX_RATE:
            raise Refusal("rate", rate=self.rate)


@dataclass(frozen=True, slots=True)
class Layout:
    """All audio of a file."""

    segments: tuple[Segment, ...]
    stated: float = 0.0
    """Seconds that the file states, if it has less audio than that; else 0"""
    unread: int = 0
    """Bytes behind the beginning of the audio that are no audio"""
    is_cut: bool = field(default=False)
    """Whether the file is cut off"""
    damaged: int = 0
    """Number of damaged places"""
