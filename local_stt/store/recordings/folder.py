"""Find, read and delete recordings: a folder with a file for each call."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ...audio import PHONE_RATE
from ...audio_file import AudioFile, open_audio
from ...core.audio_redaction import Mask
from ...errors import NoSuchRecording, StoreError
from ...system.file_lock import try_lock
from ...system.private import make_folder
from .redaction_note import has_note, is_left
from .snapshot import LocalFile, Snapshot
from .wav_header import frames_in

ENDING = ".wav"
UNFINISHED = ".part"


class Recordings:
    """The recordings in a folder.  A call's id must be one that `media_stream` has accepted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, call_id: str) -> Path:
        """Return where a call's recording is, or would be."""
        return self.folder / f"{call_id}{ENDING}"

    def make_folder(self) -> None:
        """Make the folder, readable by this user alone.  Raises `OSError`."""
        make_folder(self.folder)

    def open(self, call_id: str, mask: Mask | None = None) -> Snapshot:
        """Open a call's recording; what `mask` redacts is not read from it.

        Raises `NoSuchRecording`, and `StoreError` when it cannot be read or is not redacted yet.
        """
        try:
            self._require_redacted(call_id)
            return Snapshot(LocalFile(self.path(call_id)), mask)
        except FileNotFoundError as error:
            raise NoSuchRecording(call_id) from error
        except OSError as error:
            raise StoreError(f"{self.path(call_id)} cannot be read ({error.strerror}): check it.") from error

    @contextlib.contextmanager
    def audio(self, call_id: str) -> Iterator[AudioFile]:
        """Open a call's recording to be transcribed.  Raises `AudioFileError`."""
        with open_audio(self.path(call_id)) as audio:
            yield audio

    def is_unredacted(self, call_id: str) -> bool:
        """Check whether some audio of a recording may still have to be redacted."""
        return has_note(self.path(call_id))

    @property
    def is_there(self) -> bool:
        """Whether the folder exists."""
        return self.folder.is_dir()

    def has(self, call_id: str) -> bool:
        """Check whether there is a recording with audio."""
        return self.has_here(call_id)

    def has_here(self, call_id: str) -> bool:
        """Check whether there is audio of a call on this disk."""
        return self.seconds(call_id) > 0

    def seconds(self, call_id: str) -> float:
        """Return the length of the recording on this disk in seconds; 0 if there is none that can be read."""
        try:
            return frames_in(self.path(call_id).stat().st_size) / PHONE_RATE
        except OSError:
            return 0.0

    def changed_at(self, call_id: str) -> int:
        """Return when a recording was last written, in milliseconds since 1970; 0 if that is not known."""
        try:
            return self.path(call_id).stat().st_mtime_ns // 1_000_000
        except OSError:
            return 0

    def delete(self, call_id: str) -> None:
        """Delete a recording, if there is one.  Raises `StoreError` when that is not possible."""
        try:
            self.path(call_id).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The recording of call {call_id} cannot be deleted ({error.strerror}): see to {self.folder}."
            ) from error

    def clear_unfinished(self) -> None:
        """Delete the imports that killed programs did not finish.  Raises `OSError`."""
        for file in self.folder.glob(f"*{UNFINISHED}"):
            if handle := try_lock(file):
                with handle:
                    file.unlink(missing_ok=True)

    def call_ids(self) -> list[str]:
        """List the ids of calls that have recordings."""
        return [file.stem for file in self.folder.glob(f"*{ENDING}")]

    def _require_redacted(self, call_id: str) -> None:
        """Raise `StoreError` for a recording whose program was killed before it was redacted."""
        if is_left(self.path(call_id)):
            raise StoreError(
                f"The recording of call {call_id} is not redacted yet, as its program was killed: "
                "the next start of local_stt redacts it."
            )
