"""Recordings for tests."""

from functools import cache

import numpy as np

from local_stt.core.jitter_buffer import AudioChunk
from local_stt.store.recordings.wav_file import RecordingFile
from local_stt.store.recordings.wav_header import HEADER_SIZE


def record(store, call_id, seconds=2):
    """Keep a recording in which the caller is loud in the second half."""
    store.recordings.make_folder()
    file = RecordingFile(store.recordings.path(call_id))
    file.put(0, AudioChunk(4000 * seconds, b"\x80" * 4000 * seconds))
    file.close()


@cache
def noise(seed, seconds=3):
    """Make noise as mu-law, without a sample of silence."""
    dice = np.random.default_rng(seed)
    return dice.integers(0, 0x60, int(8000 * seconds), dtype=np.uint8).tobytes()


def as_bytes(recordings, call_id):
    """Read the mu-law of both channels."""
    whole = recordings.path(call_id).read_bytes()[HEADER_SIZE:]
    return whole[0::2], whole[1::2]
