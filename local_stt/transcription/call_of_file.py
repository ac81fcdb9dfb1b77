"""Make calls of transcriptions, to be kept, read, searched and exported like any other call."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from ..core.call_record import RECORDING, CallRecord, CallState, speaker_of
from ..core.privacy import RedactionRules
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
    redaction: RedactionRules | None = None,
) -> str:
    """Return an id that is the same for the same audio, model and settings.

    `audio` is the digest of the audio; `since` and `until` are seconds of the file.  So a file that is
    transcribed again is not kept twice, even if a model that dithers recognizes other words.
    """
    options = ["mono"] if mono else []
    if redaction:
        options += ["redacted", *sorted(redaction.policies), redaction.substitute]
        options += ["names"] if redaction.names else []
    made_of = repr((audio, model, tuple(phrases), since, until, *map(str, options)))
    return f"file-{hashlib.sha256(made_of.encode()).hexdigest()[:32]}"


def call_of_file(transcription: Transcription, name: str, *, call_id: str, model: str, at: int) -> CallRecord:
    """Make a call whose caller is the file `name`; `at` is now, in milliseconds since 1970."""
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
    """Complete a call that was known before it was transcribed."""
    return replace(call, seconds=transcription.end, model=model, tracks=transcription.channels)


def missing_words(transcription: Transcription) -> list[str]:
    """Return a sentence for each audio set aside, whose words are missing."""
    return [
        f"{transcription.name}: no recognizer survived what {speaker_of(aside.track)} says from "
        f"{aside.start:.1f} s to {aside.end:.1f} s; those words are missing."
        for aside in transcription.set_aside()
    ]


def display_name(name: str) -> str:
    """Return a file's name without what could upset a terminal or a database, and not too long."""
    text = name.encode("utf-8", "replace").decode()  # names need not be text
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= MAX_NAME_LETTERS else f"{text[: MAX_NAME_LETTERS - 1]}…"
