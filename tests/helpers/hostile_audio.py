"""Audio files that are made to do harm: the same for the same seed and number, but for the serial numbers
that libraries put into Ogg and the like."""

import contextlib
import io
import shutil
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from helpers.audio_files import encode, wav
from helpers.damaged_audio import damaged, whole_files
from helpers.damaged_messages import seeded

RATES = (0, 1, 7, 1999, 2000, 8000, 768_000, 768_001, 2**31 - 1, 2**32 - 1)

LENGTHS = (0, 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1)

FOREIGN = {
    "m4a": (),
    "mp4": ("-movflags", "+faststart"),
    "webm": (),
    "mkv": (),
    "aac": (),
    "wma": (),
    "caf": (),
    "w64": (),
    "voc": (),
    "ts": ("-c:a", "aac"),
    "flv": ("-ar", "44100"),
    "avi": (),
}
"""What only ffmpeg reads, by its ending, and how ffmpeg writes it"""

SILENT_SECONDS = (60, 600, 3600)
"""Of a file of next to no bytes"""


@cache
def whole():
    """Small files of each kind that libsndfile reads."""
    return tuple(whole_files())


@cache
def foreign():
    """Small files of each kind that ffmpeg reads, by their ending; none where there is no ffmpeg."""
    program, found = shutil.which("ffmpeg"), []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.wav"
        soundfile.write(source, np.random.default_rng(2).uniform(-0.5, 0.5, (4000, 2)), 8000)
        for ending, options in FOREIGN.items() if program else ():
            path = Path(folder) / f"b.{ending}"
            with contextlib.suppress(subprocess.CalledProcessError):
                encode("-i", source, *options, path)
                found.append((ending, path.read_bytes()))
    return tuple(found)


@cache
def silent(container, codec, seconds):
    """Silence that takes hardly any room."""
    file, second = io.BytesIO(), np.zeros(8000, np.float32)
    with soundfile.SoundFile(file, "w", 8000, 1, format=container, subtype=codec) as writer:
        for _ in range(seconds):  # libvorbis keeps what it is given at once on the stack
            writer.write(second)
    return file.getvalue()


def many_channels(rng):
    """A thousand channels with next to nothing on them."""
    return "wav", wav(rng.choice([33, 256, 1024, 32_767]), 8000, rng.choice([1, 2, 3]))


def absurd(rng):
    """A WAV file that states rates and lengths that cannot be."""
    data = bytearray(wav(rng.choice([1, 2]), rng.choice(RATES), rng.choice([0, 1, 100])))
    for at in rng.sample([4, 16, 28, 40], rng.choice([0, 1, 2])):
        data[at : at + 4] = struct.pack("<I", rng.choice(LENGTHS))
    return "wav", bytes(data)


def overstated(rng):
    """FLAC that says it has more samples than anybody has heard, or fewer than there are."""
    data = bytearray(next(each for each in whole() if each[:4] == b"fLaC"))
    head = int.from_bytes(data[18:26], "big") >> 36 << 36
    data[18:26] = (head | rng.choice([0, 1, 2999, 2**35, 2**36 - 1])).to_bytes(8, "big")
    return "flac", bytes(data)


def bomb(rng):
    """An hour of silence in some kilobytes, perhaps with a false length."""
    container, codec = rng.choice([("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
    data = bytearray(silent(container, codec, rng.choice(SILENT_SECONDS)))
    if container == "FLAC" and rng.random() < 0.5:
        data[18:26] = (int.from_bytes(data[18:26], "big") >> 36 << 36).to_bytes(8, "big")
    return container.lower(), bytes(data)


def no_numbers(rng):
    """Samples that are no numbers, or beyond all bounds."""
    samples = np.array([rng.choice([np.nan, np.inf, -np.inf, 1e38, 0.0]) for _ in range(2000)])
    file = io.BytesIO()
    soundfile.write(file, samples, 8000, format="WAV", subtype=rng.choice(["FLOAT", "DOUBLE"]))
    data = bytearray(file.getvalue())
    time = data.index(b"PEAK") + 12
    data[time : time + 4] = bytes(4)
    return "wav", bytes(data)


def truncated(rng):
    """The beginning of a file."""
    data = rng.choice(whole())
    return "bin", data[: rng.randrange(1, len(data))]


def mutated(rng):
    """A file of a promised kind with something done to it; GSM and ADPCM are among them."""
    return "bin", damaged(rng.choice(whole()), whole(), rng)


def mutated_foreign(rng):
    """A file for ffmpeg with something done to it."""
    if not foreign():
        return mutated(rng)
    ending, data = rng.choice(foreign())
    return ending, damaged(data, [each for _, each in foreign()], rng)


UPLOADS = (
    *(many_channels, absurd, overstated, no_numbers, truncated, mutated_foreign) * 4,
    *(mutated,) * 12,
    bomb,
)

FILES = (*(mutated,) * 44, absurd, overstated, no_numbers, truncated, many_channels)


def hostile(makers, seed, number):
    """A file of this seed and number: what made it, its ending and its bytes."""
    rng = seeded(seed, number)
    maker = rng.choice(makers)
    return maker.__name__, *maker(rng)
