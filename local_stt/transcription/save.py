"""Keep a transcription as a call: what is said in a file, and its audio to be played."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..audio_file import MAX_CHANNELS, AudioFile
from ..core.audio_redaction import redacted_spans
from ..core.call_record import CallRecord, Utterance, utterance_of
from ..core.privacy import RedactedAudio
from ..errors import AudioFileError, StoreError
from ..events import AudioSetAside
from ..store import DatabaseError, Store, reason
from ..store.recordings import import_audio

EndJob = Callable[[Any, str], bool]
"""Ends the job of a file in a transaction, with the reason why its audio is not kept, if it should be.

Returns whether the job was still there.
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome of saving a transcription."""

    is_new: bool
    """Whether the text was not kept before"""
    without_audio: str = ""
    """Reason why audio that should be kept is not; empty if nothing is wrong"""


def save_with_audio(
    store: Store,
    call: CallRecord,
    said: Sequence[Utterance],
    audio: AudioFile,
    *,
    keep_audio: bool,
    sound: RedactedAudio = RedactedAudio.NO,
    set_aside: Iterable[AudioSetAside] = (),
    since: float = 0.0,
    until: float | None = None,
    end_job: EndJob | None = None,
) -> Saved:
    """Keep a file's call and, if wanted and the file can be played, its audio.

    `since` and `until` are seconds of the file.  `sound` takes the place of what is redacted in the text, and
    of audio that was `set_aside`, since nobody knows what is said there.

    The text is kept even if the audio cannot be.  The text is written last: otherwise the call could be
    deleted before its audio came.  Raises `StoreError` when the text cannot be kept; then nothing is.

    `end_job` ends the job of the file, as `Store.save_call` does it.  Raises `JobLostError` as that does; the
    audio then stays, as the program that has the job by now may count on it.
    """
    is_imported, why = False, ""
    unheard = [] if sound is RedactedAudio.NO else redacted_spans([*said, *map(utterance_of, set_aside)])
    if keep_audio and audio.channels <= MAX_CHANNELS:
        try:
            is_imported = import_audio(
                store.recordings, call.call_id, audio, call.tracks, since, until, unheard, sound
            )
        except (StoreError, AudioFileError) as error:  # the file may have changed since it was read
            why = f"{error} What is said in it is kept."

    def end(connection: Any) -> bool:
        return end_job is None or end_job(connection, why)

    try:
        return Saved(store.save_call(call, said, end), why)
    except DatabaseError as error:
        if is_imported:
            store.recordings.delete(call.call_id)
        raise StoreError(f"{audio.name} could not be kept: {reason(error).rstrip('.')}.") from error
