"""Give phone audio a band above 4 kHz, for models that were trained on wideband speech.

A phone line carries nothing above 4 kHz (ITU-T G.711).  A model whose features reach higher was never trained
with that part of the spectrum empty, and confuses sounds.  A small network estimates the levels of speech
there from the levels below, and shaped noise fills them in.  Recognizers use levels in wide bands, so noise
of the right level is as good as the true spectrum.  docs/explanation/upper-band.md has the figures, and
`tools/upper_band` trains the network.
"""

from enum import Enum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..audio import PHONE_RATE, RECOGNIZER_RATE, Resampler, Samples, Upsampler

Array = npt.NDArray[np.float32]

NETWORK = Path(__file__).with_suffix(".npz")

HOP = PHONE_RATE // 100
"""Samples of phone audio between frames: 10 ms"""
WINDOW = PHONE_RATE // 40
"""Samples of phone audio in a frame: 25 ms"""
PAST, FUTURE = 10, 3
"""Frames before and after a frame that its estimate uses"""
BLOCK = 2
"""Frames estimated at a time: a fixed number, so that rounding does not depend on cuts of the audio"""

LATENESS = (BLOCK + FUTURE + 1) * HOP + WINDOW // 2 + Upsampler.DELAY
"""Longest delay of a sample, in samples of phone audio: 77 ms"""

LOWER_BANDS = 24
UPPER_EDGES = (3400, 3700, 4000, 4300, 4650, 5050, 5500, 6000, 6600, 7200, 8000)
"""Edges of the upper bands in Hz.  The first two bands end the phone band, where most lines fall off."""

FLOOR = 1e-10
"""Power added to each band, so that silence has a logarithm"""
MIN_POWER = -14.0
"""Minimum logarithm of a band's power relative to its context: below it there is nothing to learn"""

IMAGE_LEVEL = 0.5
"""Amplitude of the mirror image above 4 kHz, relative to the band below: -6 dB, the best of those measured"""

_WIDE_HOP = 2 * HOP
_WIDE_WINDOW = 2 * _WIDE_HOP
_FFT = 256
_NOISES = 64


class UpperBand(Enum):
    """The source of the band above 4 kHz for a wideband model."""

    AUTO = "auto"
    """`learned` for a model whose features reach above the phone band, `clean` for others"""
    LEARNED = "learned"
    """Noise with the levels that a network estimates"""
    IMAGE = "image"
    """The mirror image of the band below 4 kHz, as interpolation without a filter leaves it"""
    CLEAN = "clean"
    """An empty band"""

    def resolved(self, *, is_wideband: bool) -> "UpperBand":
        """Resolve `auto` by the band that the model's features use; return other values as they are."""
        if self is not UpperBand.AUTO:
            return self
        return UpperBand.LEARNED if is_wideband else UpperBand.CLEAN

    def resampler(self) -> Resampler:
        """Return a new resampler for one track.  Raises `ValueError` for `auto`: resolve it first."""
        if self is UpperBand.LEARNED:
            return Extender(network())
        if self is UpperBand.IMAGE:
            return MirrorUpsampler()
        if self is UpperBand.CLEAN:
            return Upsampler()
        raise ValueError("auto must be resolved first")


class MirrorUpsampler:
    """Doubles the sample rate, with a mirror image of the lower half of the spectrum in the upper half."""

    def __init__(self) -> None:
        self._upsampler = Upsampler()

    def feed(self, samples: Samples) -> Samples:
        """Take n 8 kHz samples; return 2 n 16 kHz samples."""
        wide = self._upsampler.feed(samples).astype(np.float32)
        wide[0::2] *= 1 + IMAGE_LEVEL  # multiplying by (-1)^n mirrors a spectrum
        wide[1::2] *= 1 - IMAGE_LEVEL
        return _to_16_bit(wide)

    def flush(self) -> Samples:
        """Return an empty array, as `Upsampler` does."""
        return self._upsampler.flush()


class LinearUpsampler:
    """Doubles the sample rate by linear interpolation, as many tutorials do; only for comparison."""

    def __init__(self) -> None:
        self._last = np.zeros(1, np.float32)

    def feed(self, samples: Samples) -> Samples:
        """Take n 8 kHz samples; return 2 n 16 kHz samples."""
        signal = np.concatenate([self._last, samples.astype(np.float32)])
        self._last = signal[-1:]
        wide = np.empty(2 * len(samples), np.float32)
        wide[0::2], wide[1::2] = (signal[:-1] + signal[1:]) / 2, signal[1:]
        return _to_16_bit(wide)

    def flush(self) -> Samples:
        """Return an empty array, as every sample was ready at once."""
        return np.empty(0, np.int16)


