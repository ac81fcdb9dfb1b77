"""How fast this machine decodes with a model, in half a second."""

import time

from ..audio import PHONE_RATE, PhoneAudio
from ..audio_file import read_phone_audio
from ..demo import RECORDING
from ..recognizer import SpeechModel

PROBE_SECONDS = 0.5
TRACKS = 2
OVERHEAD = 0.002
"""CPU seconds to receive, order and gate a second of one track"""
SHARE_DECODED = 0.6
"""Of a call's audio, with a margin: each side speaks about 40 % of the time"""
AT_PACE = 1.5
"""How much more decoding costs a piece at a time, with other tracks between, than in one go"""
HEADROOM = 0.75
"""Share of the machine that calls may take on average, so that peaks find room"""


def prove(model: SpeechModel, *, live: bool) -> float:
    """Open a recognizer, so that a model that cannot be used is found before anybody speaks.

    For calls, measure `seconds_per_second` with it; else give 0.  Raises `ModelError`.
    """
    if live:
        return seconds_per_second(model)
    model.open()
    return 0.0


def seconds_per_second(model: SpeechModel) -> float:
    """CPU seconds to decode a second of speech, by decoding at least that, and for half a second."""
    mulaw = read_phone_audio(RECORDING)[1]
    audio, recognizer, piece = PhoneAudio(), model.open(), PHONE_RATE // 10
    began = time.process_time()
    decoded = 0
    while decoded < PHONE_RATE or time.process_time() - began < PROBE_SECONDS:
        at = decoded % (len(mulaw) - piece)
        recognizer.feed(audio.feed(mulaw[at : at + piece]))
        decoded += piece
    cost = (time.process_time() - began) / (decoded / PHONE_RATE)
    recognizer.finish()  # what is wrong with words and their times shows here
    return cost


def calls_carried(cost: float, workers: int, *, gated: bool) -> int:
    """Calls that so many cores can follow, when a second of speech costs `cost` CPU seconds."""
    a_track = cost * AT_PACE * (SHARE_DECODED if gated else 1.0) + OVERHEAD
    return max(1, int(workers * HEADROOM / (TRACKS * a_track)))
