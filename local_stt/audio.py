"""8 kHz mu-law bytes to 16 kHz 16-bit PCM and back.  numpy lives here.

Vosk models want 16 kHz; a phone line carries 8 kHz G.711 mu-law, and files may have more to give.
"""

from enum import Enum
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

PHONE_RATE = 8000
RECOGNIZER_RATE = 16000

SILENCE = b"\xff"
"""G.711 mu-law for zero"""


class Decoder(Protocol):
    """Turns one track's audio, bit by bit, into what recognizers want: 16 kHz little-endian 16-bit PCM."""

    def feed(self, audio: bytes) -> bytes:
        """Take the next bit of audio; return the PCM that is ready."""
        ...

    def flush(self) -> bytes:
        """Return the PCM that was not ready yet."""
        ...


class Resampler(Protocol):
    """Doubles the sample rate of one track.  The result does not depend on where the audio is cut."""

    def feed(self, samples: Samples) -> Samples:
        """Take 8 kHz samples; return the 16 kHz samples that are ready."""
        ...

    def flush(self) -> Samples:
        """Return the samples that were not ready yet."""
        ...


class Source(Enum):
    """Where a track comes from, and so how its audio is written: samples a second, bytes a sample."""

    PHONE = PHONE_RATE, 1
    """G.711 mu-law"""
    FILE = RECOGNIZER_RATE, 2
    """Little-endian 16-bit PCM, as recognizers want it"""
    PHONE_FILE = PHONE_RATE, 2
    """The same of a file that was recorded at a phone line's rate"""

    def __init__(self, rate: int, width: int) -> None:
        self.rate, self.width = rate, width
        self.bytes_a_second = rate * width
        self.frame = self.bytes_a_second // 50
        """Bytes a level is taken over: 20 ms, a few periods of a low voice"""
        self.is_phone_band = rate == PHONE_RATE
        """Whether there is nothing above 4 kHz in it"""

    @property
    def is_live(self) -> bool:
        """Whether somebody waits for its words while they are said."""
        return self is Source.PHONE

    def position(self, seconds: float) -> int:
        """Bytes of audio in so many seconds, whole samples."""
        return round(seconds * self.rate) * self.width

    def seconds(self, position: int) -> float:
        """Of so many bytes of audio."""
        return position / self.bytes_a_second

    def silence(self, length: int) -> bytes:
        """So many bytes of it."""
        return (SILENCE if self is Source.PHONE else b"\0") * length

    def samples(self, audio: bytes) -> Samples:
        """Return one 16-bit sample for each that the audio has."""
        return decode_mulaw(audio) if self is Source.PHONE else np.frombuffer(audio, "<i2")