class Network(NamedTuple):
    """A network of three layers, from levels below 4 kHz in context to levels above.

    Weights have the shape (inputs, outputs), biases the shape (outputs,).
    """

    weight_1: Array
    bias_1: Array
    weight_2: Array
    bias_2: Array
    weight_3: Array
    bias_3: Array

    def estimate(self, inputs: Array) -> Array:
        """Take inputs of shape (frames, inputs); return log powers of shape (frames, upper bands)."""
        hidden = np.maximum(inputs @ self.weight_1 + self.bias_1, 0)
        hidden = np.maximum(hidden @ self.weight_2 + self.bias_2, 0)
        estimated: Array = hidden @ self.weight_3 + self.bias_3
        return estimated


@cache
def network(file: Path = NETWORK) -> Network:
    """Read the network that comes with the program."""
    with np.load(file) as stored:
        return Network(*(stored[name].astype(np.float32) for name in Network._fields))


def lower_powers(audio: Array) -> Array:
    """Return the power in each lower band, of shape (frames, bands).

    `audio` is 8 kHz audio with full scale 1, of (frames - 1) * HOP + WINDOW samples.
    """
    spectrum = np.abs(np.fft.rfft(_frames(audio, WINDOW, HOP) * _hann(WINDOW), _FFT)) ** 2
    powers: Array = (spectrum @ _lower_bank().T / WINDOW + FLOOR).astype(np.float32)
    return powers


def upper_powers(audio: Array) -> Array:
    """Return the mean power of a bin in each upper band, of shape (frames, bands).

    `audio` is 16 kHz audio with full scale 1.  A frame of 20 ms begins every 10 ms.
    """
    spectrum = np.abs(np.fft.rfft(_frames(audio, _WIDE_WINDOW, _WIDE_HOP) * _hann(_WIDE_WINDOW))) ** 2
    bank = _upper_bank()
    powers: Array = (spectrum @ bank.T / bank.sum(axis=1) / _WIDE_WINDOW + FLOOR).astype(np.float32)
    return powers


def in_context(powers: Array) -> tuple[Array, Array]:
    """Return the network's inputs and the reference level of each frame, of shape (frames, 1).

    `powers`, of shape (PAST + frames + FUTURE, bands), has PAST frames before the wanted ones and FUTURE
    after them.  A level is the natural logarithm of the mean power in the context.  Inputs and estimates are
    relative to it, so that loud and soft speakers look the same.
    """
    length = PAST + 1 + FUTURE
    count = len(powers) - length + 1
    context = np.stack([powers[frame : frame + length].ravel() for frame in range(count)])
    level = np.log(context.mean(axis=1, keepdims=True))
    return np.maximum(np.log(context) - level, np.float32(MIN_POWER)), level


