"""How many calls may still be placed: their times, in a file that all programs of a data folder share.

A program that is started again, or a script that starts one for each call, has no more than one that stays.
"""

import contextlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import DialError
from ..system.atomic_file import write_atomically
from ..system.file_lock import released, try_lock
from ..system.private import make_folder

logger = logging.getLogger(__name__)

SECONDS_AN_HOUR = 3600.0

LOCK_TIMEOUT = 5.0
"""For whoever has the file, and writes a line or two"""


class DialLimit:
    """So many calls an hour.  Safe to share between threads and programs."""

    def __init__(self, file: Path, max_per_hour: int, clock: Callable[[], float] = time.time) -> None:
        """`clock` is one that other programs have too."""
        self._file, self._max_per_hour, self._clock = file, max_per_hour, clock

    @property
    def left(self) -> int:
        """How many more may be placed now."""
        return max(0, self._max_per_hour - len(self._taken()))

    def take(self) -> float:
        """One call is about to be placed; what `give_back` needs.  Raises `DialError` when none is left."""
        with self._locked():
            taken = self._taken()
            if len(taken) >= self._max_per_hour:
                raise DialError(
                    f"{self._max_per_hour} calls were placed within the hour: wait, or raise "
                    "LOCAL_STT_DIALS_PER_HOUR."
                )
            now = self._clock()
            self._write([*taken, now])
        return now

    def give_back(self, taken: float) -> None:
        """The call was not placed."""
        with contextlib.suppress(DialError), self._locked():  # one call too few is no harm
            left = self._taken()
            if taken in left:
                left.remove(taken)
                self._write(left)

    def _taken(self) -> list[float]:
        """When calls were placed.  A clock that was put back must not make one count for days."""
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
        """The file belongs to one at a time."""
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
