"""Open the database: SQLite, set up to be safe and quick, or PostgreSQL."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, inspect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from ..audio_store import AudioStore, open_audio_store
from ..errors import LocalSttError, SettingError, StoreError
from ..system.files import exists
from ..system.installation import pip_install
from ..system.private import make_file, make_folder, tighten, tighten_all
from .calls import Store
from .damage import UnusableStoreError, WatchedFile, check_whole, hide_values, reason, watch
from .leases import Leases
from .migrations import Report
from .recordings.folder import Recordings
from .recordings.shared import SharedRecordings
from .schema import version
from .stored_recordings import StoredRecordings
from .transactions import prepare, prepare_to_read, reading
from .version import check_that_nothing_is_there, is_current, migrate, migrate_if_needed

INDEXING = "Indexing what is kept"
"""Title of the progress of what a new version may have to do first"""

FILE = "calls.sqlite3"

CONNECTION = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""Options of libpq, in seconds, and milliseconds for the second
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)"""

LOG, INDEX_OF_LOG = "-wal", "-shm"
"""Endings of the files that SQLite keeps beside the store: the log of what was written last, and its index"""


def open_store(
    data_dir: Path, database_url: str = "", audio_store: str = "", *, report: Report = lambda *_: None
) -> Store:
    """Open the store at the URL that is set, or in a file under the data folder.

    `audio_store` names the store of audio that hosts share; it is empty where each keeps its own.  Make or
    migrate the store if need be; `report` gets the progress of that.  Raises `SettingError` for a URL that
    makes no sense, `StoreError` for a database that cannot be used.
    """
    url, audio = _url(data_dir, database_url), open_audio_store(audio_store)
    tighten(data_dir)
    file = _file_of(url)
    with _explained(url):
        if file:
            make_folder(file.parent)
            make_file(file)
            for each in _files(file):
                tighten_all(each)
        watched = WatchedFile(file) if file else None
        engine = _engine(url, watched)
        with _disposed_on_error(engine):
            migrate_if_needed(engine, report)
            leases = Leases(url) if engine.dialect.name == "postgresql" else None
            return _store(engine, data_dir, audio, watched, leases=leases)


def open_to_read(
    data_dir: Path, database_url: str = "", audio_store: str = "", *, report: Report = lambda *_: None
) -> Store:
    """Open a store only to read it, which takes no lock and needs no permission to write.

    A store that is not there reads as an empty one, and is not made.  One of an older version is migrated;
    nothing else is written.  Raises what `open_store` raises.
    """
    url, audio = _url(data_dir, database_url), open_audio_store(audio_store)
    file = _file_of(url)
    if file is None:
        opened = _opened_to_read(url, data_dir, audio)
        return opened or open_store(data_dir, database_url, audio_store, report=report)
    with _explained(url):
        if not file.exists():
            return _store(_empty(), data_dir, audio)
        if not file.stat().st_size:
            raise StoreError(
                f"The store {file} is an empty file: put a copy of the store there, or delete it."
            )
    store = _opened_to_read(url, data_dir, audio)
    if store:
        return store
    try:
        return open_store(data_dir, database_url, audio_store, report=report)
    except StoreError as error:
        if error.__cause__ is None or isinstance(error, UnusableStoreError):
            raise  # it is no store, or one of a later version, or damaged
        raise StoreError(
            f"The store {file} is of an older version and has to be written to be read: "
            "copy it to a folder where that is allowed, and name that with --data-dir."
        ) from error


class StoreCondition(StrEnum):
    """What is found where the store should be."""

    MISSING = "missing"
    OLDER = "older"
    CURRENT = "current"


def examine_store(data_dir: Path, database_url: str) -> tuple[str, StoreCondition]:
    """Look at a store without changing or making it: return where it is, and what is found there.

    The address has no password.  Raises `SettingError` and `StoreError` as `open_store` does.
    """
    url = _url(data_dir, database_url)
    shown, file = _shown(url), _file_of(url)
    with _explained(url), contextlib.ExitStack() as stack:
        if file and not (exists(file) and file.stat().st_size):
            return shown, StoreCondition.MISSING
        engine = _reading_engine(file, stack) if file else _engine(url)
        stack.callback(engine.dispose)
        with reading(engine).connect() as connection:
            if is_current(connection):
                check_whole(connection)
                return shown, StoreCondition.CURRENT
            is_there = inspect(connection).has_table(version.name)
            if not is_there:
                check_that_nothing_is_there(connection)
    return shown, StoreCondition.OLDER if is_there else StoreCondition.MISSING


def sqlite_file(data_dir: Path, database_url: str) -> Path | None:
    """Return the file that the store is in; None for PostgreSQL.  Raises `SettingError`."""
    return _file_of(_url(data_dir, database_url))


@contextlib.contextmanager
def new_store(file: Path) -> Iterator[Engine]:
    """Make a store in a new file, and delete it if the block fails.

    Raises `StoreError` if there is a file of that name, or none can be made.
    """
    url = URL.create("sqlite", database=str(file))
    if exists(file):
        raise StoreError(f"{file} is there already: name another file.")
    with _explained(url):
        make_folder(file.absolute().parent)
        make_file(file)
        engine = _engine(url)
        try:
            migrate_if_needed(engine)
            yield engine
        except BaseException:
            engine.dispose()
            for each in _files(file):
                each.unlink(missing_ok=True)
            raise
        engine.dispose()


def _opened_to_read(url: URL, data_dir: Path, audio: AudioStore | None) -> Store | None:
    """Open a store only to read it; return None if it is of an older version."""
    file = _file_of(url)
    with _explained(url), contextlib.ExitStack() as stack:
        engine = _reading_engine(file, stack) if file else _engine(url)
        stack.callback(engine.dispose)
        with reading(engine).connect() as connection:
            if not is_current(connection):
                return None
        return _store(engine, data_dir, audio, WatchedFile(file) if file else None, stack.pop_all())