class Extender:
    """Doubles the sample rate of phone audio, and fills in the band above 4 kHz.

    The audio comes out up to 77 ms late, complete and not shifted.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._upsampler = Upsampler()
        # Both begin with silence as the past of the first frames.  The upsampler is 4 ms behind
        self._phone = np.zeros(WINDOW // 2 + Upsampler.DELAY, np.float32)
        self._wide = np.zeros(_WIDE_HOP * (1 + FUTURE), np.float32)
        self._powers = np.full((PAST + FUTURE, LOWER_BANDS), FLOOR, np.float32)
        self._overlap = np.zeros(_WIDE_HOP, np.float32)
        self._blocks = 0
        self._early = len(self._wide)  # samples of that silence, which must not come out
        self._late = 0  # samples that have not come out yet

    def feed(self, samples: Samples) -> Samples:
        """Take 8 kHz samples; return the 16 kHz samples that are ready."""
        self._late += 2 * len(samples)
        self._phone = np.concatenate([self._phone, samples.astype(np.float32) / 32768])
        self._wide = np.concatenate([self._wide, self._upsampler.feed(samples).astype(np.float32) / 32768])
        ready = []
        while len(self._phone) >= (BLOCK - 1) * HOP + WINDOW:
            ready.append(self._next_block())
        if not ready:
            return np.empty(0, np.int16)
        wide = np.concatenate(ready)
        early, self._early = self._early, max(0, self._early - len(wide))
        self._late -= max(0, len(wide) - early)
        return _to_16_bit(wide[early:] * 32768)

    def flush(self) -> Samples:
        """Return the samples that were not ready yet, as if silence followed.  This ends the stream."""
        late = self._late
        return self.feed(np.zeros(LATENESS, np.int16))[:late]

    def _next_block(self) -> Array:
        """Return the 16 kHz samples of the next BLOCK frames, with full scale 1."""
        latest = lower_powers(self._phone[: (BLOCK - 1) * HOP + WINDOW])
        powers = np.concatenate([self._powers, latest])
        length = BLOCK * _WIDE_HOP
        filled = self._overlapped(self._fill(powers, self._wide[: length + _WIDE_HOP]))
        block: Array = self._wide[:length] + filled
        self._phone, self._wide = self._phone[BLOCK * HOP :], self._wide[length:]
        self._powers, self._blocks = powers[BLOCK:], self._blocks + 1
        return block

    def _fill(self, powers: Array, wide: Array) -> Array:
        """Return windowed noise of the power that the frames of `wide` lack from the estimated levels."""
        inputs, level = in_context(powers)
        missing = np.maximum(np.exp(self._network.estimate(inputs) + level) - upper_powers(wide), 0)
        amplitudes = np.sqrt(missing) @ _upper_bank()
        at = self._blocks * BLOCK % _NOISES
        frames = np.fft.irfft(amplitudes * _noises()[at : at + BLOCK], _WIDE_WINDOW)
        windowed: Array = (frames * _synthesis_window()).astype(np.float32)
        return windowed

    def _overlapped(self, frames: Array) -> Array:
        """Add up frames that overlap by half, beginning with the rest of the frame before."""
        halves = frames.reshape(BLOCK, 2, _WIDE_HOP)
        seconds = np.concatenate([self._overlap[np.newaxis], halves[:-1, 1]])
        self._overlap = halves[-1, 1]
        overlapped: Array = (halves[:, 0] + seconds).ravel()
        return overlapped


def _frames(audio: Array, window: int, hop: int) -> Array:
    return np.lib.stride_tricks.sliding_window_view(audio, window)[::hop]


def _to_16_bit(samples: Array) -> Samples:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


@cache
def _hann(length: int) -> Array:
    window: Array = np.hanning(length + 1)[:-1].astype(np.float32)
    return window


@cache
def _synthesis_window() -> Array:
    """Make a Hann window, scaled so that noise in overlapping frames has the power that it has in one frame.

    The squares of two overlapping windows add up to 3/4 on average; the analysis sees the sum of the squares
    of one window.
    """
    window = _hann(_WIDE_WINDOW)
    scaled: Array = (window * _WIDE_WINDOW / np.sqrt(np.sum(window**2) * 0.75)).astype(np.float32)
    return scaled


@cache
def _lower_bank() -> Array:
    """Make triangular filters on the mel scale, from 100 to 3,800 Hz, of shape (bands, bins)."""
    edges = 700 * np.expm1(np.linspace(np.log1p(100 / 700), np.log1p(3800 / 700), LOWER_BANDS + 2))
    bins = np.fft.rfftfreq(_FFT, 1 / PHONE_RATE)
    left, middle, right = edges[:-2, np.newaxis], edges[1:-1, np.newaxis], edges[2:, np.newaxis]
    rising, falling = (bins - left) / (middle - left), (right - bins) / (right - middle)
    bank: Array = np.maximum(np.minimum(rising, falling), 0).astype(np.float32)
    return bank


@cache
def _upper_bank() -> Array:
    """Make a matrix of shape (bands, bins) that is 1 where a bin is in an upper band, else 0."""
    bins = np.fft.rfftfreq(_WIDE_WINDOW, 1 / RECOGNIZER_RATE)
    edges = np.array(UPPER_EDGES, dtype=np.float64)
    edges[-1] += 1  # so that the last band has the bin at half the sample rate
    bank: Array = ((bins >= edges[:-1, np.newaxis]) & (bins < edges[1:, np.newaxis])).astype(np.float32)
    return bank


@cache
def _noises() -> npt.NDArray[np.complex64]:
    """Make flat spectra with random phases, the same ones each time, of shape (number, bins)."""
    phases = np.random.default_rng(8000).random((_NOISES, _WIDE_WINDOW // 2 + 1))
    spectra: npt.NDArray[np.complex64] = np.exp(2j * np.pi * phases).astype(np.complex64)
    return spectra
