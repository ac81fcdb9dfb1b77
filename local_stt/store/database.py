"""Opens the database: SQLite with its safety and speed put right, or PostgreSQL."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from ..errors import SettingError, StoreError
from ..recording.folder import Recordings
from .calls import Store
from .schema import Report, bring_forward
from .transactions import prepare

INDEXING = "Indexing what is kept"
"""What a new version may do for a while, as a title of its progress"""


def open_store(data_dir: Path, database_url: str = "", *, report: Report = lambda *_: None) -> Store:
    """The store at the URL that is set, or in a file under the data folder; made, or brought forward, if
    need be.  `report` is told how far that is.

    Raises `SettingError` for a URL that makes no sense, `StoreError` for a database that cannot
    be used.
    """
    url = database_url or f"sqlite:///{data_dir / 'calls.sqlite3'}"
    engine = _engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        if engine.url.database and engine.dialect.name == "sqlite":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.begin() as connection:
            bring_forward(connection, report)
    except StoreError:
        engine.dispose()
        raise
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise StoreError(
            f"The store {shown} cannot be used ({_first_line(error)}): "
            "see to it, or set DATABASE_URL to another."
        ) from error
    return Store(engine, Recordings(data_dir / "recordings"))


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError(parsed.get_backend_name())
        engine = create_engine(parsed)
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingError(
            "DATABASE_URL is neither sqlite:///FILE nor postgresql://USER:PASSWORD@HOST/NAME."
        ) from error
    except ImportError as error:
        raise SettingError(
            "DATABASE_URL is of PostgreSQL, whose driver is missing: "
            "pip install -r requirements-postgresql.txt."
        ) from error
    prepare(engine)
    return engine


def _first_line(error: Exception) -> str:
    """Without the statement and its values, which may be what somebody said."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
