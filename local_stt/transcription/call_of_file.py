"""What was transcribed as a call that can be kept: listed, read, searched and exported like any other."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from ..core.call_record import RECORDING, CallRecord, CallState, speaker_of
from .transcriber import Transcription

MAX_NAME_LETTERS = 100
"""Letters of a file's name"""


def call_id_of_file(
    audio: str,
    model: str,
    phrases: Sequence[str],
    since: float,
    until: float | None,
    *,
    mono: bool = False,
) -> str:
    """The same for the same audio, of which `audio` is the digest, with the same model and settings.

    So what is transcribed again is not kept twice, even where a model that dithers has other words for it.
    """
    made_of = repr((audio, model, tuple(phrases), since, until, *(["mono"] if mono else [])))
    return f"file-{hashlib.sha256(made_of.encode()).hexdigest()[:32]}"


def call_of_file(transcription: Transcription, name: str, *, call_id: str, model: str, at: int) -> CallRecord:
    """A call whose caller is the file of that name; `at` is now, in milliseconds since 1970."""
    return CallRecord(
        call_id=call_id,
        state=CallState.ENDED,
        direction=RECORDING,
        caller=display_name(name),
        callee="",
        started_at=at,
        ended_at=at,
        seconds=transcription.end,
        reason=RECORDING,
        model=model,
        tracks=transcription.channels,
    )


def completed_call(call: CallRecord, transcription: Transcription, model: str) -> CallRecord:
    """A call that was known before it was transcribed."""
    return replace(call, seconds=transcription.end, model=model, tracks=transcription.channels)


def missing_words(transcription: Transcription) -> list[str]:
    """What is to be said of words that are not there."""
    return [
        f"{transcription.name}: no recognizer survived what {speaker_of(aside.track)} says from "
        f"{aside.start:.1f} s to {aside.end:.1f} s; those words are missing."
        for aside in transcription.set_aside()
    ]


def display_name(name: str) -> str:
    """A file's name without what could upset a terminal or a database, and not too long."""
    text = name.encode("utf-8", "replace").decode()  # names need not be text
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= MAX_NAME_LETTERS else f"{text[: MAX_NAME_LETTERS - 1]}…"
