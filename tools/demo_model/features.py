"""MFCC features, as libvosk computes them from `conf/mfcc.conf`."""

from collections.abc import Sequence
from typing import Any

import kaldi_native_fbank
import numpy as np
import numpy.typing as npt

from .phones import PDFS, SILENCE
from .speech import FRAMES_A_SECOND, FULL_SCALE, RATE, Segment, Signal

Features = npt.NDArray[np.float32]
"""Of shape (frames, COEFFICIENTS)"""

COEFFICIENTS = 40
STEP = RATE // FRAMES_A_SECOND
"""Samples from a frame to the next"""
LOWEST_HZ = 60
HIGHEST_HZ = 3700
"""No phone line carries more: what is above would tell the network of resamplers and codecs"""
MIDDLE = 1
"""Steps from a window's beginning to its middle: it is 25 ms long and a step is 10"""

MFCC_CONF = f"""\
--sample-frequency={RATE}
--use-energy=false
--num-mel-bins={COEFFICIENTS}
--num-ceps={COEFFICIENTS}
--low-freq={LOWEST_HZ}
--high-freq={HIGHEST_HZ}
--dither=0
"""
"""The same, for libvosk"""


def features(samples: Signal, step: int = STEP) -> Features:
    """Of samples at 16 kHz between -1 and 1, every `step`; without dither, so that results repeat."""
    extractor = kaldi_native_fbank.OnlineMfcc(_options(step))
    extractor.accept_waveform(RATE, (samples * FULL_SCALE).tolist())
    extractor.input_finished()
    frames = [extractor.get_frame(index) for index in range(extractor.num_frames_ready)]
    return np.stack(frames).astype(np.float32) if frames else np.zeros((0, COEFFICIENTS), np.float32)


def labels(segments: Sequence[Segment], count: int, speed: float = 1.0) -> npt.NDArray[np.uint8]:
    """For each of so many frames the output that is right; silence where no segment is.

    The segments are those of the samples before they were played at `speed`.
    """
    right = np.full(count, PDFS.index(SILENCE), np.uint8)
    for phone, start, end in segments:
        right[frame_at(start / speed) : frame_at(end / speed)] = PDFS.index(phone)
    return right


def frame_at(time: float) -> int:
    """The frame whose window has its middle there; of a time in steps."""
    return max(round(time) - MIDDLE, 0)


def time_at(frame: int) -> int:
    """The other way about."""
    return frame + MIDDLE if frame else 0


def _options(step: int) -> Any:
    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.frame_shift_ms = 1000 * step / RATE
    options.frame_opts.dither = 0
    options.frame_opts.snip_edges = True
    options.use_energy = False
    options.mel_opts.num_bins = COEFFICIENTS
    options.num_ceps = COEFFICIENTS
    options.mel_opts.low_freq = LOWEST_HZ
    options.mel_opts.high_freq = HIGHEST_HZ
    return options
