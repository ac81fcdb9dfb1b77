"""Limits how many calls are placed in an hour.

A file has the times of calls.  So the limit also holds for a program that is started again, and for a script
that starts one for each call.  Several hosts have one limit together (`cluster/dial_limit.py`).
"""

import contextlib
import functools
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from ..errors import DialError
from ..system.atomic_file import write_atomically
from ..system.file_lock import released, try_lock
from ..system.private import make_folder

logger = logging.getLogger(__name__)

SECONDS_AN_HOUR = 3600.0

LOCK_TIMEOUT = 5.0
"""Seconds to wait for another program that has the file, and writes a line or two"""


class DialLimit(Protocol):
    """A limit of calls an hour.  Safe to share between threads and programs."""

    @property
    def left(self) -> int:
        """Number of calls that may still be placed now."""

    def take(self) -> Callable[[], None]:
        """Count a call that is about to be placed; return what takes it out of the count again.

        Raises `DialError` when no call is left, or calls cannot be counted.
        """


def none_left(max_per_hour: int) -> DialError:
    """Make the error for a call above the limit."""
    return DialError(
        f"{max_per_hour} calls were placed within the hour: wait, or raise LOCAL_STT_DIALS_PER_HOUR."
    )


class FileDialLimit:
    """A limit for all programs that share a data folder.  Safe to share between threads and programs."""

    def __init__(self, file: Path, max_per_hour: int, clock: Callable[[], float] = time.time) -> None:
        """Read the time, in seconds, from `clock`, which other programs must have too."""
        self._file, self._max_per_hour, self._clock = file, max_per_hour, clock

    @property
    def left(self) -> int:
        """Number of calls that may still be placed now."""
        return max(0, self._max_per_hour - len(self._taken()))

    def take(self) -> Callable[[], None]:
        """Count a call that is about to be placed; return what takes it out of the count again.

        Raises `DialError` when no call is left, or the file cannot be written.
        """
        with self._locked():
            taken = self._taken()
            if len(taken) >= self._max_per_hour:
                raise none_left(self._max_per_hour)
            now = self._clock()
            self._write([*taken, now])
        return functools.partial(self._give_back, now)

    def _give_back(self, taken: float) -> None:
        with contextlib.suppress(DialError), self._locked():  # one call too few is no harm
            left = self._taken()
            if taken in left:
                left.remove(taken)
                self._write(left)

    def _taken(self) -> list[float]:
        """Return when calls were placed.  A clock that was set back must not make one count for days."""
        try:
            times = json.loads(self._file.read_text(encoding="utf-8"))
            if not isinstance(times, list):
                raise ValueError("it is no list")
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            logger.warning("%s cannot be read and is ignored: %s", self._file, error)
            return []
        now = self._clock()
        return [
            each
            for each in times
            if isinstance(each, int | float) and now - SECONDS_AN_HOUR < each < now + SECONDS_AN_HOUR
        ]

    def _write(self, times: list[float]) -> None:
        try:
            write_atomically(self._file, json.dumps(times))
        except OSError as error:
            raise self._unwritable(error) from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Lock the file, which belongs to one program at a time.  Raises `DialError`."""
        lock = self._file.with_suffix(".lock")
        until = time.monotonic() + LOCK_TIMEOUT
        try:
            make_folder(self._file.parent)
            while (handle := try_lock(lock)) is None:
                if time.monotonic() > until:
                    raise DialError(
                        f"{lock} is held by another program: wait, or delete it if no local_stt runs."
                    )
                time.sleep(0.01)
        except OSError as error:
            raise self._unwritable(error) from error
        with released(lock, handle):
            yield

    def _unwritable(self, error: OSError) -> DialError:
        return DialError(
            f"{self._file} cannot be written ({error.strerror}), and calls that are placed would not be "
            "counted: set LOCAL_STT_DATA_DIR to a folder that can."
        )
