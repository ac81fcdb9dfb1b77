"""Calls that a synthesizer speaks."""

import numpy as np
import pytest

from benchmarks.script import CALLER
from benchmarks.voices import installed, silence
from local_stt.audio import PHONE_RATE, encode_mulaw

needs_voice = pytest.mark.skipif(installed() is None, reason="there is no synthesizer")

LEAD, TAIL = 0.6, 3.2
"""Seconds of silence before the first words and after the last"""


def spoken_track(phrases, party=CALLER, *, pause=0.6, lead=LEAD, tail=TAIL):
    """Speak phrases with a pause between them; return 8 kHz mu-law."""
    parts = [silence(round(lead * PHONE_RATE))]
    for phrase in phrases:
        parts += [installed().speak(phrase, party), silence(round(pause * PHONE_RATE))]
    parts.append(silence(round(tail * PHONE_RATE)))
    samples = np.concatenate(parts)
    return encode_mulaw(np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16))


def silent_track(mulaw):
    """Return silence as long as another track."""
    return encode_mulaw(np.zeros(len(mulaw), np.int16))
