"""Speech for the calls: from flite or espeak-ng where one is installed."""

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
"""Samples, full scale 1; at the telephone's rate where nothing else is said"""

PEAK = 0.5
SILENT = 0.006  # relative to the peak: what a voice puts before and after its words
MARGIN = 0.02  # seconds, or soft first and last consonants would be cut


@dataclass(frozen=True, slots=True, eq=False)
class Synthesizer:
    """A program that writes a sentence to a WAV file, and its options for either party."""

    name: str
    options: dict[str, tuple[str, ...]]
    text_option: tuple[str, ...]
    file_option: str

    def speak(self, sentence: str, party: str, rate: int = PHONE_RATE) -> Signal:
        """One sentence, without the silence around it; the same bytes every time."""
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
    """The first synthesizer that is on the PATH."""
    return next((each for each in SYNTHESIZERS if shutil.which(each.name)), None)


def trim(sound: Signal, rate: int) -> Signal:
    """Without the silence before and after."""
    margin = round(MARGIN * rate)
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * SILENT)
    return sound[max(0, loud[0] - margin) : loud[-1] + margin]


def silence(samples: int) -> Signal:
    """A digital line on which nobody speaks; docs/gate.md has the noisy ones."""
    return np.zeros(samples)
