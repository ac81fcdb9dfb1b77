"""Points numbers at an address of several hosts, until somebody puts them back.

What a number did before is noted first.  So it can be put back after any failure, and from every host that
has the notes.
"""

import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from ..errors import TelephonyError
from ..store import DatabaseError, Wirings, reason
from ..system.atomic_file import write_atomically
from ..system.file_lock import released, try_lock
from ..system.files import listed
from ..system.private import make_folder
from .account import Account, PhoneNumber, Wiring
from .number_webhook import PreviousWebhook

T = TypeVar("T")

IN_USE = "Another `wire` or `unwire` is running: wait until it is done."


class Notes(ABC):
    """What numbers did before they were pointed here.  Raises `TelephonyError` where it cannot be kept."""

    @abstractmethod
    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Keep other programs from changing numbers during the block.  Raises `TelephonyError`."""

    @abstractmethod
    def all(self) -> list[PreviousWebhook]:
        """List what is known of all numbers."""

    @abstractmethod
    def save(self, previous: PreviousWebhook) -> None:
        """Note what a number did before."""

    @abstractmethod
    def forget(self, previous: PreviousWebhook) -> None:
        """Forget what a number did before."""


class NotesInFolder(Notes):
    """Notes of one host, in a folder with a file for each number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder."""
        file = self._folder / "lock"
        with self._explained():
            make_folder(self._folder)
            handle = try_lock(file)
        if handle is None:
            raise TelephonyError(IN_USE)
        with released(file, handle):
            yield

    def all(self) -> list[PreviousWebhook]:
        """Read all files.  Raises `TelephonyError` for one that cannot be read."""
        with self._explained():
            texts = [file.read_text(encoding="utf-8") for file in sorted(listed(self._folder, "*.json"))]
        return [_read(text) for text in texts]

    def save(self, previous: PreviousWebhook) -> None:
        """Write the file of a number."""
        with self._explained():
            write_atomically(self._file(previous), json.dumps(asdict(previous), indent=2))

    def forget(self, previous: PreviousWebhook) -> None:
        """Delete the file of a number."""
        with self._explained():
            self._file(previous).unlink(missing_ok=True)

    def _file(self, previous: PreviousWebhook) -> Path:
        return self._folder / f"{previous.sid}.json"

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TelephonyError(
                f"{self._folder} cannot be used ({error.strerror}), and what a number did before would be "
                "forgotten: set LOCAL_STT_DATA_DIR to a folder that can."
            ) from error


class NotesInDatabase(Notes):
    """Notes that several hosts share, in their database."""

    def __init__(self, wirings: Wirings) -> None:
        self._wirings = wirings

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Take a lock of the database."""
        with contextlib.ExitStack() as stack:
            with _explained():
                is_free = stack.enter_context(self._wirings.locked())
            if not is_free:
                raise TelephonyError(IN_USE)
            yield

    def all(self) -> list[PreviousWebhook]:
        """Read all rows."""
        with _explained():
            return [_read(json.dumps(each)) for each in self._wirings.all()]

    def save(self, previous: PreviousWebhook) -> None:
        """Write the row of a number."""
        with _explained():
            self._wirings.save(previous.sid, asdict(previous))

    def forget(self, previous: PreviousWebhook) -> None:
        """Delete the row of a number."""
        with _explained():
            self._wirings.forget(previous.sid)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise TelephonyError(
            f"What a number did before cannot be kept in the database ({reason(error)}): check DATABASE_URL."
        ) from error


def _read(text: str) -> PreviousWebhook:
    try:
        return PreviousWebhook.read(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise TelephonyError("What a number did before was noted, but the note is damaged.") from error


def wire(account: Account, numbers: Iterable[PhoneNumber], url: str, notes: Notes) -> Iterator[str]:
    """Point the voice webhooks of numbers at `url`, and yield a sentence about each.

    Raises `TelephonyError`, after the other numbers, for one that somebody else has changed meanwhile.
    """
    with notes.locked():
        known = {each.sid: each for each in notes.all()}
        yield from _each(numbers, lambda number: _wire(account, number, known.get(number.sid), url, notes))


def unwire(account: Account, notes: Notes, *, forget: bool = False) -> Iterator[str]:
    """Put back the voice webhooks of all numbers that `wire` has changed, and yield a sentence about each.

    Raises `TelephonyError`, after the other numbers, for one that somebody else has changed meanwhile.  With
    `forget` such a number is left as it is, and what it did before is forgotten.
    """
    with notes.locked():
        known = notes.all()
        if not known:
            yield "No number is wired: there is nothing to put back."
        yield from _each(known, lambda previous: _unwire(account, previous, notes, forget=forget))


def _each(items: Iterable[T], change: Callable[[T], str]) -> Iterator[str]:
    """Yield what `change` says of each item.  Raise the errors of some when all are done, as one."""
    errors = []
    for item in items:
        try:
            yield change(item)
        except TelephonyError as error:
            errors.append(error)
    if errors:
        raise TelephonyError(" ".join(map(str, errors))) from errors[0]


def _wire(
    account: Account, number: PhoneNumber, previous: PreviousWebhook | None, url: str, notes: Notes
) -> str:
    now = number.wiring
    if now.leads_to(url):
        if previous:
            return f"{number.number} leads to {url} already; before `wire` it led to {previous}."
        return f"{number.number} leads to {url} already, as somebody else has set it."
    if previous and not previous.replaced_by_us(now) and now != previous.before:
        raise _changed(number.number, now, previous)
    previous = previous or PreviousWebhook(number.sid, number.number, now)
    notes.save(replace(previous, ours=(*previous.ours, url)))  # before the change, whose answer may be lost
    account.wire(number.sid, Wiring(url, "POST", ""))
    return f"{number.number} leads to {url}; before it led to {previous}."


def _unwire(account: Account, previous: PreviousWebhook, notes: Notes, *, forget: bool) -> str:
    now = account.number(previous.sid).wiring
    if previous.replaced_by_us(now):
        account.wire(previous.sid, previous.before)
    elif now != previous.before:
        if not forget:
            raise _changed(previous.number, now, previous)
        notes.forget(previous)
        return f"{previous.number} leads to {now}, and is left as it is; before `wire` it led to {previous}."
    notes.forget(previous)
    return f"{previous.number} leads to {previous} again."


def _changed(number: str, now: Wiring, previous: PreviousWebhook) -> TelephonyError:
    return TelephonyError(
        f"{number} leads to {now}, as somebody has changed it since `local-stt wire`, and is left as it is. "
        f"Before `wire` it led to {previous}; `local-stt unwire --forget` forgets that."
    )
