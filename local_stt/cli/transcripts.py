"""Where `local_stt transcribe` puts what it has made."""

from collections.abc import Sequence
from pathlib import Path

import click

from ..errors import CallError
from ..formats import FORMATS
from ..kept import KeptCall, Utterance

CAN_FOLLOW_EACH_OTHER = ("txt", "json")
"""Formats of which one output may hold several"""


class Transcripts:
    """Standard output, or a file for each in a folder."""

    def __init__(self, name: str, chars_per_caption: int, folder: Path | None, *, overwrite: bool) -> None:
        """`name` is that of a format."""
        self._ending, (_, self._render) = name, FORMATS[name]
        self._chars_per_caption = chars_per_caption
        self._folder, self._overwrite = folder, overwrite
        self._ours: set[Path] = set()
        self._headings = 0

    def claim(self, file: str) -> Path | None:
        """Where the transcript of a file will go; None for standard output.

        Raises `CallError`, before any work is done, if something is there already.
        """
        if self._folder is None:
            return None
        path = self._folder / f"{Path(file).stem}.{self._ending}"
        if path in self._ours:
            raise CallError(f"{path} is another file's transcript: put {file} into another --output-dir.")
        if path.exists() and not self._overwrite:
            raise CallError(f"{path} is there already: give --overwrite, or another --output-dir.")
        self._ours.add(path)
        return path

    def put(self, path: Path | None, call: KeptCall, said: Sequence[Utterance], heading: str = "") -> None:
        """Write one, where it was to go.  Raises `CallError` when that cannot be."""
        text = self._render(call, said, self._chars_per_caption)
        if path is None:
            if heading and self._ending == "txt":
                click.echo("\n" * bool(self._headings) + f"==> {heading} <==")
                self._headings += 1
            click.echo(text, nl=False)
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w" if self._overwrite else "x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise CallError(
                f"{path} cannot be written ({error.strerror}): name another --output-dir."
            ) from error
