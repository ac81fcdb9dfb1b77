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


def seconds_per_second(model: SpeechModel) -> float:
    """CPU seconds to decode a second of speech, by decoding for half a second."""
    mulaw = read_phone_audio(RECORDING)[1]
    audio, recognizer, piece = PhoneAudio(), model.open(), PHONE_RATE // 10
    began = time.process_time()
    decoded = 0
    while decoded == 0 or time.process_time() - began < PROBE_SECONDS:
        at = decoded % (len(mulaw) - piece)
        recognizer.feed(audio.feed(mulaw[at : at + piece]))
        decoded += piece
    return (time.process_time() - began) / (decoded / PHONE_RATE)


def calls_carried(cost: float, cores: float, *, gated: bool) -> int:
    """Calls that so many cores can follow, when a second of speech costs `cost` CPU seconds."""
    a_track = cost * AT_PACE * (SHARE_DECODED if gated else 1.0) + OVERHEAD
    return max(1, int(cores * HEADROOM / (TRACKS * a_track)))
