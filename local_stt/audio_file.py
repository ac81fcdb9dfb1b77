"""An audio file as a phone line would carry it.  soundfile and soxr live here."""

from pathlib import Path

import soundfile
import soxr

from .audio import PHONE_RATE, encode_mulaw
from .errors import AudioFileError

MOST_CHANNELS = 2


def read_phone_audio(path: Path) -> list[bytes]:
    """The file's channels as 8 kHz mu-law: one for the caller, a second for the callee.

    Any format, rate and length libsndfile reads (WAV, FLAC, MP3, OGG).  Channels have the same
    length.  Raises `AudioFileError`.
    """
    if not path.is_file():
        raise AudioFileError(f"There is no audio file {path}.")
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioFileError(
            f"{path} cannot be read as audio ({error}): give a WAV, FLAC, MP3 or OGG file."
        ) from error
    if not len(samples):
        raise AudioFileError(f"{path} has no audio in it.")
    if samples.shape[1] > MOST_CHANNELS:
        raise AudioFileError(
            f"{path} has {samples.shape[1]} channels, and a call has a caller and a callee: give 1 or 2."
        )
    return [encode_mulaw(soxr.resample(channel, rate, PHONE_RATE)) for channel in samples.T]
