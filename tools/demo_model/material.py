"""Make the examples that the network learns from: features of disturbed speech, and the phones in time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from . import digits
from .features import STEP, features, labels
from .network import Example
from .parallel import in_parallel
from .phones import KIND_OF, SILENCE
from .plan import Plan
from .sound import SPEEDS, TEMPOS, at_speed, disturbed, noise, over_the_phone, with_breaths
from .speech import FRAMES_A_SECOND, RATE, Utterance

NOISE_SECONDS = (2.0, 6.0)
NOISE_DBFS = (-85.0, -20.0)
DIGITAL_SILENCE_SHARE = 0.1
"""Share of digital silence in the examples without speech, as between two announcements"""
KIND_SHARE = 0.06
SEEDS_A_COPY = 1_000_000
SPEECH, NOISE = "speech", "noise"
"""Names of the files that belong to no single person"""

Job = tuple[Utterance, int, bool]
"""An utterance, the seed of its disturbances, and whether it may be played faster or slower"""


def examples_of(
    utterances: Sequence[Utterance], seed: int, what: str, *, at_any_speed: bool
) -> list[Example]:
    """Make an example of each utterance, each disturbed in another way."""
    jobs = ((utterance, seed + index, at_any_speed) for index, utterance in enumerate(utterances))
    return list(in_parallel(_example, jobs, len(utterances), what))


def write_copies(
    folder: Path,
    utterances: Sequence[Utterance],
    prompts: Sequence[Utterance],
    people: Sequence[Utterance],
    plan: Plan,
) -> None:
    """Write several copies of all speech and of noise alone, each copy disturbed in other ways."""
    everyones = [*utterances, *[*prompts] * plan.prompt_turns]
    for copy in range(plan.copies):
        seed = (plan.seed * 100 + copy) * SEEDS_A_COPY
        speech = examples_of(everyones, seed, f"speech, copy {copy + 1}", at_any_speed=True)
        _write(_file(folder, SPEECH, copy), speech)
        noises = in_parallel(_noise, range(seed, seed + plan.noises), plan.noises, f"noise, copy {copy + 1}")
        _write(_file(folder, NOISE, copy), list(noises))
        for speaker in digits.speakers(people):
            said = [digit for digit in people if digit.speaker == speaker]
            strings = digits.strings(said, plan.strings, seed)
            spoken = examples_of(strings, seed, f"{speaker}, copy {copy + 1}", at_any_speed=True)
            _write(_file(folder, speaker, copy), spoken)


def read_copy(folder: Path, copy: int, people: Sequence[str]) -> list[Example]:
    """Read one copy of speech and noise, and of the digits of the people named."""
    return [example for name in (SPEECH, NOISE, *people) for example in _read(_file(folder, name, copy))]


def people_in(folder: Path) -> list[str]:
    """List the people whose digits there are."""
    names = {path.stem.rpartition("-")[0] for path in folder.glob("*.npz")}
    return sorted(names - {SPEECH, NOISE})


def _example(job: Job) -> Example:
    utterance, seed, at_any_speed = job
    rng = np.random.default_rng(seed)
    samples, speed, step = with_breaths(utterance.samples, _silences(utterance), rng), 1.0, STEP
    if at_any_speed:
        speed, step = float(rng.uniform(*SPEEDS)), round(STEP * rng.uniform(*TEMPOS))
        samples = at_speed(samples, speed)
    seen = features(disturbed(samples, rng), step)
    segments = [(_kind_or(phone, rng), start, end) for phone, start, end in utterance.segments or ()]
    return seen.astype(np.float16), labels(segments, len(seen), speed * step / STEP)


def _silences(utterance: Utterance) -> list[tuple[int, int]]:
    """Return the silences of an utterance, as samples from and to; none if its phones are not known."""
    said = [(start, end) for phone, start, end in utterance.segments or () if phone != SILENCE]
    starts = [0, *(end for _, end in said)]
    ends = [*(start for start, _ in said), len(utterance.samples) * FRAMES_A_SECOND // RATE]
    return [
        (start * STEP, end * STEP) for start, end in zip(starts, ends, strict=True) if said and end > start
    ]


def _kind_or(phone: str, rng: np.random.Generator) -> str:
    """Replace a phone by its kind now and then, so that the network also learns the kinds."""
    return KIND_OF.get(phone, phone) if rng.random() < KIND_SHARE else phone


def _noise(seed: int) -> Example:
    """Make an example of noise without speech."""
    rng = np.random.default_rng(seed)
    length = round(rng.uniform(*NOISE_SECONDS) * RATE)
    level = 0.0 if rng.random() < DIGITAL_SILENCE_SHARE else 10 ** (rng.uniform(*NOISE_DBFS) / 20)
    seen = features(over_the_phone(np.clip(noise(length, rng) * level, -1, 1)))
    return seen.astype(np.float16), labels((), len(seen))


def _file(folder: Path, name: str, copy: int) -> Path:
    return folder / f"{name}-{copy}.npz"


def _write(path: Path, examples: Sequence[Example]) -> None:
    np.savez(
        path,
        features=np.concatenate([seen for seen, _ in examples]),
        labels=np.concatenate([right for _, right in examples]),
        lengths=np.array([len(right) for _, right in examples]),
    )


def _read(path: Path) -> list[Example]:
    with np.load(path) as file:
        ends = np.cumsum(file["lengths"])[:-1]
        return list(zip(np.split(file["features"], ends), np.split(file["labels"], ends), strict=True))
