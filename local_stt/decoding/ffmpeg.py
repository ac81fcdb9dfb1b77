"""Decode with the program `ffmpeg`, which reads nearly everything.

A hostile file can do little harm: ffmpeg may open this file alone, reads no playlist, and decodes nothing
but audio.  Source: https://ffmpeg.org/ffmpeg-formats.html.
"""

import contextlib
import functools
import os
import re
import resource
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator
from typing import IO

import numpy as np

from ..system.parent import die_with_parent
from .input import Input
from .layout import MAX_CHANNELS, MAX_RATE, MIN_RATE, Refusal
from .matroska import Matroska
from .sound import Block, Floats, silence

CONTAINERS = (
    "aac,ac3,eac3,aiff,alaw,amr,amrnb,amrwb,ape,asf,au,avi,avr,caf,dts,dtshd,epaf,flac,flv,g722,g726,gsm,hcom,"
    "iff,ircam,loas,matroska,webm,mov,mp4,mp3,mpc,mpc8,mpeg,mpegts,mulaw,nistsphere,ogg,oma,pvf,sds,shn,sln,"
    "sol,spdif,tak,tta,voc,w64,wav,wv,wve,xwma"
)
"""Formats that ffmpeg may try: none that names other files"""

RAW = {
    ".g722": ("-f", "g722"),
    ".gsm": ("-f", "gsm"),
    ".al": ("-f", "alaw", "-ar", "8000"),
    ".alaw": ("-f", "alaw", "-ar", "8000"),
    ".ul": ("-f", "mulaw", "-ar", "8000"),
    ".ulaw": ("-f", "mulaw", "-ar", "8000"),
    ".sln": ("-f", "sln"),
}
"""Options for files without a header, by the ending of the name"""

MIN_GAP = 0.1
"""Seconds without audio that are filled with silence; less may be clock drift"""

MAX_FILLED_SECONDS = 24 * 3600
"""Seconds of silence that fill gaps at most, as a file may state any time"""

BLOCK = 2**16
"""Bytes that are read at once"""

AT_ONCE = 2**13
"""Samples of each channel in a block"""

MAX_CPU_SECONDS = 4 * 3600
"""Seconds of processor time; a file of a day takes minutes"""

ESTIMATE = b"Estimating duration"
"""Message of ffmpeg's about a length that it estimated from the size of the file"""

NOT_DECODED = rb"Error while decoding stream|Error submitting packet to decoder"
"""Messages of ffmpeg's for each packet that is lost: until version 6, and since"""

DAMAGED = (
    rb"corrupt input packet|Packet corrupt|Corrupt bitstream|partial file|ended prematurely|CRC mismatch"
)
"""Messages of ffmpeg's about a file that is not whole"""

SUMMARY = r"Conversion failed!|Output file is empty|size=|video:| |Output #|Stream mapping:"
"""Lines that do not say what went wrong"""

WHERE = r"^(\[.*?\] *)*(file:\S+:|Error while decoding stream \S+:|Error submitting packet to decoder:)? *"
"""Prefixes of the lines that do"""

MAX_MESSAGES = 2**14
"""Bytes of ffmpeg's first messages that are kept, and of its last"""


class FfmpegSource:
    """A file that ffmpeg decodes, each time from its beginning."""

    unread = 0
    is_cut = False

    def __init__(self, program: str, file: Input, ending: str) -> None:
        """Find out what is in the file; `ending` is the ending of its name.

        Raises `Refusal` for a file that ffmpeg cannot decode.
        """
        self._command = [
            *(program, "-nostdin", "-hide_banner", "-nostats", "-threads", "1"),
            *("-protocol_whitelist", "file", "-format_whitelist", CONTAINERS),
            *RAW.get(ending.lower(), ()),
            *("-i", f"file:/dev/fd/{file.descriptor}", "-vn", "-sn", "-dn", "-map_metadata", "-1"),
            *("-c:a", "pcm_f32le", "-f", "matroska", "pipe:1"),
        ]
        self._file = file
        self.why = ""
        self.stated, self.damaged = 0.0, 0
        self.seconds: float | None = None
        with self._started() as (output, messages):
            decoded = _opened(output, messages)
            self.rate, self.channels = decoded.rate, decoded.channels
            self.seconds = messages.seconds or None  # ffmpeg says 0 for formats that state no length

    def blocks(self, since: float = 0.0) -> Iterator[Block]:
        """Decode from second `since` on, with silence in gaps.  Raises `Refusal`."""
        with self._started() as (output, messages):
            decoded = _opened(output, messages)
            skip = round(since * self.rate)
            for samples in _larger(in_time(decoded.blocks(), self.rate)):
                yield self.rate, samples[skip:]
                skip = max(0, skip - len(samples))
            self.why = messages.failure()
            self.stated, self.damaged = messages.stated, messages.damaged

    @contextlib.contextmanager
    def _started(self) -> Iterator[tuple[IO[bytes], "_Messages"]]:
        os.lseek(self._file.descriptor, 0, os.SEEK_SET)  # where /dev/fd shares the position, as on macOS
        with subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(self._file.descriptor,),
            preexec_fn=functools.partial(_bound, os.getpid()),  # the decoder has one thread
        ) as process:
            assert process.stdout
            assert process.stderr
            try:
                yield process.stdout, _Messages(process, process.stderr)
            finally:
                process.kill()


