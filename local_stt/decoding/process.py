"""The parent's side: start a decoder's process and read its messages."""

import contextlib
import json
import math
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..system.installation import IMPORT_FOLDER
from ..system.parent import ending_with_this, start_from_own_thread
from .layout import MAX_CHANNELS, MAX_RATE, Refusal
from .messages import GLANCE, HEAD, MAX_MESSAGE_BYTES, End, MessageKind

MAX_SILENCE = 120.0
"""Seconds without a sign of life after which a decoder counts as hanging"""

MAX_REASON = 200
"""Characters of the reason why a file was not decoded to its end"""

INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""The only variables that a decoder gets from the environment, as that has secrets in it"""


class DecoderProcess:
    """A process that decodes one file, once."""

    def __init__(self, descriptor: int, name: str, wish: str = "", max_seconds: float | None = None) -> None:
        """Start it for an open file called `name`; for `wish` and `max_seconds` see `child.main`.

        Raises `Refusal` for a file that cannot be read.
        """
        arguments = (descriptor, shutil.which("ffmpeg") or "", Path(name).suffix[:16], wish, max_seconds)
        program = f"import sys; sys.path.insert(0, {str(IMPORT_FOLDER)!r}); {ending_with_this()}"
        self._process = start_from_own_thread(
            [sys.executable, "-c", f"{program}from {__package__}.child import main; main(*{arguments!r})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
            env={name: os.environ[name] for name in INHERITED if name in os.environ}
            | {"OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
            start_new_session=True,  # so that its children can be ended with it
        )
        assert self._process.stdin
        assert self._process.stdout
        self._commands, self._output = self._process.stdin, self._process.stdout
        self.is_used = False
        """Whether `samples` was called, which works once"""
        try:
            head = self._json(MessageKind.HEAD, self._next())
            self.channels, self.seconds = _number(head, "channels", MAX_CHANNELS), _number(head, "seconds")
            self.rate = _number(head, "rate", MAX_RATE)
            if not self.channels:
                raise _crashed()
        except BaseException as error:
            self.close()
            if self._process.returncode == -signal.SIGXCPU:
                raise Refusal("hangs") from error
            raise

    def samples(self, rate: int, since: float, until: float | None) -> Iterator[bytes]:
        """Yield little-endian 16-bit PCM from second `since` to second `until`, then set `end`.

        `rate` is in samples a second; `until` is None for the end of the file.  Raises `Refusal`.
        """
        self.is_used = True
        command = json.dumps({"rate": rate, "since": since, "until": until})
        with contextlib.suppress(BrokenPipeError):  # it has ended, and its last message says why
            self._commands.write(command.encode() + b"\n")
            self._commands.flush()
        while (message := self._next())[0] == MessageKind.SAMPLES:
            yield message[1]
        self.end = _end(self._json(MessageKind.END, message))
        """The outcome, once all samples were yielded"""
        self.close()

    def close(self) -> None:
        """End the process and its children."""
        if self._output.closed:  # another process may have its id by now
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with contextlib.suppress(OSError):
            self._commands.close()
        self._output.close()

    def _next(self) -> tuple[int, bytes]:
        """Read the next message that is no sign of life; raise `Refusal` if it is a refusal."""
        while True:
            kind, size = HEAD.unpack(self._exactly(HEAD.size))
            if size > MAX_MESSAGE_BYTES:
                raise _crashed()
            data = self._exactly(size)
            if kind == MessageKind.REFUSED:
                fields = _object(data)
                raise Refusal(str(fields.pop("kind", "")), **fields)
            if kind != MessageKind.ALIVE:
                return kind, data

    def _exactly(self, count: int) -> bytes:
        found = b""
        until = time.monotonic() + MAX_SILENCE
        while len(found) < count:
            if not select.select([self._output], [], [], max(0.0, until - time.monotonic()))[0]:
                raise Refusal("hangs")
            part = os.read(self._output.fileno(), count - len(found))
            if not part:
                raise _crashed()
            found += part
        return found

    def _json(self, expected: MessageKind, message: tuple[int, bytes]) -> dict[str, Any]:
        if message[0] != expected:
            raise _crashed()
        return _object(message[1])


def glance(descriptor: int, name: str) -> float:
    """Return the seconds that a file says it lasts; 0 if it does not say, or if finding out takes long.

    Raises `Refusal` for a file whose beginning shows that it cannot be read.
    """
    try:
        with contextlib.closing(DecoderProcess(descriptor, name, GLANCE)) as decoder:
            return float(decoder.seconds)
    except Refusal as refusal:
        if refusal.kind == "hangs":
            return 0.0
        raise


def _crashed() -> Refusal:
    return Refusal("crashed")


def _object(data: bytes) -> dict[str, Any]:
    """Parse a JSON message strictly, as it may come from a process that a hostile file controls."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _crashed() from error
    if not isinstance(found, dict):
        raise _crashed()
    return found


def _end(fields: dict[str, Any]) -> End:
    return End(
        seconds=_number(fields, "seconds"),
        stated=_number(fields, "stated", math.inf),
        unread=round(_number(fields, "unread")),
        damaged=round(_number(fields, "damaged")),
        is_cut=bool(fields.get("is_cut")),
        goes_on=bool(fields.get("goes_on")),
        why="".join(filter(str.isprintable, str(fields.get("why") or "")))[:MAX_REASON],
    )


def _number(fields: dict[str, Any], name: str, most: float = 1e12) -> Any:
    value = fields.get(name)
    if not isinstance(value, int | float) or not 0 <= value <= most:
        raise _crashed()
    return value
