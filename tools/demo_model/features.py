"""Compute MFCC features as libvosk does with `conf/mfcc.conf`."""

from collections.abc import Sequence
from typing import Any

import kaldi_native_fbank
import numpy as np
import numpy.typing as npt

from .phones import PDFS, SILENCE
from .speech import FRAMES_A_SECOND, FULL_SCALE, RATE, Segment, Signal

Features = npt.NDArray[np.float32]
"""Features of shape (frames, COEFFICIENTS)"""

COEFFICIENTS = 40
STEP = RATE // FRAMES_A_SECOND
"""Samples from one frame to the next"""
LOWEST_HZ = 60
HIGHEST_HZ = 3700
"""The most that a phone line carries; above it the network would learn resamplers and codecs"""
MIDDLE = 1
"""Steps from a window's beginning to its middle: a window has 25 ms, a step 10 ms"""

MFCC_CONF = f"""\
--sample-frequency={RATE}
--use-energy=false
--num-mel-bins={COEFFICIENTS}
--num-ceps={COEFFICIENTS}
--low-freq={LOWEST_HZ}
--high-freq={HIGHEST_HZ}
--dither=0
"""
"""The same options for libvosk"""


def features(samples: Signal, step: int = STEP) -> Features:
    """Compute features of shape (frames, COEFFICIENTS) from samples at 16 kHz between -1 and 1.

    There is a frame every `step` samples.  There is no dither, so that results are the same each time.
    """
    extractor = kaldi_native_fbank.OnlineMfcc(_options(step))
    extractor.accept_waveform(RATE, (samples * FULL_SCALE).tolist())
    extractor.input_finished()
    frames = [extractor.get_frame(index) for index in range(extractor.num_frames_ready)]
    return np.stack(frames).astype(np.float32) if frames else np.zeros((0, COEFFICIENTS), np.float32)


def labels(segments: Sequence[Segment], count: int, speed: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return the right output for each of `count` frames; silence where there is no segment.

    The segments are those of the samples before they were played at `speed`.
    """
    right = np.full(count, PDFS.index(SILENCE), np.uint8)
    for phone, start, end in segments:
        right[frame_at(start / speed) : frame_at(end / speed)] = PDFS.index(phone)
    return right


def frame_at(time: float) -> int:
    """Return the frame with its window's middle at a time in steps."""
    return max(round(time) - MIDDLE, 0)


def time_at(frame: int) -> int:
    """Return the time of the middle of a frame's window, in steps."""
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
