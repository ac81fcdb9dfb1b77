"""Audio files made for tests, and what is read from them."""

import shutil
import struct
import subprocess

import numpy as np
import pytest
import soundfile

from local_stt.audio_file import open_audio

RATE = 16_000
SECONDS = 4


def needs_ffmpeg(test):
    """Skip a test where there is no ffmpeg, and mark it as one that runs a whole program."""
    there_is_none = not shutil.which("ffmpeg")
    return pytest.mark.e2e(pytest.mark.skipif(there_is_none, reason="there is no ffmpeg")(test))


def encode(*arguments):
    """Run ffmpeg with these arguments, such as its inputs, options and output."""
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", *arguments], check=True)


def piped_flac(path, samples, rate):
    """Write FLAC as a program does that cannot go back to its header: it does not say how long it is."""
    soundfile.write(path, samples, rate, format="FLAC")
    data = bytearray(path.read_bytes())
    untold = int.from_bytes(data[18:26], "big") >> 36 << 36  # the last 36 bits of these are the samples
    data[18:26] = untold.to_bytes(8, "big")
    path.write_bytes(data)
    assert soundfile.info(path).frames == 2**63 - 1


def tone(rate=RATE, pitch=300, seconds=SECONDS, channels=1):
    """Make a sine wave with the same samples in each channel."""
    wave = 0.5 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)
    return np.stack([wave] * channels, axis=1)


def read(path, **options):
    """Read all samples of a file at 16 kHz; return them and the file."""
    with open_audio(path, **options) as audio:
        return np.concatenate(list(audio.read(RATE))), audio


def pitch_of(samples):
    """Find the strongest frequency of samples at 16 kHz, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    return spectrum.argmax() * RATE / len(samples)


def wav(channels, rate, frames, width=2):
    """Make a WAV file of silence, whose header says what it is given."""
    data = bytes(width * channels * frames)
    form = struct.pack(
        "<HHIIHH", 1, channels, rate, rate * width * channels & 0xFFFFFFFF, width * channels, 8 * width
    )
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + (struct.pack("<I", len(data)) + data)
    )
