"""Read recorded wideband speech, and send it over a simulated phone line."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from scipy import signal

from local_stt.audio import PHONE_RATE, RECOGNIZER_RATE, Samples, decode_mulaw, encode_mulaw, to_16_bit

Audio = npt.NDArray[np.float32]

STRETCH = 20 * RECOGNIZER_RATE
"""Samples that get a level and a line of their own: 20 s"""
PEAK_DB = (-26.0, -2.0)
"""Level of the loudest sample, as callers are soft and loud"""
LOW_PASS_SHARE, LOW_PASS_HZ = 0.5, (3250, 3750)
"""Share of lines that carry less than the possible 4 kHz, and their limits"""
HIGH_PASS_SHARE, HIGH_PASS_HZ = 0.4, (80, 320)
READABLE = {".wav", ".flac", ".ogg"}
G722 = ".g722"
"""Ending of Asterisk's wideband announcements; they have no header, so that only FFmpeg reads them"""


class SpeechError(Exception):
    """Speech cannot be read; the message says what to do."""


def recordings(folder: Path) -> Iterator[Audio]:
    """Yield the files below a folder that have 16 kHz or more, as 16 kHz audio, in the order of their names.

    Raises `SpeechError` if there is none, or one cannot be read.
    """
    found = 0
    for file in sorted(folder.rglob("*")):
        audio = _read(file)
        if audio is not None and np.any(audio):
            found += 1
            yield audio
    if not found:
        raise SpeechError(f"{folder} has no speech of 16 kHz or more in .wav, .flac, .ogg or .g722 files.")


def stretches(folders: list[Path]) -> Iterator[Audio]:
    """Yield the speech of each folder in pieces of `STRETCH` samples, without the rest at its end."""
    for folder in folders:
        speech = np.concatenate(list(recordings(folder)))
        for start in range(0, len(speech) - STRETCH + 1, STRETCH):
            yield speech[start : start + STRETCH]


def at_a_level(speech: Audio, rng: np.random.Generator) -> Audio:
    """Scale speech to the level of a random caller."""
    peak = 10 ** (rng.uniform(*PEAK_DB) / 20)
    return (speech * (peak / max(float(np.abs(speech).max()), 1e-3))).astype(np.float32)


def over_a_line(speech: Audio, rng: np.random.Generator) -> Samples:
    """Send speech over a random phone line: at 8 kHz, in that line's band, through mu-law."""
    narrow = soxr.resample(speech, RECOGNIZER_RATE, PHONE_RATE)
    if rng.random() < LOW_PASS_SHARE:
        narrow = _filtered(narrow, int(rng.integers(4, 9)), rng.uniform(*LOW_PASS_HZ), "lowpass")
    if rng.random() < HIGH_PASS_SHARE:
        narrow = _filtered(narrow, int(rng.integers(1, 4)), rng.uniform(*HIGH_PASS_HZ), "highpass")
    return decode_mulaw(encode_mulaw(to_16_bit(narrow.astype(np.float32))))


def _filtered(audio: Audio, order: int, hz: float, kind: str) -> Audio:
    sections = signal.butter(order, hz, kind, fs=PHONE_RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, audio), np.float32)


def _read(file: Path) -> Audio | None:
    """Read a file's first channel at 16 kHz; None if it is no wideband audio.  Raises `SpeechError`."""
    if file.suffix == G722:
        return _read_g722(file)
    if file.suffix.lower() not in READABLE:
        return None
    try:
        audio, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise SpeechError(f"{file} cannot be read: {error.error_string}") from None
    if rate < RECOGNIZER_RATE:
        return None
    return np.asarray(soxr.resample(audio[:, 0], rate, RECOGNIZER_RATE), np.float32)


def _read_g722(file: Path) -> Audio:
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "g722", "-i", str(file), "-f", "s16le", "-"]
    try:
        pcm = subprocess.run(command, check=True, capture_output=True).stdout
    except FileNotFoundError:
        raise SpeechError(f"{file.name} can be read with ffmpeg only: install it.") from None
    except subprocess.CalledProcessError as error:
        raise SpeechError(f"{file} cannot be read: {error.stderr.decode(errors='replace').strip()}") from None
    return np.asarray(np.frombuffer(pcm, "<i2") / 32768, np.float32)
