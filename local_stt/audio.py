"""Convert 8 kHz mu-law to 16 kHz 16-bit PCM and back, with numpy.

Vosk models take 16 kHz audio.  A phone line carries 8 kHz G.711 mu-law, and files may have higher rates.
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
"""A sample of silence in mu-law (ITU-T G.711)"""


class Decoder(Protocol):
    """Turns the audio of one track, piece by piece, into 16 kHz little-endian 16-bit PCM for recognizers."""

    def feed(self, audio: bytes) -> bytes:
        """Take the next piece of audio; return the PCM that is ready."""
        ...

    def flush(self) -> bytes:
        """Return the PCM that was not ready yet."""
        ...


class Resampler(Protocol):
    """Doubles the sample rate of one track.  The result does not depend on how the audio is cut."""

    def feed(self, samples: Samples) -> Samples:
        """Take 8 kHz samples; return the 16 kHz samples that are ready."""
        ...

    def flush(self) -> Samples:
        """Return the samples that were not ready yet."""
        ...


class Source(Enum):
    """The source of a track, which sets the encoding of its audio: samples a second, bytes a sample."""

    PHONE = PHONE_RATE, 1
    """8 kHz mu-law (ITU-T G.711)"""
    FILE = RECOGNIZER_RATE, 2
    """16 kHz little-endian 16-bit PCM, as recognizers take it"""
    PHONE_FILE = PHONE_RATE, 2
    """8 kHz little-endian 16-bit PCM, of a file that was recorded at the rate of a phone line"""

    def __init__(self, rate: int, width: int) -> None:
        self.rate, self.width = rate, width
        self.bytes_a_second = rate * width
        self.frame = self.bytes_a_second // 50
        """Bytes of audio in a frame whose level is measured: 20 ms, a few periods of a low voice"""
        self.is_phone_band = rate == PHONE_RATE
        """Whether its audio has nothing above 4 kHz"""

    @property
    def is_live(self) -> bool:
        """Whether somebody waits for its words while they are spoken."""
        return self is Source.PHONE

    def position(self, seconds: float) -> int:
        """Convert seconds to bytes of audio, in whole samples."""
        return round(seconds * self.rate) * self.width

    def seconds(self, position: int) -> float:
        """Convert bytes of audio to seconds."""
        return position / self.bytes_a_second

    def silence(self, length: int) -> bytes:
        """Return `length` bytes of silence."""
        return (SILENCE if self is Source.PHONE else b"\0") * length

    def samples(self, audio: bytes) -> Samples:
        """Decode audio to its 16-bit samples."""
        return decode_mulaw(audio) if self is Source.PHONE else np.frombuffer(audio, "<i2")


def _mulaw_table() -> Samples:
    """Compute the linear values of the 256 mu-law bytes (ITU-T G.711, table 2a), on the 16-bit scale."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4) & 0x07
    mantissa = (code & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


MULAW_TO_LINEAR = _mulaw_table()


def _alaw_table() -> Samples:
    """Compute the 16-bit sample of each A-law byte, by the decision values of ITU-T G.711.

    Even bits are sent inverted.  The highest bit says that the sample is positive.
    """
    codes = np.arange(256) ^ 0x55
    exponent, mantissa = (codes >> 4) & 0x07, codes & 0x0F
    magnitude = np.where(exponent, (2 * mantissa + 33) << np.maximum(exponent - 1, 0), 2 * mantissa + 1) * 8
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)


ALAW_TO_LINEAR = _alaw_table()


