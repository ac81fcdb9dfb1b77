"""Opens the database: SQLite with its safety and speed put right, or PostgreSQL."""

from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from ..errors import SettingError, StoreError
from ..recording.folder import Recordings
from .calls import Store
from .schema import bring_forward
from .transactions import prepare


def open_store(data_dir: Path, database_url: str = "") -> Store:
    """The store at the URL that is set, or in a file under the data folder; made, or brought forward, if
    need be.

    Raises `SettingError` for a URL that makes no sense, `StoreError` for a database that cannot
    be used.
    """
    file = data_dir / "calls.sqlite3"
    engine = _engine(_parsed(database_url) if database_url else URL.create("sqlite", database=str(file)))
    try:
        if engine.url.database and engine.dialect.name == "sqlite":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.begin() as connection:
            bring_forward(connection)
    except StoreError:
        engine.dispose()
        raise
    except (SQLAlchemyError, OSError, ValueError) as error:  # ValueError: a path that cannot be
        engine.dispose()
        raise unusable(error, engine.url) from error
    return Store(engine, Recordings(data_dir / "recordings"))


def unusable(error: Exception, url: URL | None = None) -> StoreError:
    """What to say of a database that does not do what it should."""
    shown = f" {url.render_as_string(hide_password=True)}" if url else ""
    return StoreError(
        f"The store{shown} cannot be used ({_first_line(error)}): see to it, or set DATABASE_URL to another."
    )


def _parsed(url: str) -> URL:
    """Read a URL that is set, with the driver this program uses.  Raises `SettingError`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is none
        raise _not_a_url() from error
    match parsed.get_backend_name():
        case "sqlite":
            return _with_home(parsed)
        case "postgres" | "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
    raise _not_a_url()


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


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(url)
    except ImportError as error:
        raise SettingError(
            "DATABASE_URL is of PostgreSQL, whose driver is missing: "
            "pip install -r requirements-postgresql.txt."
        ) from error
    except (ArgumentError, NoSuchModuleError, TypeError, ValueError) as error:  # of options behind a `?`
        raise _not_a_url() from error
    prepare(engine)
    return engine


def _first_line(error: Exception) -> str:
    """Without the statement and its values, which may be what somebody said."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