class _Messages:
    """The messages that ffmpeg writes to standard error."""

    def __init__(self, process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> None:
        self._process, self._errors, self._text = process, errors, b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(ValueError, OSError):  # it is closed
            while data := self._errors.read1(BLOCK):  # type: ignore[attr-defined]
                self._text += data
                if len(self._text) > 2 * MAX_MESSAGES:
                    self._text = self._text[:MAX_MESSAGES] + self._text[-MAX_MESSAGES:]

    @property
    def seconds(self) -> float | None:
        """Seconds that the file lasts, if ffmpeg has found out."""
        found = re.search(rb"Duration: (\d+):(\d\d):(\d\d\.\d+)", self._text)
        return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None

    @property
    def stated(self) -> float:
        """Seconds that the file says its audio lasts; 0 if it does not say, or if its video may be longer."""
        read = self._text.partition(b"Stream mapping:")[0]
        is_sure = read.count(b"Stream #0:") == 1 and ESTIMATE not in read
        return (self.seconds or 0.0) if is_sure else 0.0

    @property
    def damaged(self) -> int:
        """Number of places that could not be decoded, as far as ffmpeg has reported them."""
        return len(re.findall(NOT_DECODED, self._text)) or bool(re.search(DAMAGED, self._text))

    def took_too_long(self) -> bool:
        """Tell whether ffmpeg was ended for using more processor time than it may."""
        return self._process.wait() == -signal.SIGXCPU

    def failure(self) -> str:
        """Return why ffmpeg failed, in its own words; empty if it did not."""
        status = self._process.wait()
        self._thread.join()
        if not status:
            return ""
        lines = self._text.decode("utf-8", "replace").splitlines()
        said = [line for line in lines if line.strip() and not re.match(SUMMARY, line)]
        return re.sub(WHERE, "", said[-1]).rstrip(". ") if said else f"status {status}"


def _opened(output: IO[bytes], messages: _Messages) -> Matroska:
    """Open ffmpeg's output.  Raises `Refusal` where it has no audio, or audio out of bounds."""
    decoded = Matroska(output)
    if not decoded.rate or not decoded.channels:
        if messages.took_too_long():
            raise Refusal("hangs")
        raise Refusal("not_by_ffmpeg", reason=messages.failure() or "it has no audio in it")
    if decoded.channels > MAX_CHANNELS:
        raise Refusal("channels", count=decoded.channels)
    if not MIN_RATE <= decoded.rate <= MAX_RATE:
        raise Refusal("rate", rate=decoded.rate)
    return decoded


def in_time(blocks: Iterable[tuple[float, Floats]], rate: int) -> Iterator[Floats]:
    """Fill gaps with silence, so that a sample's position is its time.

    The sound of a video may begin after its picture.  Blocks that come too early are not cut.
    """
    passed, most = 0, MAX_FILLED_SECONDS * rate
    for begins, samples in blocks:
        gap = min(round(begins * rate) - passed, most)
        if gap > MIN_GAP * rate:
            most -= gap
            passed += gap
            yield from silence(gap, samples.shape[1])
        passed += len(samples)
        yield samples


def _larger(blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Join blocks, as work on a block costs about the same for many samples as for few."""
    waiting: list[Floats] = []
    for samples in blocks:
        waiting.append(samples)
        if sum(map(len, waiting)) >= AT_ONCE:
            yield np.concatenate(waiting)
            waiting.clear()
    if waiting:
        yield np.concatenate(waiting)


def _bound(decoder: int) -> None:
    """End this process with its decoder; bound its processor time, also by the limit that it inherits."""
    die_with_parent(decoder)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    most = MAX_CPU_SECONDS if hard < 0 else min(MAX_CPU_SECONDS, hard - 1)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
