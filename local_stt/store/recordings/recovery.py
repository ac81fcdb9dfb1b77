"""Redact recordings that killed programs could not redact to the end."""

import contextlib
import logging
from collections.abc import Callable, Iterable

from ...core.audio_redaction import AudioSpan, Mask
from ...core.media_stream import TRACKS
from .folder import Recordings
from .redaction_note import ENDING, RedactionNote, left_note
from .wav_file import RecordingFile

logger = logging.getLogger(__name__)

SpansOf = Callable[[str, float], Iterable[AudioSpan]]
"""Lists what must not be heard of a call, by its id and the seconds that were recorded"""


def redact_interrupted(recordings: Recordings, spans_of: SpansOf) -> list[str]:
    """Redact each recording whose program was killed before it was redacted; return the ids of the calls.

    One that cannot be written is logged and left to the next start; nobody can play it until then.
    """
    redacted = []
    for file in sorted(recordings.folder.glob(f"*{ENDING}")):
        call_id = file.stem
        try:
            if note := left_note(recordings.path(call_id)):
                _redact(recordings, call_id, note, spans_of)
                redacted.append(call_id)
        except OSError as error:
            logger.warning("The recording of call %s is not redacted yet: %s", call_id, error)
    return redacted


def _redact(recordings: Recordings, call_id: str, note: RedactionNote, spans_of: SpansOf) -> None:
    path = recordings.path(call_id)
    try:
        if path.exists():
            mask = Mask(note.sound)
            with contextlib.closing(RecordingFile(path, mask)) as file:
                for span in spans_of(call_id, recordings.seconds(call_id)):
                    channel = TRACKS.index(span.track)
                    mask.add(channel, span.samples)
                    file.redact(channel, span.samples)
        note.remove()
    finally:
        note.release()
