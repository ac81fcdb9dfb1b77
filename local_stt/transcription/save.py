"""What was transcribed of a file is kept as a call: what is said in it, and its audio to be played."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..audio_file import MAX_CHANNELS, AudioFile
from ..core.call_record import CallRecord, Utterance
from ..errors import AudioFileError, StoreError
from ..store import DatabaseError, Store, reason
from ..store.recordings import import_audio


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of it."""

    is_new: bool
    """Whether the text was not kept before"""
    without_audio: str = ""
    """Why the audio is not kept, though it was to be; empty if nothing is wrong"""


def save_with_audio(
    store: Store,
    call: CallRecord,
    said: Iterable[Utterance],
    audio: AudioFile,
    *,
    keep_audio: bool,
    since: float = 0.0,
    until: float | None = None,
) -> Saved:
    """Keep a call that a file has become and, if wanted and the file is one that can be played, its audio
    from one second to another.

    Whatever becomes of the audio, the text is kept.  It comes last, so that there is no moment at
    which the call could be deleted and its audio come after.  Raises `StoreError` when the text cannot
    be kept, and then nothing is.
    """
    is_imported, why = False, ""
    if keep_audio and audio.channels <= MAX_CHANNELS:
        try:
            is_imported = import_audio(store.recordings, call.call_id, audio, call.tracks, since, until)
        except (StoreError, AudioFileError) as error:  # the file may have changed since it was heard
            why = f"{error} What is said in it is kept."
    try:
        return Saved(store.save_call(call, said), why)
    except DatabaseError as error:
        if is_imported:
            store.recordings.delete(call.call_id)
        raise StoreError(f"{audio.name} could not be kept: {reason(error).rstrip('.')}.") from error
