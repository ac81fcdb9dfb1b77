"""Sentences that say why a file is not read, and name the remedy."""

import shlex
from pathlib import Path

from .layout import MAX_CHANNELS, MAX_RATE, MIN_RATE, Refusal

GIVE = "give a WAV, FLAC, MP3 or OGG file"

FFMPEG = "install ffmpeg (https://ffmpeg.org), or convert the file where there is one"

IN_TIME = "aresample=async=1:first_pts=0"
"""The filter of ffmpeg that keeps the sound of a video in time with its picture"""

SENTENCES = {
    "empty": "{name} cannot be read as audio (it is empty): " + GIVE + ".",
    "unknown": "{name} cannot be read as audio (Format not recognised): " + GIVE + ", or install ffmpeg "
    "(https://ffmpeg.org), which reads most others.",
    "unknown_to_ffmpeg": "{name} cannot be read as audio (Format not recognised, not even by ffmpeg): "
    + GIVE
    + ".",
    "not_by_ffmpeg": "{name} cannot be read as audio, not even by ffmpeg ({reason}): " + GIVE + ".",
    "broken": "{name} cannot be read as audio ({reason}): " + GIVE + ".",
    "foreign": "{name} is {what}, which takes ffmpeg to read: " + FFMPEG + ": {command}",
    "not_by_either": "{name} is {what}, which neither this program nor ffmpeg reads: convert it with "
    "{program}: {command}",
    "no_audio": "{name} has no audio in it.",
    "unreadable": "{name} has no audio in it that can be read ({reason}): " + GIVE + ".",
    "channels": "{name} has {count} channels: give 1 to " + f"{MAX_CHANNELS}.",
    "rate": "{name} has {rate} samples a second: give " + f"{MIN_RATE:,} to {MAX_RATE:,}.",
    "hangs": "{name} cannot be read as audio (it takes too long): " + GIVE + ".",
    "crashed": "{name} cannot be read as audio (it ended the process that reads it): " + GIVE + ".",
}
"""The sentence for each kind of refusal"""


def sentence_of(name: str, refusal: Refusal) -> str:
    """Return the sentence for the user; `name` is the user's name for the file."""
    text = SENTENCES.get(refusal.kind, SENTENCES["crashed"])
    fields = {"reason": "", "what": "", "program": "ffmpeg", "count": 0, "rate": 0} | {
        key: value if isinstance(value, int) else str(value)[:200] for key, value in refusal.fields.items()
    }
    return text.format(**fields | {"name": name, "command": _command(name, str(fields["program"]))})


def _command(name: str, program: str) -> str:
    """Return the command that converts it to a common format; ffmpeg fills gaps with silence."""
    path = Path(name)
    if program == "ffmpeg":
        return shlex.join([program, "-i", path.name, "-vn", "-af", IN_TIME, f"{path.stem}.flac"])
    return shlex.join([program, path.name, f"{path.stem}.wav"])
