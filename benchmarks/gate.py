"""Measure the work that the speech gate saves, and the words of the embedded model that it costs.

    python benchmarks/gate.py             # every level and noise, about five minutes
    python benchmarks/gate.py --quick     # two levels, four noises

Needs the Debian packages espeak-ng and flite on the PATH.  Six voices say thirty sentences, on one track for
each voice, with silence in the turns of the other party.  Each track is decoded without and with the gate, at
each speech level over each noise.  Prints a Markdown table.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from local_stt.audio import PHONE_RATE, encode_mulaw
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.track_transcriber import Checkpoint, TrackTranscriber
from local_stt.events import FinalText, TrackEvent, Word
from local_stt.recognizer import SpeechModel, VoskRecognizer

MODEL = Path(__file__).resolve().parent.parent / "models" / "demo-en"
CHUNK = PHONE_RATE // 10
PEAK_DB = -6.0
SHARE_SPOKEN = 0.4

Signal = npt.NDArray[np.float64]

VOICES = {
    "alex": ["espeak-ng", "-v", "en-us+Alex", "-s", "150", "-w"],
    "annie": ["espeak-ng", "-v", "en-gb+Annie", "-s", "155", "-w"],
    "f3": ["espeak-ng", "-v", "en-us+f3", "-s", "145", "-w"],
    "rms": ["flite", "-voice", "rms", "-o"],
    "slt": ["flite", "-voice", "slt", "-o"],
    "awb": ["flite", "-voice", "awb", "-o"],
}

SENTENCES = [
    "hello this is susan from the clinic how can i help you",
    "your appointment is on friday at ten thirty",
    "four two seven three five one",
    "thank you for calling have a nice day",
    "yes",
    "hi my name is david miller",
    "i am calling about my appointment",
    "the bill is seven hundred thirty four dollars",
    "could you say that again please",
    "seven one eight six",
    "can you hear me okay",
    "we are open from five fifteen in the morning to eleven ten in the evening",
    "i have a problem with my invoice",
    "let me think",
    "next week at ten in the morning",
    "is mister baker there",
    "your package will be delivered on monday",
    "my number is two oh nine five",
    "great thank you very much",
    "please hold on",
    "i would like to cancel my reservation",
    "the meeting is at eight fifteen on sunday",
    "sorry i need to change my address",
    "how much is it",
    "no",
    "the price is five hundred and ninety six pounds",
    "this is karen walker speaking",
    "is the hotel available on tuesday march ninth",
    "my computer is broken",
    "goodbye",
]

LEVELS = [0, -10, -20, -30]


@dataclass(frozen=True)
class Track:
    """One party of a call, at full level and without noise."""

    sound: Signal
    words: list[str]


@dataclass(frozen=True)
class Noise:
    """Noise on the line under the speech; `dbfs` is its root mean square."""

    name: str
    make: Callable[[int, np.random.Generator], Signal]
    dbfs: float

    def under(self, sound: Signal, seed: int) -> Signal:
        noise = self.make(len(sound), np.random.default_rng(seed))
        level = float(np.sqrt(np.mean(noise**2))) or 1.0
        return sound + noise * (amplitude(self.dbfs) / level)

    def __str__(self) -> str:
        return f"{self.name} {self.dbfs:.0f} dBFS" if self.make is not none else self.name


@dataclass
class Score:
    """The sums over the tracks of one line of the table, without or with the gate."""

    samples: int = 0
    fed: int = 0
    said: int = 0
    lost: int = 0
    invented: int = 0
    errors: int = 0
    cpu_seconds: float = 0.0

    @property
    def error_percent(self) -> float:
        return 100 * self.errors / self.said

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_seconds / (self.samples / PHONE_RATE)


class Counting:
    """A recognizer that counts the samples that it is fed, at the phone's rate."""

    def __init__(self, recognizer: VoskRecognizer) -> None:
        self._recognizer = recognizer
        self.can_reset = recognizer.can_reset
        self.decoder = recognizer.decoder
        self.partial, self.close, self.finish = recognizer.partial, recognizer.close, recognizer.finish
        self.fed = 0

    def feed(self, pcm: bytes) -> tuple[Word, ...] | None:
        self.fed += len(pcm) // 4
        return self._recognizer.feed(pcm)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two levels and four noises only")
    quick = parser.parse_args().quick
    model = SpeechModel(MODEL)
    tracks = make_tracks()
    babble = np.sum([np.resize(np.roll(track.sound, 7919), 300_000) for track in tracks], axis=0)
    noises = every_noise(babble)
    levels, noises = (LEVELS[::2], noises[::3]) if quick else (LEVELS, noises)
    print_heading()
    for done, (noise, level) in enumerate([(noise, level) for noise in noises for level in levels], 1):
        print(f"{done} of {len(noises) * len(levels)} ...", end="\r", file=sys.stderr, flush=True)
        print(row(noise, level, *measure(model, tracks, noise, level)), flush=True)
    return 0


