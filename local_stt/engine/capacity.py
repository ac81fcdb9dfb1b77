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

PIECE_SECONDS = 0.1
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
AT_PACE = 1.1
"""How much more a track costs a piece at a time, with other tracks between, than in one go"""
OVERHEAD = 0.008
"""CPU seconds to receive and order a second of one track, to pass it on and to wake up for every piece"""
HEADROOM = 0.75
"""Share of the machine that calls may take on average, so that peaks find room"""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a measurement is taken with, in seconds."""

    wall: Callable[[], float] = time.monotonic
    cpu: Callable[[], float] = time.process_time


def cost_of_a_track(recognizer: Recognizer, *, gated: bool, clocks: Clocks = Clocks()) -> float:
    """Return the CPU seconds for a second of a track, heard in one go, once the recognizer has settled.

    Its party speaks for half of the time.  A model too slow for that is measured as far as
    `MAX_CPU_SECONDS` and `MAX_SECONDS` allow.
    """
    began_wall, began = clocks.wall(), clocks.cpu()

    def share_taken() -> float:
        return max((clocks.cpu() - began) / MAX_CPU_SECONDS, (clocks.wall() - began_wall) / MAX_SECONDS)

    ear = TrackTranscriber("probe", "probe", recognizer, BEGINNING, gated=gated)
    pieces = _track()
    heard = 0.0
    while heard < SETTLE_SECONDS and share_taken() < SHARE_TO_SETTLE:
        ear.hear(next(pieces))
        heard += PIECE_SECONDS
    started, measured, spent = clocks.cpu(), 0.0, 0.0
    while not measured or share_taken() < 1:
        ear.hear(next(pieces))
        measured += PIECE_SECONDS
        spent = clocks.cpu() - started
        if measured >= MEASURED_SECONDS and spent >= MEASURED_CPU_SECONDS:
            break
    return spent / measured


def prove(recognizers: RecognizerPool, *, live: bool, gated: bool) -> float:
    """Open a recognizer, so that a model that cannot be used is found before anybody speaks.

    Return what `cost_of_a_track` measures with it for calls, 0 for others, and leave it in the pool.
    Raises `ModelError`.
    """
    recognizer = recognizers.lend()
    cost = cost_of_a_track(recognizer, gated=gated) if live else 0.0
    recognizers.take_back(recognizer)
    return cost


def calls_carried(cost: float, cores: float) -> int:
    """Return how many calls so many cores can follow, when a second of a track costs `cost` in one go."""
    return max(1, int(cores * HEADROOM / (TRACKS * (cost * AT_PACE + OVERHEAD))))


def _track() -> Iterator[AudioChunk]:
    """Play the same party of a call again and again, as one track."""
    end = 0
    for audio in itertools.cycle(speech()):
        end += len(audio)
        yield AudioChunk(end - len(audio), audio)


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
