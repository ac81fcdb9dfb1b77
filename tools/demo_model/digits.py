"""Read digits that people said one by one, and join them to strings.

The recordings are those of the Free Spoken Digit Dataset (CC BY-SA 4.0): `{digit}_{speaker}_{number}.wav`.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .phones import SILENCE
from .refusal import Refusal
from .speech import FRAMES_A_SECOND, RATE, Segment, Signal, Utterance, recorded

DIGITS = "zero one two three four five six seven eight nine".split()
NAME = re.compile(r"(\d)_([a-z]+)_(\d+)\.wav")
AROUND = 15
"""Frames of silence before and after a single digit that is aligned"""
LENGTHS = [1, 2, 3, 4, 5, 5, 7, 10]
GAPS = [(0, 3), (0, 12), (10, 40)]
"""Frames between digits: run together, spoken like a number, dictated"""
WHOLE_SHARE = 0.5
"""Share of the strings in which digits keep the breath before and after them"""
HISS = 1e-4


def recordings(folder: Path) -> list[Utterance]:
    """Read all digits, in the order of their files' names.  Raises `Refusal` if there are none."""
    found = sorted(path for path in folder.glob("*.wav") if NAME.fullmatch(path.name))
    if not found:
        raise Refusal(f"{folder} has no recordings such as 7_theo_0.wav.")
    return [_recording(path) for path in found]


def _recording(path: Path) -> Utterance:
    match = NAME.fullmatch(path.name)
    digit, speaker = match.group(1, 2) if match else ("0", "")
    return Utterance(speaker, [DIGITS[int(digit)]], recorded(path, AROUND))


def speakers(digits: Iterable[Utterance]) -> list[str]:
    return sorted({digit.speaker for digit in digits})


def whole(digits: Iterable[Utterance]) -> list[Utterance]:
    """Return the digits with one segment each, for use without the times of their phones."""
    return [replace(digit, segments=[("", AROUND, _frames(digit) - AROUND)]) for digit in digits]


def strings(digits: Sequence[Utterance], count: int, seed: int) -> list[Utterance]:
    """Make `count` strings of one speaker's digits, with the segments of the digits."""
    rng = random.Random(seed)
    return [_string(rng.choices(digits, k=rng.choice(LENGTHS)), rng) for _ in range(count)]


def _string(digits: Sequence[Utterance], rng: random.Random) -> Utterance:
    gaps, with_breath = rng.choice(GAPS), rng.random() < WHOLE_SHARE
    parts = [_silence(rng.randint(15, 50))]
    segments: list[Segment] = []
    position = len(parts[0])
    for digit in digits:
        said = [segment for segment in digit.segments or () if segment[0] != SILENCE]
        first, last = (AROUND, _frames(digit) - AROUND) if with_breath else (said[0][1], said[-1][2])
        frame = position * FRAMES_A_SECOND // RATE
        segments += [(phone, frame + start - first, frame + end - first) for phone, start, end in said]
        cut = digit.samples[first * RATE // FRAMES_A_SECOND : last * RATE // FRAMES_A_SECOND]
        parts += [cut, _silence(rng.randint(*gaps))]
        position += len(cut) + len(parts[-1])
    parts.append(_silence(rng.randint(20, 60)))
    samples = np.concatenate(parts)
    hiss = np.random.default_rng(rng.getrandbits(32)).standard_normal(len(samples)) * HISS
    words = [word for digit in digits for word in digit.words]
    return Utterance(digits[0].speaker, words, (samples + hiss).astype(np.float32), segments)


def _frames(utterance: Utterance) -> int:
    return len(utterance.samples) * FRAMES_A_SECOND // RATE


def _silence(frames: int) -> Signal:
    return np.zeros(frames * RATE // FRAMES_A_SECOND, np.float32)