def print_heading() -> None:
    print("| noise | speech | fed | errors % | lost | invented | CPU ms/s |")
    print("|---|---|---|---|---|---|---|")


def row(noise: Noise, level: float, without: Score, gated: Score) -> str:
    return (
        f"| {noise} | {level:.0f} dB | {gated.fed / gated.samples:.0%} "
        f"| {without.error_percent:.1f} → {gated.error_percent:.1f} "
        f"| {without.lost} → {gated.lost} | {without.invented} → {gated.invented} "
        f"| {without.cpu_ms:.1f} → {gated.cpu_ms:.1f} |"
    )


def measure(model: SpeechModel, tracks: list[Track], noise: Noise, level: float) -> tuple[Score, Score]:
    without, gated = Score(), Score()
    for seed, track in enumerate(tracks):
        sound = noise.under(track.sound * amplitude(level), seed)
        mulaw = encode_mulaw(np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16))
        decode(model, mulaw, track.words, without, gated=False)
        decode(model, mulaw, track.words, gated, gated=True)
    return without, gated


def decode(model: SpeechModel, mulaw: bytes, said: list[str], score: Score, *, gated: bool) -> None:
    """Decode one track as a call would, 100 ms at a time, and add the result to the score."""
    recognizer = Counting(model.open())
    transcriber = TrackTranscriber("", "", recognizer, Checkpoint(), gated=gated)
    told: list[TrackEvent] = []
    started = time.thread_time()
    for start in range(0, len(mulaw), CHUNK):
        told += transcriber.push(AudioChunk(start, mulaw[start : start + CHUNK]))
    told += transcriber.finish()
    score.cpu_seconds += time.thread_time() - started
    heard = [word.text for event in told if isinstance(event, FinalText) for word in event.words]
    errors, lost, invented = differences(said, heard)
    score.errors += errors
    score.lost += lost
    score.invented += invented
    score.said += len(said)
    score.samples += len(mulaw)
    score.fed += recognizer.fed


def differences(said: Sequence[str], heard: Sequence[str]) -> tuple[int, int, int]:
    """Count word errors, words that were lost, and words that were invented.  A wrong word counts as both."""
    above = [(column, 0, column) for column in range(len(heard) + 1)]
    for row_number, word in enumerate(said, 1):
        current = [(row_number, row_number, 0)]
        for column, other in enumerate(heard, 1):
            errors, lost, invented = above[column - 1]
            replaced = (errors, lost, invented) if word == other else (errors + 1, lost + 1, invented + 1)
            errors, lost, invented = above[column]
            missed = (errors + 1, lost + 1, invented)
            errors, lost, invented = current[-1]
            current.append(min(replaced, missed, (errors + 1, lost, invented + 1)))
        above = current
    return above[-1]


