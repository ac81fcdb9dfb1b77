"""Convert decoded audio to samples at the rate that is asked for, with soxr."""

from collections.abc import Iterable, Iterator

import numpy as np
import soxr

from ..audio import Samples, to_16_bit
from .sound import Block, Floats

ALIKE = 4 / 32768
"""Largest difference of channels that carry the same, as codecs round each by itself; full scale is 1"""


def finite(samples: Floats) -> Floats:
    """Replace NaN and infinities by silence, and clip to ±1: a filter would spread both over its length."""
    clean: Floats = np.clip(np.nan_to_num(samples, posinf=0.0, neginf=0.0), -1.0, 1.0)
    return clean


def mixed(blocks: Iterable[Block]) -> Iterator[Block]:
    """Mix all channels into one, of shape (n, 1)."""
    for rate, samples in blocks:
        yield rate, samples.mean(axis=1, keepdims=True, dtype=np.float32)


def are_alike(blocks: Iterable[Block]) -> bool:
    """Tell whether all channels carry the same audio; read blocks up to the first difference."""
    return all(
        np.abs(samples - samples[:, :1]).max(initial=0.0) <= ALIKE
        for samples in (finite(samples) for _, samples in blocks)
    )


class SoxrResampler:
    """Converts blocks to 16-bit samples at one rate, and counts the seconds that go in."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self._from = 0
        self._stream: soxr.ResampleStream | None = None
        self.seconds = 0.0
        self.goes_on = False
        """Whether there is audio behind the end that was asked for"""

    def resampled(self, blocks: Iterable[Block], since: float, until: float | None) -> Iterator[Samples]:
        """Yield arrays of samples, of shape (n, channels), up to second `until`; the first is at `since`."""
        for rate, samples in blocks:
            if until is not None:
                left = round(until * rate) - round((since + self.seconds) * rate)
                self.goes_on = left < len(samples)
                samples = samples[: max(0, left)]
                if not len(samples) and self.seconds:
                    break
            if rate != self._from:
                yield self._rest()
                self._stream = soxr.ResampleStream(rate, self._rate, self._channels, dtype="float32")
                self._from = rate
            assert self._stream is not None
            self.seconds += len(samples) / rate
            yield to_16_bit(self._stream.resample_chunk(finite(samples)))
        yield self._rest()

    def _rest(self) -> Samples:
        none = np.zeros((0, self._channels), np.float32)
        return to_16_bit(self._stream.resample_chunk(none, last=True) if self._stream else none)
