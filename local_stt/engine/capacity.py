"""Measure how fast this machine decodes a call with a model, once a recognizer is past its first seconds."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from ..audio import PHONE_RATE, Source
from ..audio_file import read_phone_audio
from ..core.jitter_buffer import AudioChunk
from ..core.track_transcriber import BEGINNING, Recognizer, TrackTranscriber
from ..demo import RECORDING
from .recognizer_pool import RecognizerPool

CHUNK_SECONDS = 0.1
SETTLE_SECONDS = 5.0
"""Seconds of a call before the measurement: a dynamic graph is expanded while they are decoded"""
MEASURED_SECONDS = 20.0
"""Minimum seconds of a call to measure: the cost of a second depends on what is said, and on how much"""
MEASURED_CPU_SECONDS = 0.5
"""Minimum CPU seconds to measure: a fast model decodes twenty seconds in too little time to measure"""
MAX_CPU_SECONDS = 10.0
MAX_SECONDS = 20.0
"""Longest time for everything, in seconds of wall-clock time, on a machine that is busy otherwise"""
SHARE_TO_SETTLE = 0.7
"""Share of these two limits that may be spent before the measurement"""
WARM_UP_SECONDS = 2.0
"""Seconds of speech that expand most of the graph that any speech needs"""

TRACKS = 2
PACED_COST_FACTOR = 1.1
"""Cost of a track whose chunks alternate with those of others, relative to one that is decoded in one go"""
OVERHEAD = 0.008
"""CPU seconds to receive, order and pass on a second of one track, and to wake up for each chunk"""
HEADROOM = 0.75
"""Share of the machine that calls may use on average, which leaves room for peaks"""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a measurement, in seconds."""

    wall: Callable[[], float] = time.monotonic
    cpu: Callable[[], float] = time.process_time


def track_cost(recognizer: Recognizer, *, gated: bool, clocks: Clocks = Clocks()) -> float:
    """Measure the CPU seconds for a second of a track, decoded in one go by a recognizer that has settled.

    The track's speaker speaks for half of the time.  A slow model is measured for as long as
    `MAX_CPU_SECONDS` and `MAX_SECONDS` allow.
    """
    began_wall, began = clocks.wall(), clocks.cpu()

    def share_taken() -> float:
        return max((clocks.cpu() - began) / MAX_CPU_SECONDS, (clocks.wall() - began_wall) / MAX_SECONDS)

    transcriber = TrackTranscriber("probe", "probe", recognizer, BEGINNING, gated=gated)
    chunks = _track()
    heard = 0.0
    while heard < SETTLE_SECONDS and share_taken() < SHARE_TO_SETTLE:
        transcriber.push(next(chunks))
        heard += CHUNK_SECONDS
    started, measured, spent = clocks.cpu(), 0.0, 0.0
    while not measured or share_taken() < 1:
        transcriber.push(next(chunks))
        measured += CHUNK_SECONDS
        spent = clocks.cpu() - started
        if measured >= MEASURED_SECONDS and spent >= MEASURED_CPU_SECONDS:
            break
    return spent / measured


def check_and_measure(recognizers: RecognizerPool, *, live: bool, gated: bool) -> float:
    """Open a recognizer, to find out before anybody speaks whether the model works.

    Return its `track_cost` if `live`, else 0, and leave the recognizer in the pool.  Raises `ModelError`
    if no recognizer can be opened.
    """
    recognizer = recognizers.acquire()
    cost = track_cost(recognizer, gated=gated) if live else 0.0
    recognizers.release(recognizer)
    return cost


def call_capacity(cost: float, cores: float) -> int:
    """Return how many calls a number of cores can follow, with a `track_cost` of `cost`; at least 1."""
    return max(1, int(cores * HEADROOM / (TRACKS * (cost * PACED_COST_FACTOR + OVERHEAD))))


def _track() -> Iterator[AudioChunk]:
    """Play the same speech again and again, as one track."""
    end = 0
    for audio in itertools.cycle(speech()):
        end += len(audio)
        yield AudioChunk(end - len(audio), audio)


@cache
def speech() -> tuple[bytes, ...]:
    """Return the callee's speech of the sample call as 8 kHz mu-law, in chunks of 100 ms."""
    mulaw = read_phone_audio(RECORDING)[1]
    return tuple(_chunks(mulaw, round(CHUNK_SECONDS * PHONE_RATE)))


def warm_up(recognizer: Recognizer) -> Iterator[None]:
    """Feed a new recognizer the speech that it needs before its first track, one chunk for each step."""
    decode = recognizer.decoder(Source.PHONE).feed
    for chunk in speech()[: round(WARM_UP_SECONDS / CHUNK_SECONDS)]:
        recognizer.feed(decode(chunk))
        yield


def _chunks(audio: bytes, size: int) -> Iterator[bytes]:
    return (audio[at : at + size] for at in range(0, len(audio) - size + 1, size))
