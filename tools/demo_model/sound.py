"""Disturb speech as on its way to the recognizer: by rooms, microphones, noise, codecs and the phone line.

Every function takes and gives samples at 16 kHz, as floats between -1 and 1.
"""

import io
from collections.abc import Sequence

import numpy as np
import soundfile
import soxr
from scipy import signal

from local_stt.audio import PHONE_RATE, PhoneAudio, encode_mulaw, to_16_bit

from .speech import RATE, Signal, from_16_bit

SPEEDS = (0.82, 1.22)
"""Least and largest speed; faster is also higher, like a speaker with a shorter throat"""
TEMPOS = (0.8, 1.25)
"""Least and largest tempo, without a change of pitch"""
ROOM_SHARE, LINE_SHARE, NOISE_SHARE, CODEC_SHARE, PHONE_SHARE = 0.3, 0.5, 0.75, 0.25, 0.8
SNR_DB = (5.0, 40.0)
BREATH_SHARE = 0.4
BREATH_SECONDS = (0.06, 0.4)
BREATH_DB = (-45.0, -12.0)
"""Peak of a breath relative to that of the speech"""
GAIN_DB = (-26.0, 4.0)
HUM_HZ = (50.0, 60.0)
CODECS = ("GSM610", "ALAW")


def over_the_phone(samples: Signal) -> Signal:
    """Convert to 8 kHz mu-law, and back with the program's own resampler, as in a call."""
    mulaw = encode_mulaw(to_16_bit(soxr.resample(samples, RATE, PHONE_RATE)))
    return from_16_bit(np.frombuffer(PhoneAudio().feed(mulaw), np.int16))


def at_speed(samples: Signal, speed: float) -> Signal:
    """Play samples faster or slower, as a tape."""
    return np.asarray(soxr.resample(samples, RATE, RATE / speed), np.float32)


def disturbed(samples: Signal, rng: np.random.Generator) -> Signal:
    """Change samples in one of the many ways of real calls; keep their number."""
    length = len(samples)
    if rng.random() < ROOM_SHARE:
        samples = in_a_room(samples, rng)
    if rng.random() < LINE_SHARE:
        samples = through_a_line(samples, rng)
    if rng.random() < NOISE_SHARE:
        level = np.sqrt(np.mean(np.square(samples))) * 10 ** (-rng.uniform(*SNR_DB) / 20)
        samples = samples + level * noise(length, rng)
    samples = np.clip(samples * 10 ** (rng.uniform(*GAIN_DB) / 20), -1, 1).astype(np.float32)
    if rng.random() < CODEC_SHARE:
        samples = coded(samples, CODECS[rng.integers(len(CODECS))])
    if rng.random() < PHONE_SHARE:
        samples = over_the_phone(samples)
    return np.pad(samples[:length], (0, max(length - len(samples), 0)))


def in_a_room(samples: Signal, rng: np.random.Generator) -> Signal:
    """Add decaying echoes, from those of a small room to those of a hall."""
    echo = rng.standard_normal(RATE // 5) * np.exp(-np.arange(RATE // 5) / rng.uniform(150, 900))
    echo[0] = rng.uniform(3, 12)
    wet = signal.fftconvolve(samples, echo / np.linalg.norm(echo))[: len(samples)]
    return np.asarray(wet, np.float32)


def through_a_line(samples: Signal, rng: np.random.Generator) -> Signal:
    """Filter samples as a microphone and a line do, which favour some frequencies and lose others."""
    band = rng.uniform(60, 400), rng.uniform(2800, 3900)
    samples = signal.sosfilt(
        signal.butter(int(rng.integers(1, 4)), band, "band", fs=RATE, output="sos"), samples
    )
    tilt = rng.uniform(-0.6, 0.6)
    return np.asarray(signal.lfilter([1, tilt], [1 + abs(tilt)], samples), np.float32)


def noise(length: int, rng: np.random.Generator) -> Signal:
    """Generate hiss, rumble, hum or a mixture of them, at a level of 1 (RMS)."""
    kind = rng.integers(4)
    made = rng.standard_normal(length)
    if kind >= 1:  # coloured
        made = signal.lfilter([1], [1, -rng.uniform(0.3, 0.99)], made)
    if kind == 3:
        made = made / np.std(made) * rng.uniform(0.02, 1) + hum(length, rng)
    return np.asarray(made / max(float(np.std(made)), 1e-9), np.float32)


def hum(length: int, rng: np.random.Generator) -> Signal:
    """Generate the hum of the mains, with its harmonics."""
    time = np.arange(length) / RATE
    tones = [
        np.sin(2 * np.pi * rng.choice(HUM_HZ) * harmonic * time + rng.uniform(0, 2 * np.pi)) / harmonic
        for harmonic in range(1, 1 + rng.integers(1, 12))
    ]
    return np.asarray(np.sum(tones, axis=0), np.float32)


def with_breaths(samples: Signal, silences: Sequence[tuple[int, int]], rng: np.random.Generator) -> Signal:
    """Add puffs of noise where nobody speaks, from a breath to a rustle, as they are no words.

    `silences` are samples from and to.
    """
    samples = samples.copy()
    for start, end in silences:
        length = round(rng.uniform(*BREATH_SECONDS) * RATE)
        if end - start < length or rng.random() > BREATH_SHARE:
            continue
        low = rng.uniform(200, 2000)
        band = signal.butter(2, (low, min(low * rng.uniform(1.5, 6), 7000)), "band", fs=RATE, output="sos")
        puff = signal.sosfilt(band, rng.standard_normal(length)) * np.hanning(length) ** rng.uniform(0.3, 2)
        level = 10 ** (rng.uniform(*BREATH_DB) / 20) * float(np.abs(samples).max())
        place = int(rng.integers(start, end - length + 1))
        samples[place : place + length] += level * puff / max(float(np.abs(puff).max()), 1e-9)
    return samples


def coded(samples: Signal, codec: str) -> Signal:
    """Pass samples through a codec of another telephone network."""
    file = io.BytesIO()
    soundfile.write(file, soxr.resample(samples, RATE, PHONE_RATE), PHONE_RATE, format="WAV", subtype=codec)
    file.seek(0)
    return np.asarray(soxr.resample(soundfile.read(file, dtype="float32")[0], PHONE_RATE, RATE), np.float32)
