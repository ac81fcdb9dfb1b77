"""Bring a store to today's version."""

from sqlalchemy import Connection, Engine, Table, insert, inspect, select, text, update

from ..errors import StoreError
from .damage import RESCUE
from .migrations import STEPS, Report
from .schema import metadata, version
from .transactions import may_idle, reading


def is_current(connection: Connection) -> bool:
    """Check whether a store is of today's version.

    Raises `StoreError` for a store of a later version, and for one that lacks what this version has.
    """
    if not inspect(connection).has_table(version.name):
        return False
    number = connection.execute(select(version.c.number)).scalar()
    _check_version(connection, number)
    if number != len(STEPS):
        return False
    for table in metadata.tables.values():
        _check_columns(connection, table)
    return True


def migrate_if_needed(engine: Engine, report: Report = lambda *_: None) -> None:
    """Migrate a store unless it is current; to check that takes no lock."""
    with reading(engine).connect() as connection:
        if is_current(connection):
            return
    with engine.begin() as connection:
        migrate(connection, report)


def migrate(connection: Connection, report: Report = lambda *_: None) -> None:
    """Make the tables, or migrate those of an older version, and report the progress.

    Raises `StoreError` for a store of a later version, and for a database of another program.
    """
    may_idle(connection)
    if connection.dialect.name == "postgresql":  # two programs may start at once
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('local_stt'))"))
    if not inspect(connection).has_table(version.name):
        check_that_nothing_is_there(connection)
        version.create(connection)
        connection.execute(insert(version).values(number=0))
    number = connection.execute(select(version.c.number).with_for_update()).scalar()
    _check_version(connection, number)
    for step in STEPS[number:]:
        step(connection, report)
    connection.execute(update(version).values(number=len(STEPS)))


def _check_version(connection: Connection, number: object) -> None:
    if not isinstance(number, int) or number < 0:
        raise StoreError(f"The store does not say what its version is. {_remedy(connection)}")
    if number > len(STEPS):
        raise StoreError(
            f"The store is of version {number}, and this program knows up to {len(STEPS)}: "
            "use the later local_stt that made it, or another DATABASE_URL."
        )


def check_that_nothing_is_there(connection: Connection) -> None:
    """Check that no table has a name of local_stt's.

    It would be another program's, or one of a store that has lost its version.  Raises `StoreError`.
    """
    found = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if found:
        raise StoreError(
            f"The database {_name(connection)} has a table {found[0]} that is not local_stt's: "
            "set DATABASE_URL or LOCAL_STT_DATA_DIR to another."
        )


def _check_columns(connection: Connection, table: Table) -> None:
    inspector = inspect(connection)
    is_there = inspector.has_table(table.name)
    there = {column["name"] for column in inspector.get_columns(table.name)} if is_there else set()
    if missing := [column.name for column in table.columns if column.name not in there]:
        raise StoreError(
            f"The store {_name(connection)} is damaged, or another program's: its table {table.name} has no "
            f"column {missing[0]}. {_remedy(connection)}"
        )


def _remedy(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return RESCUE
    return "Restore a backup of the database, or set DATABASE_URL to another."


def _name(connection: Connection) -> str:
    """Return where the store is, without a password; the query of a URL may have one too."""
    return connection.engine.url.set(query={}).render_as_string(hide_password=True)