def _mulaw_table() -> Samples:
    """The 256 linear values of the 256 mu-law bytes (ITU-T G.711, table 2a), on the 16-bit scale."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4) & 0x07
    mantissa = (code & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


MULAW_TO_LINEAR = _mulaw_table()


@cache
def _linear_table() -> npt.NDArray[np.uint8]:
    """The mu-law byte of each 16-bit sample, at index sample + 32768.

    G.711's decision values: 14-bit magnitude plus a bias of 33, whose highest set bit is the
    exponent and whose next four bits are the mantissa; all bits are sent inverted.
    """
    samples = np.arange(-32768, 32768) >> 2
    biased = np.minimum(np.where(samples < 0, -samples, samples), 8158) + 33
    exponent = np.floor(np.log2(biased)).astype(np.int64) - 5
    mantissa = (biased >> (exponent + 1)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    code: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return code


def decode_mulaw(mulaw: bytes) -> Samples:
    """One 16-bit sample a byte."""
    return MULAW_TO_LINEAR[np.frombuffer(mulaw, dtype=np.uint8)]


def encode_mulaw(samples: Samples) -> bytes:
    """One byte a 16-bit sample."""
    return _linear_table()[samples.astype(np.int32) + 32768].tobytes()


_SCALED = MULAW_TO_LINEAR.astype(np.float32) / 32768


def frame_levels(audio: bytes, source: Source = Source.PHONE) -> list[float]:
    """The level of each whole 20 ms frame, in dBFS; -150 for digital silence.

    Taken of half the difference between samples a quarter of a millisecond apart, a band-pass as
    cheap as it gets: 0 dB at 2 kHz (and 6), -3 dB at 1 and 3 kHz, but -28 dB at 50 Hz and nothing
    of an offset, so that mains hum hardly counts.  Speech reads about 6 dB lower than unfiltered,
    white noise 3 dB.
    """
    whole = audio[: len(audio) // source.frame * source.frame]
    if source is Source.PHONE:
        samples = _SCALED[np.frombuffer(whole, np.uint8)]  # in one step, as calls are many
    else:
        samples = np.frombuffer(whole, "<i2").astype(np.float32) / 32768
    apart = source.rate // 4000
    frames = samples.reshape(-1, source.frame // source.width)
    difference = frames[:, apart:] - frames[:, :-apart]
    power = np.einsum("ij,ij->i", difference, difference) / (4 * difference.shape[1])
    levels: list[float] = (10 * np.log10(power + 1e-15)).tolist()
    return levels


_MAGNITUDES = np.abs(MULAW_TO_LINEAR.astype(np.int32))[::-1].astype(np.float32) / 32768


def loudest(mulaw: bytes) -> float:
    """The size of the loudest sample, from 0 to 1."""
    if not mulaw:
        return 0.0
    # All bits of mu-law are inverted; without its sign a greater one is a louder sample.
    inverted = ~np.frombuffer(mulaw, np.uint8) & 0x7F
    return round(float(_MAGNITUDES[inverted.max()]), 3)


def to_16_bit(samples: npt.NDArray[np.float32]) -> Samples:
    """From samples whose full scale is 1; what is beyond is clipped, and what is no number is silence."""
    return np.rint(np.clip(np.nan_to_num(samples), -1, 32767 / 32768) * 32768).astype(np.int16)


def _half_band(taps: int = 64) -> npt.NDArray[np.float64]:
    """Windowed-sinc weights for the sample halfway between two input samples.

    64 taps and a Kaiser window of beta 7 keep the pass band flat to 3.6 kHz and put the
    images of anything below that more than 65 dB down.
    """
    offsets = np.arange(taps) - taps / 2 + 0.5
    weights: npt.NDArray[np.float64] = np.sinc(offsets) * np.kaiser(taps, 7.0)
    return weights / np.sum(weights, dtype=np.float64)


_WEIGHTS = _half_band()
_MIDDLE = len(_WEIGHTS) // 2 - 1


class Upsampler:
    """Doubles the sample rate of a stream, `DELAY` behind it.

    A half-band filter: every other output sample is an input sample as it was, the ones
    between are interpolated.  It keeps the last samples of the stream, so that the output
    does not depend on where the stream was cut.
    """

    DELAY = len(_WEIGHTS) // 2
    """Samples at the lower rate: 4 ms of phone audio"""

    def __init__(self) -> None:
        self._history = np.zeros(len(_WEIGHTS) - 1)

    def feed(self, samples: Samples) -> Samples:
        """Take n samples; return 2 n."""
        signal = np.concatenate([self._history, samples])
        self._history = signal[len(samples) :]
        doubled = np.empty(2 * len(samples))
        if len(samples):
            doubled[0::2] = signal[_MIDDLE : _MIDDLE + len(samples)]
            doubled[1::2] = np.convolve(signal, _WEIGHTS, mode="valid")
        return np.clip(np.rint(doubled), -32768, 32767).astype(np.int16)

    def flush(self) -> Samples:
        """Return nothing: the last `DELAY` is of no use to a recognizer."""
        return np.empty(0, np.int16)


class PhoneAudio:
    """Decodes audio of a phone line's rate; `resampler` says what comes of the band above 4 kHz."""

    def __init__(self, resampler: Resampler | None = None, source: Source = Source.PHONE) -> None:
        self._resampler, self._source = resampler or Upsampler(), source

    def feed(self, audio: bytes) -> bytes:
        """Take the next bit of audio; return the PCM that is ready."""
        return _pcm(self._resampler.feed(self._source.samples(audio)))

    def flush(self) -> bytes:
        """Return the PCM that was not ready yet."""
        return _pcm(self._resampler.flush())


class PlainAudio:
    """Passes on audio that is as recognizers want it."""

    def feed(self, audio: bytes) -> bytes:
        """Return the audio."""
        return audio

    def flush(self) -> bytes:
        """Return nothing: everything was ready at once."""
        return b""


def _pcm(samples: Samples) -> bytes:
    return samples.astype("<i2").tobytes()


def pcm_of_channels(samples: Samples) -> list[bytes]:
    """Of an array of shape (n, channels), each channel as little-endian 16-bit PCM."""
    return [_pcm(channel) for channel in samples.T]


def samples_of_pcm(pcm: bytes, channels: int) -> Samples:
    """Of little-endian 16-bit PCM, an array of shape (n, channels)."""
    return np.frombuffer(pcm, "<i2").astype(np.int16).reshape(-1, channels)
