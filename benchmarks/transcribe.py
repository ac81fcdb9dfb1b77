"""Measure how fast files are transcribed, beside the `vosk-transcriber` that comes with Vosk.

    python -m benchmarks.transcribe [--model FOLDER …] [--minutes 20] [--rounds 5] [--hours 10]

Needs ffmpeg, and flite or espeak-ng.  Two voices say the script of the benchmarks at 16 kHz, with pauses like
people's: both on one channel, and each on a channel of its own.  Both programs transcribe both files in turn.
A run is repeated until the machine had little else to do.  The table has medians.  `--hours` adds the memory
that a file of that length takes.
"""

import argparse
import itertools
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from local_stt.audio import RECOGNIZER_RATE
from local_stt.audio_file import open_audio
from local_stt.core import segmenter
from local_stt.core.wer import word_errors
from local_stt.engine import cores, start_engine
from local_stt.transcription import Transcriber
from tools.project import PROJECT

from . import processes
from .script import CALLER, TURNS, words
from .voices import Signal, Synthesizer, installed

DEMO_MODEL = PROJECT / "models" / "demo-en"
PAUSES = (0.15, 1.2)
"""Shortest and longest pause between sentences, in seconds"""
NOISE_DBFS = -75.0
POLL_SECONDS = 0.1
MEMORY_SAMPLES = 10
"""Polls for each measurement of memory, as that takes longer"""
QUIET = 0.05
"""Share of the machine that other work may take before a run and during it"""
TRIES = 10
"""Runs until one is quiet; after these the quietest one counts"""
QUIET_TIMEOUT = 30.0
"""Seconds to wait for a quiet machine before each run"""
WITHOUT_A_CUT = 1e9


@dataclass(frozen=True, slots=True)
class Recording:
    """A file, and the words that are said in it."""

    name: str
    path: Path
    seconds: float
    said: list[str]


@dataclass(frozen=True, slots=True)
class Run:
    """The results of one program for one file."""

    speed: float
    """Seconds of audio that are transcribed in a second"""
    cpu_ms: float
    """CPU time in ms for a second of audio, of all processes together"""
    wrong: float
    """Wrong words, as a share of those said"""
    memory_mb: float
    """Largest memory; pages that processes share count once"""
    others: float
    """Share of the machine that other work took meanwhile"""


def make(folder: Path, minutes: float) -> list[Recording]:
    """Make files of the same conversation, on one channel and on two."""
    synthesizer = installed()
    if synthesizer is None or not shutil.which("ffmpeg"):
        raise SystemExit("Install ffmpeg, and flite or espeak-ng.")
    sides, said = talk(synthesizer, minutes * 60)
    noise = np.random.default_rng(2).standard_normal(sides.shape) * 10 ** (NOISE_DBFS / 20)
    recordings = []
    for name, sound in (("one channel", sides.sum(axis=1, keepdims=True)), ("two channels", sides)):
        path = folder / f"{name.replace(' ', '-')}.flac"
        soundfile.write(path, sound + noise[:, : sound.shape[1]], RECOGNIZER_RATE)
        recordings.append(Recording(name, path, len(sound) / RECOGNIZER_RATE, said))
    return recordings


def talk(synthesizer: Synthesizer, seconds: float) -> tuple[Signal, list[str]]:
    """Speak a conversation; return samples of shape (n, 2), and the words in order."""
    rng = np.random.default_rng(seed=1)
    spoken: dict[tuple[str, str], Signal] = {}
    parts: list[Signal] = []
    said: list[str] = []
    samples = 0
    for party, sentence in itertools.cycle(TURNS):
        if samples > seconds * RECOGNIZER_RATE:
            break
        if (party, sentence) not in spoken:
            spoken[party, sentence] = synthesizer.speak(sentence, party, RECOGNIZER_RATE)
        speech = spoken[party, sentence]
        part = np.zeros((len(speech) + round(rng.uniform(*PAUSES) * RECOGNIZER_RATE), 2))
        part[: len(speech), 0 if party == CALLER else 1] = speech
        parts.append(part)
        said += words(sentence)
        samples += len(part)
    return np.concatenate(parts), said


def command_of(system: str, recording: Recording, model: Path, output: Path) -> list[str]:
    """Return the command with which a user starts the program."""
    if system == "local_stt":
        options = ["--model", str(model), "--no-keep-calls", "--output-dir", str(output), "--overwrite"]
        return [sys.executable, "-m", "local_stt", "transcribe", str(recording.path), *options]
    program = str(Path(sys.executable).with_name("vosk-transcriber"))
    text = output / f"{recording.path.stem}.txt"
    return [program, "-m", str(model), "-i", str(recording.path), "-o", str(text)]


def quiet_run(system: str, recording: Recording, model: Path, output: Path) -> Run:
    """Repeat a run until the machine has little else to do; return the quietest run."""
    runs: list[Run] = []
    while not runs or (runs[-1].others > QUIET and len(runs) < TRIES):
        patience = time.monotonic() + QUIET_TIMEOUT
        while processes.busy_share() > QUIET and time.monotonic() < patience:
            pass
        runs.append(run(system, recording, model, output))
    return min(runs, key=lambda each: each.others)


