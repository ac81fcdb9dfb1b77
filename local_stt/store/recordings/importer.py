"""Make recordings from audio files, as if they had come by telephone."""

import contextlib
from collections.abc import Iterable, Sequence

from ...audio import PHONE_RATE, encode_mulaw
from ...audio_file import AudioFile
from ...core.audio_redaction import AudioSpan, mask_of
from ...core.jitter_buffer import AudioChunk
from ...core.media_stream import TRACKS
from ...core.privacy import RedactedAudio
from ...errors import StoreError
from ...system.file_lock import try_lock
from ...system.private import make_file
from ...system.reserve import spare_bytes
from .folder import UNFINISHED, Recordings
from .wav_file import RecordingFile
from .wav_header import CHANNELS


def import_audio(
    recordings: Recordings,
    call_id: str,
    audio: AudioFile,
    tracks: Sequence[str],
    since: float = 0.0,
    until: float | None = None,
    redacted: Iterable[AudioSpan] = (),
    sound: RedactedAudio = RedactedAudio.SILENCE,
) -> bool:
    """Keep the audio of a file as a call's recording, unless there is one; return whether it was kept.

    `since` and `until` are seconds of the file.  `sound` takes the place of the `redacted` spans, whose audio
    is never written.  `tracks` names the track on each of its one or two channels;
    a track of the call that is not among them gets the first channel.  The recording appears when it is
    complete.  Raises `StoreError` when it cannot be kept, and what `AudioFile` raises.
    """
    path = recordings.path(call_id)
    unfinished = path.with_suffix(UNFINISHED)
    try:
        if recordings.has(call_id):
            return False
        recordings.make_folder()
        recordings.clear_unfinished()
        _check_room(recordings, audio, until)
        make_file(unfinished)
        handle = try_lock(unfinished)
        if handle is None:  # another program imports the same
            return False
        with handle:
            try:
                mask = mask_of(redacted, tracks, sound)
                _write(RecordingFile(unfinished, mask), audio, tracks, since, until)
                unfinished.rename(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    unfinished.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StoreError(
            f"The audio of {audio.name} cannot be kept ({error.strerror}): see to {path.parent}."
        ) from error
    return True


def _check_room(recordings: Recordings, audio: AudioFile, until: float | None) -> None:
    """Check that the disk has room before it is filled: calls are kept on it.  Raises `StoreError`."""
    seconds = audio.seconds if until is None else min(until, audio.seconds)
    need, room = seconds * PHONE_RATE * CHANNELS, max(0.0, spare_bytes(recordings.folder))
    if need > room:
        raise StoreError(
            f"The audio of {audio.name} cannot be kept: it takes {_megabytes(need)}, and {_megabytes(room)} "
            f"are free in {recordings.folder} beside what is left to calls. Make room."
        )


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def _write(
    file: RecordingFile, audio: AudioFile, tracks: Sequence[str], since: float, until: float | None
) -> None:
    """Write audio at its time in the file: before `since` comes silence."""
    sides = [tracks.index(track) if track in tracks else 0 for track in TRACKS]
    at = round(since * PHONE_RATE)
    with contextlib.closing(file), contextlib.closing(audio.again()) as again:
        for samples in again.read(PHONE_RATE, since, until):
            channels = [encode_mulaw(channel) for channel in samples.T]
            for number, side in enumerate(sides):
                file.put(number, AudioChunk(at, channels[side]))
            at += len(samples)
