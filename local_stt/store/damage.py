"""Tell apart what is wrong with a store: damage, a removed file, or an error that passes."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from ..errors import StoreError
from ..system.installation import command

CORRUPT, NOT_A_DATABASE = 11, 26
SHORT_READ, BROKEN_FILE_SYSTEM = 10 | 2 << 8, 10 | 33 << 8
"""SQLite's result codes: https://sqlite.org/rescode.html"""

FOREIGN = ("no such table", "no such column", "has no column named")
UNREADABLE_TEXT = "Could not decode to UTF-8"

RESCUE = f"`{command('calls rescue NEW_FILE')}` saves what can be read of it into a new file."


class UnusableStoreError(StoreError, SQLAlchemyError):
    """A store that cannot be used as it is.

    It is an error of the database for callers that expect one, and has a sentence for the user.
    """


class DamagedStoreError(UnusableStoreError):
    """A store whose file does not contain what was written."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"The store {file} is damaged ({why}). {RESCUE}")


class RemovedStoreError(UnusableStoreError):
    """A store whose file is gone, or was replaced by another."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"The store {file} was removed while this program used it.")


class WatchedFile:
    """The file of a store, to notice when it is removed or damaged under the program."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.accept()

    def accept(self) -> None:
        """Accept the file that is there now as the store."""
        self._known = self._identity()

    @property
    def was_removed(self) -> bool:
        """Whether the file is gone, or was replaced by another."""
        return self._identity() != self._known

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


def watch(engine: Engine, file: WatchedFile) -> None:
    """Make the engine raise `RemovedStoreError` and `DamagedStoreError`.

    SQLite itself would go on with a file that nobody else can find, or begin a new one without tables.
    """

    def check(*_: object) -> None:
        if file.was_removed:
            raise RemovedStoreError(file.path)

    def explain(context: ExceptionContext) -> None:
        if why := damage(context.original_exception):
            raise DamagedStoreError(file.path, why) from context.original_exception

    event.listen(engine, "do_connect", check)
    event.listen(engine, "checkout", check)
    event.listen(engine, "handle_error", explain)


def hide_values(engine: Engine) -> None:
    """Remove refused values from the errors of PostgreSQL: they may be what somebody said."""

    def hide(context: ExceptionContext) -> None:
        cause, error = context.original_exception, context.sqlalchemy_exception
        if error is not None and hasattr(cause, "sqlstate"):
            cause.args = (reason(cause),)
            error.args = (f"({type(cause).__name__}) {cause}",)

    event.listen(engine, "handle_error", hide)


def damage(error: BaseException | None) -> str:
    """Describe the damage to the file; return an empty text for an error with another cause."""
    if not isinstance(error, sqlite3.Error):
        return ""
    code = getattr(error, "sqlite_errorcode", 0)
    is_damage = code & 0xFF in (CORRUPT, NOT_A_DATABASE) or code in (SHORT_READ, BROKEN_FILE_SYSTEM)
    said = str(error)
    return said if is_damage or said.startswith((*FOREIGN, UNREADABLE_TEXT)) or FOREIGN[2] in said else ""


def reason(error: BaseException) -> str:
    """Say in one line why the database refused; leave out the values, which may be what somebody said."""
    cause = getattr(error, "orig", None) or error
    if (state := getattr(cause, "sqlstate", None)) and state[:2] in ("22", "23", "42"):
        return f"{type(cause).__name__}, SQLSTATE {state}"  # PostgreSQL's message quotes the value
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


@contextlib.contextmanager
def in_a_sentence() -> Iterator[None]:
    """Raise errors of the database as `StoreError`, with a sentence for the user."""
    try:
        yield
    except StoreError:
        raise
    except SQLAlchemyError as error:
        raise StoreError(f"The store cannot be used ({reason(error)}): check it.") from error


@contextlib.contextmanager
def decoding(file: WatchedFile | None) -> Iterator[None]:
    """Raise errors of values that make no sense as `DamagedStoreError`, if the store is in a file."""
    try:
        yield
    except UnicodeEncodeError:  # it comes from a value that is written, not from the store
        raise
    except (ValueError, TypeError, ArithmeticError) as error:
        if file is None:
            raise
        raise DamagedStoreError(file.path, "what is in it makes no sense") from error


def check_types(row: Iterable[object], table: Table) -> None:
    """Raise `TypeError` for a value that its column cannot have; SQLite lets any column have any type."""
    check_values(row, _types(table))


def check_values(values: Iterable[object], types: Iterable[tuple[type, ...]]) -> None:
    """Raise `TypeError` for a value that has none of the types allowed for it."""
    for value, allowed in zip(values, types, strict=True):
        if not isinstance(value, allowed):
            raise TypeError(f"A {type(value).__name__} stands where a {allowed[0].__name__} belongs.")


@cache
def _types(table: Table) -> tuple[tuple[type, ...], ...]:
    allowed: dict[type, tuple[type, ...]] = {float: (float, int), dict: (list,)}  # columns of JSON hold lists
    none = type(None)
    kinds = ((column.type.python_type, column.nullable) for column in table.columns)
    return tuple((*allowed.get(kind, (kind,)), *((none,) if nullable else ())) for kind, nullable in kinds)


def check_whole(connection: Connection) -> None:
    """Raise `StoreError` for a file with damaged pages: https://sqlite.org/pragma.html#pragma_quick_check."""
    if connection.dialect.name != "sqlite":
        return
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if said != "ok":
        raise StoreError(f"The store is damaged ({str(said).splitlines()[0]}). {RESCUE}")
