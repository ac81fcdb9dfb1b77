"""Recordings for tests."""

from local_stt.core.jitter_buffer import AudioChunk
from local_stt.store.recordings.wav_file import RecordingFile


def record(store, call_id, seconds=2):
    """Keep a recording in which the caller is loud in the second half."""
    store.recordings.make_folder()
    file = RecordingFile(store.recordings.path(call_id))
    file.put(0, AudioChunk(4000 * seconds, b"\x80" * 4000 * seconds))
    file.close()