def make_tracks() -> list[Track]:
    """Make the tracks: each voice says every sixth sentence, and speaks for 40 % of the time."""
    rng = np.random.default_rng(seed=1)
    known = {line.split()[0] for line in (MODEL / "graph" / "words.txt").read_text("utf-8").splitlines()}
    if unknown := {word for sentence in SENTENCES for word in sentence.split()} - known:
        raise SystemExit(f"not in the demo model's vocabulary: {', '.join(sorted(unknown))}")
    return [
        spaced(SENTENCES[number :: len(VOICES)], command, rng)
        for number, command in enumerate(VOICES.values())
    ]


def spaced(sentences: list[str], command: list[str], rng: np.random.Generator) -> Track:
    """Make a track of turns with two sentences each, and silence around them."""
    turns = [". ".join(sentences[first : first + 2]) for first in range(0, len(sentences), 2)]
    spoken = [speak(command, turn) for turn in turns]
    silence = sum(map(len, spoken)) * (1 / SHARE_SPOKEN - 1)
    gaps = [np.zeros(round(silence * share)) for share in rng.dirichlet(np.full(len(spoken) + 1, 4.0))]
    parts = [gaps[0]]
    for speech, gap in zip(spoken, gaps[1:], strict=True):
        parts += [speech, gap]
    return Track(np.concatenate(parts), " ".join(sentences).split())


def speak(command: list[str], text: str) -> Signal:
    """Speak a turn at the telephone's rate, without silence around it, with its peak at -6 dBFS."""
    with tempfile.TemporaryDirectory() as folder:
        wav = str(Path(folder) / "speech.wav")
        subprocess.run([*command, wav, *(["-t"] if command[0] == "flite" else []), text], check=True)
        sound, rate = soundfile.read(wav)
    speech: Signal = soxr.resample(sound, rate, PHONE_RATE, quality="VHQ")
    loud = np.flatnonzero(np.abs(speech) > np.abs(speech).max() * amplitude(-45.0))
    speech = speech[loud[0] : loud[-1]]
    return speech * (amplitude(PEAK_DB) / float(np.abs(speech).max()))


def every_noise(babble: Signal) -> list[Noise]:
    def voices(length: int, rng: np.random.Generator) -> Signal:
        return np.resize(np.roll(babble, int(rng.integers(len(babble)))), length)

    return [
        Noise("none", none, 0.0),
        *(Noise("white", white, dbfs) for dbfs in (-70.0, -60.0, -50.0, -40.0)),
        *(Noise("pink", pink, dbfs) for dbfs in (-70.0, -60.0, -50.0, -40.0)),
        Noise("hum", hum, -40.0),
        Noise("babble", voices, -50.0),
        Noise("music", music, -40.0),
    ]


def none(length: int, rng: np.random.Generator) -> Signal:
    del rng
    return np.zeros(length)


def white(length: int, rng: np.random.Generator) -> Signal:
    return rng.standard_normal(length)


def pink(length: int, rng: np.random.Generator) -> Signal:
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequencies = np.fft.rfftfreq(length, 1 / PHONE_RATE)
    shaped: Signal = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequencies, 20.0)), length)
    return shaped


def hum(length: int, rng: np.random.Generator) -> Signal:
    """Generate mains hum: 50 Hz and odd harmonics, as a bad ground causes."""
    phase = 2 * np.pi * (50 * np.arange(length) / PHONE_RATE + rng.random())
    wave: Signal = np.sin(phase) + 0.3 * np.sin(3 * phase) + 0.1 * np.sin(5 * phase)
    return wave


def music(length: int, rng: np.random.Generator) -> Signal:
    """Generate a plucked tune of two and a half notes a second."""
    tune = np.zeros(length + PHONE_RATE)
    at = np.arange(PHONE_RATE) / PHONE_RATE
    for start in range(0, length, PHONE_RATE * 2 // 5):
        pitch = 220 * 2 ** (rng.integers(25) / 12)
        note = sum(np.sin(2 * np.pi * pitch * partial * at) / partial for partial in (1, 2, 3))
        tune[start : start + PHONE_RATE] += note * np.exp(-4 * at)
    return tune[:length]


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


if __name__ == "__main__":
    sys.exit(main())