def run(system: str, recording: Recording, model: Path, output: Path) -> Run:
    """Run a program once, and measure its processes meanwhile."""
    used: dict[int, float] = {}
    memory = 0.0
    began, machine = time.monotonic(), processes.machine_seconds()
    with subprocess.Popen(
        command_of(system, recording, model, output),
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        for look in itertools.count():
            if process.poll() is not None:
                break
            used |= processes.cpu_seconds_each(process.pid)
            if look % MEMORY_SAMPLES == MEMORY_SAMPLES - 1:
                memory = max(memory, processes.memory_mb(process.pid))
            time.sleep(POLL_SECONDS)
    took = time.monotonic() - began
    others = (processes.machine_seconds() - machine - sum(used.values())) / (took * cores())
    if process.returncode:
        raise SystemExit(f"{system} ended with status {process.returncode}.")
    text = (output / f"{recording.path.stem}.txt").read_text(encoding="utf-8")
    wrong = word_errors(recording.said, written(text)) / len(recording.said) if recording.said else 0.0
    cpu = 1000 * sum(used.values()) / recording.seconds
    return Run(recording.seconds / took, cpu, wrong, memory, others)


def written(text: str) -> list[str]:
    """Return the words of a transcript, without times and speakers."""
    return re.sub(r"^\[.*?\] .*?: ", "", text, flags=re.MULTILINE).split()


def uncut(recording: Recording, model: Path) -> tuple[int, int]:
    """Count the words that differ between a file cut as often as possible and uncut, and all words."""
    whole, cut = (
        heard(recording, model, WITHOUT_A_CUT),
        heard(recording, model, segmenter.MIN_SECTION_SECONDS),
    )
    return word_errors(whole, cut), len(whole)


def heard(recording: Recording, model: Path, section_seconds: float) -> list[str]:
    """Transcribe a file in sections of that length; return its words."""
    usual, segmenter.MIN_SECTION_SECONDS, segmenter.MAX_SECTION_SECONDS = (
        (segmenter.MIN_SECTION_SECONDS, segmenter.MAX_SECTION_SECONDS),
        section_seconds,
        section_seconds,
    )
    try:
        with (
            Transcriber(
                lambda on_fatal: start_engine(model, workers=cores(), live=False, on_fatal=on_fatal)
            ) as transcriber,
            open_audio(recording.path) as audio,
        ):
            transcription = transcriber.start(audio)
            transcriber.wait(transcription)
    finally:
        segmenter.MIN_SECTION_SECONDS, segmenter.MAX_SECTION_SECONDS = usual
    return [word.text for said in transcription.utterances() for word in said.words]


def prolonged(recording: Recording, hours: float, folder: Path) -> Recording:
    """Repeat a recording until it lasts for `hours`; its words are not counted."""
    samples, rate = soundfile.read(recording.path, dtype="int16")
    path = folder / "long.flac"
    seconds = 0.0
    with soundfile.SoundFile(path, "w", rate, 1) as file:
        while seconds < hours * 3600:
            file.write(samples)
            seconds += recording.seconds
    return Recording(f"{hours:g} hours", path, seconds, [])


def row(recording: Recording, model: Path, system: str, runs: Sequence[Run]) -> str:
    figures = ((each.speed, each.cpu_ms, each.memory_mb, each.others) for each in runs)
    speed, cpu, memory, others = (statistics.median(values) for values in zip(*figures, strict=True))
    wrong = f"{runs[0].wrong:.1%}" if recording.said else ""
    cells = recording.name, model.name, system, f"{speed:.0f}", f"{cpu:.1f}", wrong, f"{memory:.0f}"
    return f"| {' | '.join(cells)} | {others:.0%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, action="append", help="a folder; may be given several times")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--busy", action="store_true", help="do not wait for a quiet machine")
    parser.add_argument("--hours", type=float, default=0, help="also a file of so many, for its memory")
    options = parser.parse_args()
    models = options.model or [DEMO_MODEL]
    measure = run if options.busy else quiet_run
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recordings = make(folder, options.minutes)
        print("| file | model | | x real time | CPU ms a second | words wrong | MB | other work |")
        print("|---|---|---|---|---|---|---|---|")
        for model, recording in itertools.product(models, recordings):
            done: dict[str, list[Run]] = {"vosk-transcriber": [], "local_stt": []}
            for _, system in itertools.product(range(options.rounds), done):
                done[system].append(measure(system, recording, model, folder))
            for system, runs in done.items():
                print(row(recording, model, system, runs), flush=True)
        if options.hours:
            long = prolonged(recordings[0], options.hours, folder)
            print(row(long, models[0], "local_stt", [run("local_stt", long, models[0], folder)]))
        for model, recording in itertools.product(models, recordings):
            different, count = uncut(recording, model)
            print(
                f"\n{recording.name}, {model.name}: {different} of {count} words differ where it is not cut."
            )


if __name__ == "__main__":
    main()
