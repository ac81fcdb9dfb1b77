"""Make synthetic speech with many voices of espeak-ng, and with flite, which also gives the times of phones.

Every utterance depends on its seed alone, and not on others.
"""

import io
import random
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from .phones import phone_of
from .refusal import Refusal
from .sentences import Sentence

RATE = 16000
FRAMES_A_SECOND = 100
"""Frames of features a second, of 10 ms each"""
PEAK = 0.5
FLITE_SHARE = 0.4
FLITES_A, ESPEAKS_A = "ay", "eh"
"""Spellings that make each program say the letter A; the other's spelling gives another vowel"""
FLITE_VOICES = {"awb": (1.0, 1.5), "rms": (0.85, 1.35), "slt": (0.8, 1.25), "kal16": (0.85, 1.5)}
"""Voices, with the lowest and the highest pitch as a multiple of the voice's own"""
FLITE_PITCH = {"awb": 110.0, "rms": 105.0, "slt": 180.0, "kal16": 105.0}
ACCENTS = (
    "en-us",
    "en-us",
    "en-us",
    "en-gb",
    "en-gb-scotland",
    "en-gb-x-rp",
    "en-029",
    "en-us-nyc",
    "en-gb-x-gbclan",
)
VARIANTS = tuple(
    """Alex Alicia Andrea Andy Annie Denis Diogo Gene Henrique Hugo Jacky Lee Marco Mario Michael
    Mike Nguyen Storm adam anika antonio belinda benjamin boris caleb david ed edward f1 f2 f3 f4 f5
    grandma grandpa gustave iven john linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel
    norbert pablo paul pedro quincy rob robert sandro shelby steph travis victor zac""".split()
)
UNHEARD_VARIANTS = ("Annie", "Mike", "anika", "david", "f4", "m5", "quincy", "steph")
"""Variants that are not used in training, for the evaluation"""

FULL_SCALE = 32768
"""Full scale of 16-bit samples"""

Signal = npt.NDArray[np.float32]
Segment = tuple[str, int, int]
"""A phone, the frame at which it begins and the one after its last"""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence as a voice says it."""

    speaker: str
    words: list[str]
    samples: Signal
    """Samples at 16 kHz, between -1 and 1"""
    segments: list[Segment] | None = None
    """The phones with their times, if known"""


def speak(sentence: Sentence, seed: int, *, unheard: bool = False) -> Utterance:
    """Speak a sentence with a voice that the seed draws; `unheard` voices are for the evaluation alone."""
    rng = random.Random(seed)
    segments = None
    if not unheard and rng.random() < FLITE_SHARE:
        speaker, samples, segments = _flite(sentence.spoken(FLITES_A), rng)
    else:
        speaker, samples = _espeak(
            sentence.spoken(ESPEAKS_A), rng, UNHEARD_VARIANTS if unheard else _heard_variants()
        )
    before, after = (round(rng.uniform(*of) * FRAMES_A_SECOND) for of in ((0.15, 0.6), (0.2, 0.9)))
    samples = np.pad(at_peak(samples), _samples_of(before, after))
    if segments is not None:
        segments = [(phone, start + before, end + before) for phone, start, end in segments]
    return Utterance(speaker, sentence.words, samples.astype(np.float32), segments)


def recorded(path: Path, around: int) -> Signal:
    """Read a recording at the level of all speech, with `around` frames of silence before and after it."""
    return np.pad(at_peak(recording(path)), _samples_of(around, around))


def recording(path: Path) -> Signal:
    """Read a file at 16 kHz.  Raises `Refusal` if it is no recording of one channel."""
    try:
        samples = _signal(path)
    except soundfile.LibsndfileError as error:
        raise Refusal(f"{path} is no audio: {error.error_string}") from None
    if samples.ndim != 1 or not len(samples):
        raise Refusal(f"{path} must be a recording of one channel.")
    return samples


def at_peak(samples: Signal) -> Signal:
    """Scale samples to the level that all speech has before it is disturbed."""
    return samples * np.float32(PEAK / max(float(np.abs(samples).max()), 1e-9))


def from_16_bit(samples: npt.NDArray[np.int16]) -> Signal:
    return np.asarray(samples / FULL_SCALE, np.float32)


@cache
def _heard_variants() -> tuple[str, ...]:
    return tuple(variant for variant in VARIANTS if variant not in UNHEARD_VARIANTS)


def _samples_of(before: int, after: int) -> tuple[int, int]:
    return before * RATE // FRAMES_A_SECOND, after * RATE // FRAMES_A_SECOND


def _espeak(text: str, rng: random.Random, variants: Sequence[str]) -> tuple[str, Signal]:
    voice = f"{rng.choice(ACCENTS)}+{rng.choice(variants)}"
    manner = {"-s": rng.randint(120, 200), "-p": rng.randint(20, 80), "-g": rng.choice([0, 0, 0, 1, 2, 6])}
    options = [str(part) for pair in manner.items() for part in pair]
    heard = _run(["espeak-ng", "-v", voice, *options, "--stdout", text])
    return voice, _signal(io.BytesIO(heard.stdout))


def _flite(text: str, rng: random.Random) -> tuple[str, Signal, list[Segment]]:
    voice = rng.choice(list(FLITE_VOICES))
    pitch = FLITE_PITCH[voice] * rng.uniform(*FLITE_VOICES[voice])
    manner = [f"duration_stretch={rng.uniform(0.75, 1.3):.2f}", f"int_f0_target_mean={pitch:.0f}"]
    settings = [part for setting in manner for part in ("--setf", setting)]
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        heard = _run(["flite", "-voice", voice, *settings, "-psdur", "-t", text, "-o", file.name])
        sound = file.read()
    segments, start = list[Segment](), 0
    for part in heard.stdout.decode().split():
        name, _, ends = part.partition(":")
        end = round(float(ends) * FRAMES_A_SECOND)
        segments.append((phone_of(name), start, end))
        start = end
    return f"flite-{voice}", _signal(io.BytesIO(sound)), segments


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=True, capture_output=True)


def _signal(wav: Path | io.BytesIO) -> Signal:
    samples, rate = soundfile.read(wav, dtype="float32")
    return np.asarray(soxr.resample(samples, rate, RATE) if rate != RATE else samples, np.float32)