@cache
def _linear_table() -> npt.NDArray[np.uint8]:
    """Compute the mu-law byte of each 16-bit sample, at index sample + 32768.

    By the decision values of ITU-T G.711, a bias of 33 is added to the 14-bit magnitude.  The highest bit of
    the sum gives the exponent, and the next four bits are the mantissa.  All bits are sent inverted.
    """
    samples = np.arange(-32768, 32768) >> 2
    biased = np.minimum(np.where(samples < 0, -samples, samples), 8158) + 33
    exponent = np.floor(np.log2(biased)).astype(np.int64) - 5
    mantissa = (biased >> (exponent + 1)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    code: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return code


def decode_mulaw(mulaw: bytes) -> Samples:
    """Decode mu-law: each byte is one 16-bit sample."""
    return MULAW_TO_LINEAR[np.frombuffer(mulaw, dtype=np.uint8)]


def decode_alaw(alaw: bytes) -> Samples:
    """Decode A-law: each byte is one 16-bit sample."""
    return ALAW_TO_LINEAR[np.frombuffer(alaw, dtype=np.uint8)]


def encode_mulaw(samples: Samples) -> bytes:
    """Encode 16-bit samples as mu-law, one byte each."""
    return _linear_table()[samples.astype(np.int32) + 32768].tobytes()


_SCALED = MULAW_TO_LINEAR.astype(np.float32) / 32768


def frame_levels(audio: bytes, source: Source = Source.PHONE) -> list[float]:
    """Measure the level of each whole 20 ms frame, in dBFS; -150 for digital silence.

    It is the level of half the difference between samples a quarter of a millisecond apart.  That is a very
    cheap band-pass: 0 dB at 2 kHz (and 6), -3 dB at 1 and 3 kHz, -28 dB at 50 Hz, and no offset.  So mains
    hum hardly counts.  Speech reads about 6 dB lower than without the filter, white noise 3 dB.
    """
    whole = audio[: len(audio) // source.frame * source.frame]
    if source is Source.PHONE:
        samples = _SCALED[np.frombuffer(whole, np.uint8)]  # in one step, as there are many calls
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
    """Return the magnitude of the loudest sample, from 0 to 1; 0 if there are none."""
    if not mulaw:
        return 0.0
    # All bits of mu-law are inverted.  Of the inverted bytes without their sign a greater one is louder
    inverted = ~np.frombuffer(mulaw, np.uint8) & 0x7F
    return round(float(_MAGNITUDES[inverted.max()]), 3)


def to_16_bit(samples: npt.NDArray[np.float32]) -> Samples:
    """Convert samples with full scale 1 to 16 bits.  Values beyond are clipped, and NaN becomes silence."""
    return np.rint(np.clip(np.nan_to_num(samples), -1, 32767 / 32768) * 32768).astype(np.int16)


def _half_band(taps: int = 64) -> npt.NDArray[np.float64]:
    """Compute windowed-sinc weights for the sample halfway between two input samples.

    64 taps and a Kaiser window of beta 7 keep the pass band flat up to 3.6 kHz, and reduce the images of
    lower frequencies by more than 65 dB.
    """
    offsets = np.arange(taps) - taps / 2 + 0.5
    weights: npt.NDArray[np.float64] = np.sinc(offsets) * np.kaiser(taps, 7.0)
    return weights / np.sum(weights, dtype=np.float64)


_WEIGHTS = _half_band()
_MIDDLE = len(_WEIGHTS) // 2 - 1


class Upsampler:
    """Doubles the sample rate of a stream, with a delay of `DELAY`.

    It is a half-band filter.  Every other output sample is an unchanged input sample; those between are
    interpolated.  It keeps the last samples of the stream, so that the output does not depend on how the
    stream is cut.
    """

    DELAY = len(_WEIGHTS) // 2
    """Delay in samples of the lower rate: 4 ms of phone audio"""

    def __init__(self) -> None:
        self._history = np.zeros(len(_WEIGHTS) - 1)

    def feed(self, samples: Samples) -> Samples:
        """Take n 8 kHz samples; return 2 n 16 kHz samples."""
        signal = np.concatenate([self._history, samples])
        self._history = signal[len(samples) :]
        doubled = np.empty(2 * len(samples))
        if len(samples):
            doubled[0::2] = signal[_MIDDLE : _MIDDLE + len(samples)]
            doubled[1::2] = np.convolve(signal, _WEIGHTS, mode="valid")
        return np.clip(np.rint(doubled), -32768, 32767).astype(np.int16)

    def flush(self) -> Samples:
        """Return an empty array, as a recognizer does not need the last `DELAY` samples."""
        return np.empty(0, np.int16)


class PhoneAudio:
    """Decodes 8 kHz audio.  Its `resampler` decides what the band above 4 kHz gets."""

    def __init__(self, resampler: Resampler | None = None, source: Source = Source.PHONE) -> None:
        self._resampler, self._source = resampler or Upsampler(), source

    def feed(self, audio: bytes) -> bytes:
        """Take the next piece of audio; return the PCM that is ready."""
        return _pcm(self._resampler.feed(self._source.samples(audio)))

    def flush(self) -> bytes:
        """Return the PCM that was not ready yet."""
        return _pcm(self._resampler.flush())


class PlainAudio:
    """Passes on audio that needs no decoding."""

    def feed(self, audio: bytes) -> bytes:
        """Return the audio unchanged."""
        return audio

    def flush(self) -> bytes:
        """Return nothing, as all audio was ready at once."""
        return b""


def _pcm(samples: Samples) -> bytes:
    return samples.astype("<i2").tobytes()


def pcm_of_channels(samples: Samples) -> list[bytes]:
    """Convert an array of shape (n, channels) to little-endian 16-bit PCM of each channel."""
    return [_pcm(channel) for channel in samples.T]


def samples_of_pcm(pcm: bytes, channels: int) -> Samples:
    """Convert interleaved little-endian 16-bit PCM to an array of shape (n, channels)."""
    return np.frombuffer(pcm, "<i2").astype(np.int16).reshape(-1, channels)
