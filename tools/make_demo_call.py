"""Make the recorded call that `local_stt demo` and `make call` play, and its transcript.

    python tools/make_demo_call.py

Needs the Debian package flite (its voices slt and rms) on the PATH, and soundfile, soxr and
numpy from requirements.txt.  Writes local_stt/demo/front-desk.wav (stereo: caller left, callee
right; 8 kHz mu-law, as on a telephone line) and front-desk.txt (one utterance a line, in order
of start).  The same dialogue gives the same bytes.

For another call, change DIALOGUE.  Its words must be in the vocabulary of models/demo-en.  Its
punctuation only makes the voices pause, and is left out of the transcript.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "local_stt" / "demo"
VOCABULARY = ROOT / "models" / "demo-en" / "graph" / "words.txt"

RATE = 8000
PEAK_DB = -6.0
NOISE_DB = -68.0  # louder than about -66, a model trained without noise takes it for words
NOISE_POLE = 0.99  # low-passed: such a model takes even the faintest white noise for words
TRIM_DB = -45.0  # a voice is silent below this, relative to its peak
LEAD_SECONDS = 0.8
TAIL_SECONDS = 1.0

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Voice:
    """The voice of one party: its channel, the name of a flite voice, and settings of that voice."""

    channel: int
    name: str
    settings: tuple[str, ...]

    @property
    def options(self) -> list[str]:
        return ["-voice", self.name, *(word for setting in self.settings for word in ("--setf", setting))]


@dataclass(frozen=True)
class Turn:
    """The words of one party, `gap` seconds after the line became quiet (below zero it interrupts)."""

    speaker: str
    gap: float
    text: str

    @property
    def words(self) -> list[str]:
        return re.sub(r"[.,?]", " ", self.text).split()


# Speeds, pitch, wording and noise were tried until the demo model recognized every word, also in a
# call that is louder, fainter, shifted or lacks frames.  Decode it again after any change.
VOICES = {
    "caller": Voice(0, "rms", ("duration_stretch=1.0",)),
    "callee": Voice(1, "slt", ("duration_stretch=1.03", "int_f0_target_mean=165")),
}

DIALOGUE = [
    Turn("callee", 0.0, "hello, this is susan from the clinic. how can i help you?"),
    Turn("caller", 0.6, "hi, my name is david miller. i am calling about my appointment."),
    Turn("callee", 0.5, "okay. could you give me your customer number, please?"),
    Turn("caller", 0.9, "yes. my customer number is four two seven, three five one."),
    Turn("callee", 0.5, "four two seven, three five one."),
    Turn("caller", 0.4, "that is correct."),
    Turn("callee", 1.0, "thank you mister miller. your appointment is on friday at ten thirty a m."),
    Turn("caller", 0.5, "sorry, i need to change my appointment. is doctor harris available on tuesday?"),
    Turn("callee", 0.6, "let me check. tuesday march ninth at two fifteen in the afternoon?"),
    Turn("caller", -3.2, "okay."),
    Turn("caller", 0.7, "perfect. thank you very much for your help."),
    Turn("callee", 0.4, "thanks for calling. have a nice day. goodbye."),
    Turn("caller", 0.5, "goodbye."),
]


def main() -> int:
    if unknown := unknown_words(DIALOGUE):
        print(f"not in the demo model's vocabulary: {', '.join(unknown)}", file=sys.stderr)
        return 2
    DEMO.mkdir(parents=True, exist_ok=True)
    call = render(DIALOGUE)
    soundfile.write(DEMO / "front-desk.wav", call, RATE, subtype="ULAW", format="WAV")
    (DEMO / "front-desk.txt").write_text(transcript(DIALOGUE), encoding="utf-8")
    print(f"{DEMO / 'front-desk.wav'}: {len(call) / RATE:.1f} s, {len(DIALOGUE)} utterances")
    return 0


def unknown_words(dialogue: list[Turn]) -> list[str]:
    known = {line.split()[0] for line in VOCABULARY.read_text(encoding="utf-8").splitlines()}
    return sorted({word for turn in dialogue for word in turn.words} - known)


def transcript(dialogue: list[Turn]) -> str:
    return "".join(f"{turn.speaker}: {' '.join(turn.words)}\n" for turn in dialogue)


def render(dialogue: list[Turn]) -> Samples:
    """Put every turn at its time on its channel, and the line's noise under both; shape (n, 2)."""
    placed: list[tuple[int, int, Samples]] = []
    quiet_from = round(LEAD_SECONDS * RATE)
    for turn in dialogue:
        voice = VOICES[turn.speaker]
        speech = speak(turn.text, voice)
        start = quiet_from + round(turn.gap * RATE)
        placed.append((start, voice.channel, speech))
        quiet_from = max(quiet_from, start + len(speech))
    call = line_noise(quiet_from + round(TAIL_SECONDS * RATE))
    for start, channel, speech in placed:
        call[start : start + len(speech), channel] += speech
    return call


def line_noise(length: int) -> Samples:
    """Generate a faint rumble, another one on each channel, seeded so that every run makes the same file."""
    hiss = np.random.default_rng(seed=0).standard_normal((2, length))
    low_pass = NOISE_POLE ** np.arange(1000)
    rumble: Samples = np.stack([np.convolve(channel, low_pass)[:length] for channel in hiss], axis=1)
    return rumble * (amplitude(NOISE_DB) / float(rumble.std()))


def speak(text: str, voice: Voice) -> Samples:
    """Speak an utterance at the telephone's rate and level, without the silence that flite adds."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        subprocess.run(["flite", *voice.options, "-t", text, "-o", wav], check=True)
        sound, rate = soundfile.read(wav)
    speech = trim(soxr.resample(sound, rate, RATE, quality="VHQ"))
    return speech * (amplitude(PEAK_DB) / float(np.abs(speech).max()))


def trim(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * amplitude(TRIM_DB))
    margin = RATE // 50  # 20 ms, or soft first and last consonants would be cut
    return sound[max(0, loud[0] - margin) : loud[-1] + margin]


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


if __name__ == "__main__":
    sys.exit(main())