@contextlib.contextmanager
def _explained(url: URL) -> Iterator[None]:
    """Raise errors of a database as `StoreError`, with a sentence for the user."""
    try:
        yield
    except LocalSttError:
        raise
    except (SQLAlchemyError, OSError, ValueError) as error:  # ValueError: an impossible path
        raise StoreError(
            f"The store {_shown(url)} cannot be used ({reason(error)}): check it, or set DATABASE_URL to "
            "another."
        ) from error


def _shown(url: URL) -> str:
    """Return where a store is for users: a path, or a URL without a password; its query may have one too."""
    file = _file_of(url)
    return str(file) if file else url.set(query={}).render_as_string(hide_password=True)


@contextlib.contextmanager
def _disposed_on_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def recordings_of(data_dir: Path) -> Recordings:
    """Return the recordings under a data folder: those that this host makes."""
    return Recordings(data_dir / "recordings")


def _store(
    engine: Engine,
    data_dir: Path,
    audio: AudioStore | None,
    file: WatchedFile | None = None,
    closing: contextlib.ExitStack | None = None,
    leases: Leases | None = None,
) -> Store:
    """Make the store of a database, and of the audio in the data folder or in the store that hosts share."""
    if audio is None:
        return Store(engine, recordings_of(data_dir), StoredRecordings(engine), file, closing, leases)
    stored = StoredRecordings(engine, audio.identity)
    shared = SharedRecordings(recordings_of(data_dir).folder, audio, stored)
    return Store(engine, shared, stored, file, closing, leases)


def _url(data_dir: Path, database_url: str) -> URL:
    """Return the URL of the store.  Raises `SettingError`."""
    if database_url:
        return _parsed(database_url)
    return URL.create("sqlite", database=str(data_dir / FILE))


def _parsed(url: str) -> URL:
    """Parse a URL that is set, and choose this program's driver for it.  Raises `SettingError`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise _not_a_url() from error
    try:
        match parsed.get_backend_name().lower():
            case "sqlite":
                found = _with_home(parsed.set(drivername=parsed.drivername.lower()))
            case "postgres" | "postgresql":
                found = parsed.set(drivername="postgresql+psycopg")
            case _:
                raise _not_a_url()
        found.get_dialect()
    except NoSuchModuleError as error:
        raise _not_a_url() from error
    return found


def _with_home(url: URL) -> URL:
    try:
        return url.set(database=str(Path(url.database).expanduser())) if url.database else url
    except RuntimeError as error:
        raise SettingError("DATABASE_URL is in the home of a user who has none here.") from error


def _not_a_url() -> SettingError:
    return SettingError(
        "DATABASE_URL is neither sqlite:///FILE nor postgresql://USER:PASSWORD@HOST/NAME, or its port is "
        "not a number."
    )


def _file_of(url: URL) -> Path | None:
    """Return the file of a SQLite store; None for one in memory or at a URI, and for PostgreSQL."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return Path(name) if name and not name.startswith((":memory:", "file:")) else None


def _files(file: Path) -> list[Path]:
    """List a store's file and those that SQLite may have beside it."""
    return [file.with_name(file.name + ending) for ending in ("", LOG, INDEX_OF_LOG)]


def _engine(url: URL, watched: WatchedFile | None = None) -> Engine:
    """Create an engine that reads and writes.  Raises `SettingError`."""
    try:
        engine = create_engine(url, hide_parameters=True, connect_args=_connection(url))
    except ImportError as error:
        raise SettingError(
            f"DATABASE_URL is of PostgreSQL, whose driver is missing: {pip_install('postgresql')}."
        ) from error
    except (ArgumentError, NoSuchModuleError, TypeError, ValueError) as error:  # from options after a `?`
        raise SettingError("DATABASE_URL has something in it that its driver does not know.") from error
    hide_values(engine)
    if watched:
        watch(engine, watched)
    prepare(engine)
    return engine


def _connection(url: URL) -> dict[str, Any]:
    """Return options of the driver that are not in the URL: a network that is gone is given up in time."""
    return (
        {}
        if url.get_backend_name() == "sqlite"
        else {name: value for name, value in CONNECTION.items() if name not in url.query}
    )


def _empty() -> Engine:
    """Create an empty store in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    prepare(engine)
    with engine.begin() as connection:
        migrate(connection)
    return engine


def _reading_engine(file: Path, stack: contextlib.ExitStack) -> Engine:
    """Create an engine that reads a file, in the first way that works.

    SQLite cannot read its log where it may not write beside the file.  If there is no log, the file has
    everything.  Else both are copied to a temporary folder, which `stack` deletes in the end.
    """
    address = _address(file)
    engine = _engine_at(f"{address}?mode=rw", file)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except OperationalError:
        engine.dispose()
        log = file.with_name(file.name + LOG)
        if not log.exists() or not log.stat().st_size:
            return _engine_at(f"{address}?immutable=1", file)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="local_stt-")))
        for each in (file, log):
            shutil.copyfile(each, folder / each.name)
        return _engine_at(f"{_address(folder / file.name)}?mode=rw", file)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _address(file: Path) -> str:
    """Write a path as a URI for SQLite.

    Slashes are quoted too: two at the beginning would start the name of a host.
    """
    return f"file:{quote(str(file.absolute()), safe='')}"


def _engine_at(address: str, file: Path) -> Engine:
    """Create an engine that only reads; an error of damage names `file`."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    engine = create_engine(URL.create("sqlite", database=str(file)), creator=connect, hide_parameters=True)
    watch(engine, WatchedFile(file))
    prepare_to_read(engine)
    return engine
