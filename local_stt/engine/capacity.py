"""How fast this machine follows a call with a model, measured in the seconds after a recognizer's first."""

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
"""Of a call, before the clock starts: a dynamic graph is expanded while the first seconds are decoded"""
MEASURED_SECONDS = 20.0
"""Of a call at least: the cost of a second differs with what is said, and with how much"""
MEASURED_CPU_SECONDS = 0.5
"""At least, as a fast model is through twenty seconds before a clock can tell"""
MAX_CPU_SECONDS = 10.0
MAX_SECONDS = 20.0
"""That all of it may take, by the clock on the wall, on a machine that has other work to do"""
SHARE_TO_SETTLE = 0.7
"""Of these, that may go before the clock starts"""
WARM_UP_SECONDS = 2.0
"""Of speech, after which most of what all speech needs of a graph is there"""

TRACKS = 2
PACED_COST_FACTOR = 1.1
"""How much more a track costs a chunk at a time, with other tracks between, than in one go"""
OVERHEAD = 0.008
"""CPU seconds to receive and order a second of one track, to pass it on and to wake up for every chunk"""
HEADROOM = 0.75
"""Share of the machine that calls may take on average, so that peaks find room"""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a measurement is taken with, in seconds."""

    wall: Callable[[], float] = time.monotonic
    cpu: Callable[[], float] = time.process_time


def track_cost(recognizer: Recognizer, *, gated: bool, clocks: Clocks = Clocks()) -> float:
    """Return the CPU seconds for a second of a track, heard in one go, once the recognizer has settled.

    Its party speaks for half of the time.  A model too slow for that is measured as far as
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
    """Open a recognizer, so that a model that cannot be used is found before anybody speaks.

    Return what `track_cost` measures with it for calls, 0 for others, and leave it in the pool.
    Raises `ModelError`.
    """
    recognizer = recognizers.acquire()
    cost = track_cost(recognizer, gated=gated) if live else 0.0
    recognizers.release(recognizer)
    return cost


def call_capacity(cost: float, cores: float) -> int:
    """Return how many calls so many cores can follow, when a second of a track costs `cost` in one go."""
    return max(1, int(cores * HEADROOM / (TRACKS * (cost * PACED_COST_FACTOR + OVERHEAD))))


def _track() -> Iterator[AudioChunk]:
    """Play the same party of a call again and again, as one track."""
    end = 0
    for audio in itertools.cycle(speech()):
        end += len(audio)
        yield AudioChunk(end - len(audio), audio)


@cache
def speech() -> tuple[bytes, ...]:
    """Return speech as a phone line carries it, in chunks."""
    mulaw = read_phone_audio(RECORDING)[1]
    return tuple(_chunks(mulaw, round(CHUNK_SECONDS * PHONE_RATE)))


def warm_up(recognizer: Recognizer) -> Iterator[None]:
    """Feed a new recognizer as much speech as it should hear before its first track, a chunk a step."""
    decode = recognizer.decoder(Source.PHONE).feed
    for chunk in speech()[: round(WARM_UP_SECONDS / CHUNK_SECONDS)]:
        recognizer.feed(decode(chunk))
        yield


def _chunks(audio: bytes, size: int) -> Iterator[bytes]:
    return (audio[at : at + size] for at in range(0, len(audio) - size + 1, size))
