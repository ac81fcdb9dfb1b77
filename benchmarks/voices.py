"""Synthesize speech for the calls, with flite or espeak-ng if one is installed."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from local_stt.audio import PHONE_RATE

from .script import CALLEE, CALLER

Signal = npt.NDArray[np.float64]
"""Samples, full scale 1; at the telephone's rate unless another is named"""

PEAK = 0.5
SILENT = 0.006  # relative to the peak: the level of a voice before and after its words
MARGIN = 0.02  # seconds, or soft first and last consonants would be cut


@dataclass(frozen=True, slots=True, eq=False)
class Synthesizer:
    """A program that speaks a sentence to a WAV file, and its options for either party."""

    name: str
    options: dict[str, tuple[str, ...]]
    text_option: tuple[str, ...]
    file_option: str

    def speak(self, sentence: str, party: str, rate: int = PHONE_RATE) -> Signal:
        """Speak a sentence, without silence around it; always the same samples."""
        with tempfile.TemporaryDirectory() as folder:
            wav = str(Path(folder) / "speech.wav")
            command = [self.name, *self.options[party], self.file_option, wav, *self.text_option, sentence]
            subprocess.run(command, check=True, capture_output=True)
            sound, its_own = soundfile.read(wav)
        speech = trim(soxr.resample(sound, its_own, rate, quality="VHQ"), rate)
        return speech * (PEAK / float(np.abs(speech).max()))


SYNTHESIZERS = (
    Synthesizer(
        "flite",
        {
            CALLER: ("-voice", "rms"),
            CALLEE: ("-voice", "slt", "--setf", "duration_stretch=1.03", "--setf", "int_f0_target_mean=165"),
        },
        ("-t",),
        "-o",
    ),
    Synthesizer(
        "espeak-ng",
        {CALLER: ("-v", "en-us", "-s", "150"), CALLEE: ("-v", "en-us+f3", "-s", "150")},
        (),
        "-w",
    ),
)


def installed() -> Synthesizer | None:
    """Find the first synthesizer that is on the PATH; None if there is none."""
    return next((each for each in SYNTHESIZERS if shutil.which(each.name)), None)


def trim(sound: Signal, rate: int) -> Signal:
    """Trim the silence before and after the words."""
    margin = round(MARGIN * rate)
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * SILENT)
    return sound[max(0, loud[0] - margin) : loud[-1] + margin]


def silence(samples: int) -> Signal:
    """Return samples of digital silence; for lines with noise see docs/explanation/silence-gate.md."""
    return np.zeros(samples)
