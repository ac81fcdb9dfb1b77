"""Convert live audio without a header, as programs send it, to what a phone line carries."""

from collections.abc import Callable, Mapping

import numpy as np
import soxr

from ..audio import PHONE_RATE, Samples, decode_alaw, decode_mulaw, encode_mulaw

MIN_RATE, MAX_RATE = 8000, 48000
"""Samples a second that live audio may have"""


def _linear(audio: bytes) -> Samples:
    return np.frombuffer(audio, dtype="<i2").astype(np.int16)


ENCODINGS: Mapping[str, tuple[int, Callable[[bytes], Samples]]] = {
    "linear16": (2, _linear),
    "mulaw": (1, decode_mulaw),
    "alaw": (1, decode_alaw),
}
"""Bytes of a sample, and the function that decodes it, by Deepgram's name of the encoding"""


class RawAudio:
    """Converts the audio of one connection, in pieces of any length, to 8 kHz mu-law."""

    def __init__(self, encoding: str, rate: int, channels: int, *, mono: bool = False) -> None:
        """Take interleaved samples; with `mono` all channels are mixed into one."""
        self._width, self._decode = ENCODINGS[encoding]
        self._channels, self._mono = channels, mono
        self.channels = 1 if mono else channels
        """Channels that come out"""
        self._is_phone_audio = encoding == "mulaw" and rate == PHONE_RATE and not (mono and channels > 1)
        self._resampler: soxr.ResampleStream | None = None
        if rate != PHONE_RATE:
            self._resampler = soxr.ResampleStream(rate, PHONE_RATE, self.channels, dtype="int16")
        self._rest = b""  # of a sample that is torn

    def feed(self, audio: bytes) -> list[bytes]:
        """Convert more audio; return the mu-law of each channel."""
        audio = self._rest + audio
        size = self._width * self._channels
        whole = len(audio) - len(audio) % size
        audio, self._rest = audio[:whole], audio[whole:]
        if self._is_phone_audio:
            return [audio[channel :: self._channels] for channel in range(self._channels)]
        return self._converted(self._decode(audio).reshape(-1, self._channels), last=False)

    def flush(self) -> list[bytes]:
        """Return what is left, at the end."""
        if self._resampler is None:
            return [b""] * self.channels
        return self._converted(np.zeros((0, self._channels), np.int16), last=True)

    def _converted(self, samples: Samples, *, last: bool) -> list[bytes]:
        if self._mono:
            samples = samples.mean(axis=1, keepdims=True).astype(np.int16)
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples), last=last)
            samples = samples.reshape(-1, self.channels)
        return [encode_mulaw(samples[:, channel]) for channel in range(self.channels)]
