"""Small audio files of every kind, and damage to them."""

import io

import numpy as np
import soundfile

KINDS = [
    ("WAV", "PCM_U8"),
    ("WAV", "PCM_16"),
    ("WAV", "FLOAT"),
    ("WAV", "ULAW"),
    ("WAV", "GSM610"),
    ("WAV", "IMA_ADPCM"),
    ("WAV", "MS_ADPCM"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
    ("AIFF", "PCM_16"),
    ("AU", "PCM_16"),
]


def whole_files():
    """Make a short file of each kind, with one channel and with two."""
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (3000, 2))
    for container, codec in KINDS:
        for channels in (1, 2):
            file = io.BytesIO()
            if codec != "GSM610" or channels == 1:
                soundfile.write(file, noise[:, :channels], 8000, format=container, subtype=codec)
                yield file.getvalue()


def damaged(data, files, rng):
    """Damage a file in random places."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(min(len(data), rng.choice([60, 300, len(data)])))
        match rng.randrange(7):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 2:
                data[at : at + 4] = rng.choice(
                    [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\1\0\0\0"]
                )
            case 3:
                data = data[: at + 1]
            case 4:
                del data[at : at + rng.choice([1, 4, 100])]
            case 5:
                data[at:at] = rng.randbytes(rng.choice([1, 4, 100]))
            case 6:
                other = rng.choice(files)
                data[at:at] = other[rng.randrange(len(other)) :]
        if not data:
            return b"\0"
    return bytes(data)
