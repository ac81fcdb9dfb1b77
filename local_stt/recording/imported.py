"""Recordings that are made from audio files, as if they had come by telephone."""

import contextlib
from io import RawIOBase
from typing import IO

from ..audio import PHONE_RATE, encode_mulaw
from ..audio_file import AudioFile
from ..errors import StoreError
from ..timeline import Stretch
from .file import RecordingFile
from .folder import UNFINISHED, Recordings
from .wav import CHANNELS


def bring_in(recordings: Recordings, call_id: str, name: str, file: "RawIOBase | IO[bytes]") -> None:
    """Keep the audio of a file of one or two channels as a call's, unless there is some; one is heard on
    both sides.

    It is there when it is whole.  Raises `StoreError`, and what `AudioFile` raises.
    """
    path = recordings.path(call_id)
    unfinished = path.with_suffix(UNFINISHED)
    try:
        if recordings.has(call_id):
            return
        recordings.make_folder()
        unfinished.unlink(missing_ok=True)
        written = RecordingFile(unfinished)
        try:
            file.seek(0)
            at = 0
            for samples in AudioFile(name, file).read(PHONE_RATE):
                channels = [encode_mulaw(channel) for channel in samples.T]
                for number in range(CHANNELS):
                    written.put(number, Stretch(at, channels[number % len(channels)]))
                at += len(samples)
        finally:
            written.close()
        unfinished.rename(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"The audio of {name} cannot be kept ({error.strerror}): see to {path.parent}."
        ) from error
