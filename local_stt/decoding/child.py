"""The process that decodes one file; its parent gives it the file, two pipes and one command."""

import json
import math
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import IO

import numpy as np

from . import messages
from .ffmpeg import FfmpegSource
from .identify import identify
from .input import Input
from .layout import Foreign, Refusal
from .limits import allow_a_glance, allow_more_work, set_limits
from .messages import GLANCE, End, MessageKind
from .samples import SoxrResampler, are_alike, mixed
from .sound import Block, SoundSource

HEARTBEAT_SECONDS = 1.0
"""Seconds between signs of life"""

OpenedFile = SoundSource | FfmpegSource


def main(descriptor: int, ffmpeg: str, ending: str, wish: str, max_seconds: float | None) -> None:
    """Decode the open file `descriptor`.  Read the command from standard input, write audio to output.

    `ffmpeg` is the path of that program, or empty.  `ending` is the ending of the file's name.  `wish` is
    "mono" to mix the channels, "notice" to merge channels that carry the same audio, `GLANCE` to get the
    head alone, or empty.  `max_seconds` bounds the seconds of audio that are decoded for the head.
    """
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries print
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_limits()
    if wish == GLANCE:
        allow_a_glance()
    try:
        serve(Input(descriptor), ffmpeg, ending, wish, sys.stdin.buffer, output, max_seconds or math.inf)
    except BrokenPipeError:  # the parent needs no more
        os._exit(0)


def serve(
    file: Input,
    ffmpeg: str,
    ending: str,
    wish: str,
    commands: IO[bytes],
    output: IO[bytes],
    max_seconds: float = math.inf,
) -> None:
    """Write what the file is, wait for a command, and write the audio that it asks for."""
    try:
        source = open_source(file, ffmpeg, ending)
        decoding = _Decoding(source, output, max_seconds)
        is_mono = wish == "mono" or (wish == "notice" and source.channels > 1 and decoding.are_alike())
        seconds = source.seconds if wish == GLANCE else decoding.length()
        if seconds is not None and seconds <= 0:
            raise Refusal("unreadable", reason=source.why) if source.why else Refusal("no_audio")
        head = {
            "channels": 1 if is_mono else source.channels,
            "rate": source.rate,
            "seconds": seconds or 0,
        }
        messages.write(output, MessageKind.HEAD, head)
        if wish != GLANCE and (command := commands.readline()):
            asked = json.loads(command)
            decoding.give(asked["rate"], asked["since"], asked["until"], is_mono=is_mono)
    except Refusal as refusal:
        messages.write(output, MessageKind.REFUSED, {"kind": refusal.kind, **refusal.fields})
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  (a library may raise anything for a broken file)
        reason = f"{type(error).__name__}: {error}"
        messages.write(output, MessageKind.REFUSED, {"kind": "broken", "reason": reason})


def open_source(file: Input, ffmpeg: str, ending: str) -> OpenedFile:
    """Open a file with libsndfile, or with ffmpeg where libsndfile cannot.  Raises `Refusal`."""
    try:
        return SoundSource(file, identify(file))
    except Foreign as foreign:
        refusal = Refusal("foreign", what=foreign.what) if foreign.what else Refusal("unknown")
    except Refusal as refused:
        if refused.kind != "broken":
            raise
        refusal = refused
    if not ffmpeg:
        raise refusal
    try:
        return FfmpegSource(ffmpeg, file, ending)
    except Refusal as refused:
        if refusal.kind == "unknown" and refused.kind == "not_by_ffmpeg":
            raise Refusal("unknown_to_ffmpeg") from refused
        raise


class _Decoding:
    """One source, decoded once or several times."""

    def __init__(self, source: OpenedFile, output: IO[bytes], max_seconds: float) -> None:
        """Take a source; `max_seconds` bounds what is decoded before there is a command."""
        self._source, self._output, self._max_seconds = source, output, max_seconds
        self._alive_at = time.monotonic()

    def are_alike(self) -> bool:
        """Tell whether all channels carry the same audio, as far as may be decoded before a command."""
        return are_alike(self._first())

    def length(self) -> float:
        """Return how long the source is, in seconds; decode it if only that can tell."""
        seconds = self._source.seconds
        if seconds is None:
            seconds = math.fsum(len(samples) / rate for rate, samples in self._first())
        return seconds

    def give(self, rate: int, since: float, until: float | None, *, is_mono: bool) -> None:
        """Write the samples from one second to another as messages, and an `End` behind them."""
        source = self._source
        blocks = self._alive(source.blocks(since))
        resampler = SoxrResampler(rate, 1 if is_mono else source.channels)
        for samples in resampler.resampled(mixed(blocks) if is_mono else blocks, since, until):
            for part in np.array_split(samples, len(samples) // 2**16 + 1):
                messages.write(self._output, MessageKind.SAMPLES, part.astype("<i2").tobytes())
        end = End(
            seconds=resampler.seconds,
            stated=source.stated,
            unread=source.unread,
            damaged=source.damaged,
            is_cut=source.is_cut,
            goes_on=resampler.goes_on,
            why=source.why,
        )
        messages.write(self._output, MessageKind.END, asdict(end))

    def _first(self) -> Iterator[Block]:
        """Decode as much as may be decoded before there is a command, and one block more."""
        passed = 0.0
        for rate, samples in self._alive(self._source.blocks()):
            yield rate, samples
            passed += len(samples) / rate
            if passed > self._max_seconds:
                return

    def _alive(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Pass blocks on, with a sign of life every `HEARTBEAT_SECONDS`."""
        for block in blocks:
            if time.monotonic() - self._alive_at > HEARTBEAT_SECONDS:
                self._alive_at = time.monotonic()
                messages.write(self._output, MessageKind.ALIVE)
                allow_more_work()
            yield block
