"""Open the export of a call, or of several in a zip."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..core.call_record import CallRecord, CallState, Edition
from ..core.captions import CHARS_PER_CAPTION
from ..core.formats import FORMATS, to_text
from ..core.media_stream import one_line
from ..core.readable import formatted
from ..errors import LocalSttError
from ..formatters import Formatters, RedactedCopies
from ..store import DatabaseError, Store
from .archive import File, zipped
from .document import to_docx
from .file_names import FileNames, began

DOCX, WAV = "docx", "wav"

MEDIA_TYPES = {
    **{name: media_type for name, (media_type, _) in FORMATS.items()},
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    WAV: "audio/wav",
}
"""Media type by name of the format, which is also the extension of its files"""

MAX_CALLS = 200
"""Calls of one zip, at most"""

MISSING = "missing.txt"
"""The file of a zip that lists the calls that are not in it"""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is exported of a call, and how."""

    format: str
    edition: Edition | None = None
    """The text that is exported; None for the best one"""
    is_redacted: bool = False
    """Whether private values are left out, also of what was kept with them"""
    is_raw: bool = False
    """Whether the text is exported as it was recognized"""
    has_times: bool = True
    """Whether txt and docx say when each turn began"""
    chars_per_caption: int = CHARS_PER_CAPTION


class CallExports:
    """Exports calls of a store.  Safe to share between threads."""

    def __init__(self, store: Store, formatters: Formatters, copies: RedactedCopies) -> None:
        """`copies` redacts what was kept as it was."""
        self._store, self._formatters, self._copies = store, formatters, copies

    def open(self, call_id: str, options: ExportOptions) -> io.RawIOBase | io.BytesIO:
        """Open the export of one call.

        Raises `NoSuchCall`, `NoSuchEdition` and `NoSuchRecording`, and `StoreError` for a recording that
        cannot be read or is not redacted yet.
        """
        if options.format != WAV:
            return io.BytesIO(self._rendered(call_id, options))
        if options.is_redacted:
            return self._store.redacted_recording(call_id, self._copies.spans)
        return self._store.recording(call_id)

    def name(self, call_id: str, options: ExportOptions) -> str:
        """Return the name of the file that the export of one call makes.  Raises `NoSuchCall`."""
        return FileNames().name(self._record(self._store.call(call_id), options), options.format)

    def zipped(
        self,
        call_ids: Iterable[str],
        options: ExportOptions,
        on_missing: Callable[[str], None] = lambda _: None,
    ) -> Iterator[bytes]:
        """Yield the bytes of a zip with a file for each call.

        Calls that are deleted, or cannot be exported, are listed in `missing.txt` with the reason, and
        `on_missing` gets the same line.
        """
        return zipped(self._files(call_ids, options, on_missing))

    def _files(
        self, call_ids: Iterable[str], options: ExportOptions, on_missing: Callable[[str], None]
    ) -> Iterator[File]:
        names, missing = FileNames(), list[str]()
        for call_id in dict.fromkeys(call_ids):
            try:
                yield self._file(call_id, options, names)
            except LocalSttError as error:
                missing.append(one_line(f"{call_id[:80]}: {error}"))
            except DatabaseError:
                missing.append(one_line(f"{call_id[:80]}: The store could not be reached."))
        for line in missing:
            on_missing(line)
        if missing:
            listed = "".join(f"{line}\n" for line in missing).encode()
            yield File(MISSING, datetime.now().astimezone(), io.BytesIO(listed), len(listed))

    def _file(self, call_id: str, options: ExportOptions, names: FileNames) -> File:
        call = self._store.call(call_id)
        if call.state is CallState.DELETED:
            raise LocalSttError("The call was deleted.")
        content = self.open(call_id, options)
        size = content.seek(0, io.SEEK_END)
        content.seek(0)
        is_packed = options.format not in (DOCX, WAV)
        call = self._record(call, options)
        return File(names.name(call, options.format), began(call), content, size, is_packed)

    def _record(self, call: CallRecord, options: ExportOptions) -> CallRecord:
        return self._copies.record(call) if options.is_redacted else call

    def _rendered(self, call_id: str, options: ExportOptions) -> bytes:
        call, said = self._store.call_with_utterances(call_id, edition=options.edition)
        call, said = self._copies.copy(call, said) if options.is_redacted else (call, said)
        said = formatted(said, None if options.is_raw else self._formatters.for_call(call))
        match options.format:
            case "docx":
                return to_docx(call, said, times=options.has_times)
            case "txt":
                return to_text(call, said, times=options.has_times).encode()
            case name:
                return FORMATS[name][1](call, said, options.chars_per_caption).encode()
