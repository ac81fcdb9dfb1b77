"""Identify the format of an audio file by its first bytes, and find the audio in it."""

import struct

from .aiff_au import aiff_layout, au_layout
from .flac import MAGIC as FLAC
from .flac import flac_layout
from .input import Input
from .layout import Foreign, Layout, Refusal
from .mpeg import mpeg_layout
from .ogg import MAGIC as OGG
from .ogg import ogg_layout
from .riff import wav_layout

NAMES = (
    (4, b"ftyp3g", "a 3GP file"),
    (4, b"ftypqt", "a QuickTime file"),
    (4, b"ftypM4A", "an M4A file"),
    (4, b"ftyp", "an MP4 file"),
    (4, b"moov", "a QuickTime file"),
    (4, b"mdat", "a QuickTime file"),
    (0, b"#!AMR", "an AMR file"),
    (0, b"\x1a\x45\xdf\xa3", "a WebM or Matroska file"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMA or ASF file"),
    (0, b"FLV", "an FLV file"),
    (0, b"caff", "a CAF file"),
    (0, b"riff", "a Wave64 file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"TTA", "a TTA file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"MPCK", "a Musepack file"),
    (0, b"\x0b\x77", "an AC-3 file"),
    (0, b"\x7f\xfe\x80\x01", "a DTS file"),
    (0, b"NIST_1A", "a NIST SPHERE file"),
    (0, b"Creative Voice", "a VOC file"),
    (0, b"2BIT", "an AVR file"),
    (0, b" paf", "a PARIS file"),
    (0, b"fap ", "a PARIS file"),
    (0, b"PVF1\n", "a PVF file"),
    (0, b"\xf0\x7e", "a MIDI sample dump"),
    (0, b"ALawSoundFile**", "a Psion file"),
    (8, b"8SVX", "an IFF file"),
    (8, b"16SV", "an IFF file"),
    (8, b"MAUD", "an IFF file"),
    (65, b"FSSD", "an HCOM file"),
    (0, b"\x64\xa3", "an IRCAM file"),
    (0, b"RIFX", "a big-endian WAV file"),
    (0, b"ADIF", "an AAC file"),
)
"""Formats that only ffmpeg reads: a position in the file, the bytes there, and the format's name"""

SOX, SNDFILE = "sox", "sndfile-convert"

NOT_BY_FFMPEG = (
    (0, b"MATLAB 5.0 MAT-file", "a MATLAB file", SNDFILE),
    (20, b"samplerate\0", "a MATLAB file", SNDFILE),
    (0, b"LM8953", "a TX-16W file", SOX),
    (0, b"SOUND SAMPLE DATA ", "a SampleVision file", SOX),
    (0, b"SOUND\x1a", "a Sndtool file", SOX),
    (0, b"Extended Instrument: ", "a FastTracker file", SNDFILE),
)
"""Formats that ffmpeg does not read, or takes for another: position, bytes, name, and a program that
converts them.  sox makes silence of MATLAB files with 64-bit samples."""

HTK_HEAD = 12
"""Bytes before the samples of an HTK file; the first are the number of samples"""

TS_PACKET = 188
"""Bytes of a packet of an MPEG transport stream; each packet begins with a "G\""""


def identify(file: Input) -> Layout:
    """Find the audio in a file.

    Raises `Refusal` for a file that cannot be read, and `Foreign` for one that only ffmpeg reads.
    """
    head = file.at(0, 4 * TS_PACKET)
    if not head:
        raise Refusal("empty")
    layout = _layout(file, head)
    if not layout.segments:
        raise Refusal("no_audio")
    return layout


def _layout(file: Input, head: bytes) -> Layout:
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        if head[8:12] != b"WAVE":
            raise Foreign("an AVI file" if head[8:12] == b"AVI " else "")
        return wav_layout(file)
    if head[:4] == FLAC:
        return flac_layout(file)
    if head[:4] == OGG:
        return ogg_layout(file)
    if head[:4] == b".snd":
        return au_layout(file)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return aiff_layout(file)
    if head[:3] == b"ID3" and (start := _after_id3(file, head)):
        return flac_layout(file, start)
    _refuse_what_ffmpeg_cannot_read(file, head)
    _refuse_foreign(head)
    return mpeg_layout(file)


def _after_id3(file: Input, head: bytes) -> int:
    """Find where FLAC begins behind an ID3 tag; 0 if it does not."""
    start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    return start if file.at(start, 4) == FLAC else 0


def _refuse_what_ffmpeg_cannot_read(file: Input, head: bytes) -> None:
    for at, magic, name, program in NOT_BY_FFMPEG:
        if head[at : at + len(magic)] == magic:
            raise Refusal("not_by_either", what=name, program=program)
    if head[:4] in (b" paf", b"fap ") and head[16:20] in (b"\0\0\0\1", b"\1\0\0\0"):
        raise Refusal("not_by_either", what="a PARIS file of 24 bits", program=SOX)
    samples, width, kind = struct.unpack_from(">I4xHH", head.ljust(HTK_HEAD, b"\xff"))
    if (width, kind, file.size) == (2, 0, HTK_HEAD + 2 * samples):
        raise Refusal("not_by_either", what="an HTK file", program=SOX)


def _refuse_foreign(head: bytes) -> None:
    for at, magic, name in NAMES:
        if head[at : at + len(magic)] == magic:
            raise Foreign(name)
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        raise Foreign("an AAC file")
    if len(head) == 4 * TS_PACKET and head[::TS_PACKET] == b"GGGG":
        raise Foreign("an MPEG transport stream")
