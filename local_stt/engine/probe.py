"""How fast this machine decodes with a model, measured in the seconds after a recognizer's first."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from ..audio import PHONE_RATE, Source
from ..audio_file import read_phone_audio
from ..demo import RECORDING
from ..ear import Recognizer
from .recognizer_pool import RecognizerPool

PIECE_SECONDS = 0.1
SETTLE_SECONDS = 5.0
"""Of audio, before the clock starts: a dynamic graph is expanded while the first seconds are decoded"""
MEASURED_SECONDS = 10.0
"""Of audio at least: the cost of a second differs with what is said"""
MEASURED_CPU_SECONDS = 0.5
"""At least, as a fast model is through ten seconds before a clock can tell"""
MOST_CPU_SECONDS = 10.0
MOST_SECONDS = 20.0
"""That all of it may take, by the clock on the wall, on a machine that has other work to do"""
SHARE_TO_SETTLE = 0.7
"""Of these, that may go before the clock starts"""
WARM_UP_SECONDS = 2.0
"""Of speech, after which most of what all speech needs of a graph is there"""

TRACKS = 2
OVERHEAD = 0.002
"""CPU seconds to receive, order and gate a second of one track"""
SHARE_DECODED = 0.6
"""Of a call's audio, with a margin: each side speaks about 40 % of the time"""
AT_PACE = 1.5
"""How much more decoding costs a piece at a time, with other tracks between, than in one go"""
HEADROOM = 0.75
"""Share of the machine that calls may take on average, so that peaks find room"""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a measurement is taken with, in seconds."""

    wall: Callable[[], float] = time.monotonic
    cpu: Callable[[], float] = time.process_time


def seconds_per_second(recognizer: Recognizer, clocks: Clocks = Clocks()) -> float:
    """Return the CPU seconds that decoding a second of speech costs once the recognizer has settled.

    A model too slow for that is measured as far as `MOST_CPU_SECONDS` and `MOST_SECONDS` allow.
    """
    began_wall, began = clocks.wall(), clocks.cpu()

    def share_taken() -> float:
        return max((clocks.cpu() - began) / MOST_CPU_SECONDS, (clocks.wall() - began_wall) / MOST_SECONDS)

    pieces, decoded = itertools.cycle(speech()), 0.0
    decode = recognizer.decoder(Source.PHONE).feed
    while decoded < SETTLE_SECONDS and share_taken() < SHARE_TO_SETTLE:
        recognizer.feed(decode(next(pieces)))
        decoded += PIECE_SECONDS
    started, measured, spent = clocks.cpu(), 0.0, 0.0
    while not measured or share_taken() < 1:
        recognizer.feed(decode(next(pieces)))
        measured += PIECE_SECONDS
        spent = clocks.cpu() - started
        if measured >= MEASURED_SECONDS and spent >= MEASURED_CPU_SECONDS:
            break
    return spent / measured


def prove(recognizers: RecognizerPool, *, live: bool) -> float:
    """Open a recognizer, so that a model that cannot be used is found before anybody speaks.

    Return what `seconds_per_second` measures with it for calls, 0 for others, and leave it in the pool.
    Raises `ModelError`.
    """
    recognizer = recognizers.lend()
    cost = seconds_per_second(recognizer) if live else 0.0
    recognizers.take_back(recognizer)
    return cost


def calls_carried(cost: float, cores: float, *, gated: bool) -> int:
    """Return how many calls so many cores can follow, when a second of speech costs `cost` CPU seconds."""
    a_track = cost * AT_PACE * (SHARE_DECODED if gated else 1.0) + OVERHEAD
    return max(1, int(cores * HEADROOM / (TRACKS * a_track)))


@cache
def speech() -> tuple[bytes, ...]:
    """Return speech as a phone line carries it, in pieces."""
    mulaw = read_phone_audio(RECORDING)[1]
    return tuple(_pieces(mulaw, round(PIECE_SECONDS * PHONE_RATE)))


def warm_up(recognizer: Recognizer) -> Iterator[None]:
    """Feed a new recognizer as much speech as it should hear before its first track, a piece a step."""
    decode = recognizer.decoder(Source.PHONE).feed
    for piece in speech()[: round(WARM_UP_SECONDS / PIECE_SECONDS)]:
        recognizer.feed(decode(piece))
        yield


def _pieces(audio: bytes, size: int) -> Iterator[bytes]:
    return (audio[at : at + size] for at in range(0, len(audio) - size + 1, size))
