"""The tables, and the steps from each version of them to the next.

A step is never changed once it was released: files made by it are out there.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Dialect,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeEngine

from ..core.terms import terms
from ..errors import StoreError
from .damage import RESCUE
from .transactions import reading

metadata = MetaData()

Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself there


class Terms(TypeDecorator[list[str]]):
    """The terms of a text, in order, as the database's own search takes them: with nothing left to cut.

    SQLite has them between spaces, PostgreSQL as a `tsvector` with their places.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the column."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        """Write terms, in which there is no space and no quote."""
        found = value or []
        if dialect.name == "postgresql":
            return " ".join(f"'{term}':{place}" for place, term in enumerate(found[:MAX_PLACES], 1))
        return " ".join(found)


MAX_PLACES = 16_383
"""PostgreSQL knows no place in a text behind this one"""

calls = Table(
    "calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call_id", Text, nullable=False, unique=True),
    Column("server", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("callee", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False, index=True),
    Column("ended_at", BigInteger),
    Column("seconds", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("tracks", JSON, nullable=False),
    Column("statistics", JSON, nullable=False),
    Column("deleted_at", BigInteger),
    Column("second_pass", Text, nullable=False, server_default=""),
    Column("second_model", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,  # an id is never given twice: pages go by it too
)

utterances = Table(
    "utterances",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("track", Text, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("kind", Text, nullable=False, server_default="speech"),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("terms", Terms, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

words = Table(
    "words",
    metadata,
    Column("utterance", Id, ForeignKey("utterances.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    Column("confidence", Float, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("call_id", Text, ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)

announced = Table(
    "announced_recordings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sid", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("server", Text, nullable=False),
    Column("told_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

looks = Table(
    "looks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

Index("calls_by_caller", calls.c.caller)
Index("calls_by_callee", calls.c.callee)
Index("calls_by_second_pass", calls.c.second_pass)
Index("deliveries_in_order", deliveries.c.call_id, deliveries.c.id)

version = Table("schema_version", metadata, Column("number", Integer, nullable=False))

FULL_TEXT_OF_VERSION_1 = {
    "sqlite": (
        "CREATE VIRTUAL TABLE utterances_text USING fts5("
        "text, content='utterances', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER utterance_added AFTER INSERT ON utterances BEGIN "
        "INSERT INTO utterances_text(rowid, text) VALUES (new.id, new.text); END",
        "CREATE TRIGGER utterance_deleted AFTER DELETE ON utterances BEGIN "
        "INSERT INTO utterances_text(utterances_text, rowid, text) VALUES ('delete', old.id, old.text); END",
    ),
    "postgresql": ("CREATE INDEX utterances_by_word ON utterances USING gin (to_tsvector('simple', text))",),
}

# Neither cuts, folds or stems words: `terms` has done what is to be done.  To SQLite's tokenizer every letter
# that is not ASCII is one of a word.
FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE utterances_text USING fts5("
        "terms, content='utterances', content_rowid='id', tokenize=\"ascii tokenchars '_'\")",
        "INSERT INTO utterances_text(utterances_text) VALUES ('rebuild')",
        "CREATE TRIGGER utterance_added AFTER INSERT ON utterances BEGIN "
        "INSERT INTO utterances_text(rowid, terms) VALUES (new.id, new.terms); END",
        "CREATE TRIGGER utterance_deleted AFTER DELETE ON utterances BEGIN "
        "INSERT INTO utterances_text(utterances_text, rowid, terms) "
        "VALUES ('delete', old.id, old.terms); END",
    ),
    "postgresql": ("CREATE INDEX utterances_by_word ON utterances USING gin (terms)",),
}

NO_FULL_TEXT = {
    "sqlite": (
        "DROP TRIGGER utterance_added",
        "DROP TRIGGER utterance_deleted",
        "DROP TABLE utterances_text",
    ),
    "postgresql": ("DROP INDEX utterances_by_word",),
}

LINES_AT_ONCE = 1000
"""That are indexed anew"""

Report = Callable[[float, float], None]
"""Told how much of a long step is done, of how much"""


def _create(connection: Connection, _: Report) -> None:
    metadata.create_all(connection, tables=[calls, utterances, words])
    _execute(connection, FULL_TEXT_OF_VERSION_1)


def _add_deliveries(connection: Connection, _: Report) -> None:
    metadata.create_all(connection, tables=[deliveries])


def _add_kinds(connection: Connection, _: Report) -> None:
    """Lines of a transcript that nobody said."""
    _add_column(connection, "utterances", "kind", "TEXT NOT NULL DEFAULT 'speech'")


def _add_editions(connection: Connection, _: Report) -> None:
    """What a second, better model hears of a recorded call, beside what was heard live."""
    _add_column(connection, "utterances", "edition", "INTEGER NOT NULL DEFAULT 1")
    _add_column(connection, "calls", "second_pass", "TEXT NOT NULL DEFAULT ''")
    _add_column(connection, "calls", "second_model", "TEXT NOT NULL DEFAULT ''")
    connection.execute(text("CREATE INDEX IF NOT EXISTS calls_by_second_pass ON calls (second_pass)"))


def _add_announced(connection: Connection, _: Report) -> None:
    """Recordings that Twilio told of and that are not transcribed yet."""
    metadata.create_all(connection, tables=[announced])


def _add_terms(connection: Connection, _: Report) -> None:
    """What `_index_terms` writes them to."""
    kind = "TSVECTOR" if connection.dialect.name == "postgresql" else "TEXT"
    _add_column(connection, "utterances", "terms", f"{kind} NOT NULL DEFAULT ''")


def _index_terms(connection: Connection, report: Report) -> None:
    """Index what was said by its terms, as all searches have them."""
    _execute(connection, NO_FULL_TEXT)
    _find_terms(connection, report)
    _execute(connection, FULL_TEXT)


def _find_terms(connection: Connection, report: Report) -> None:
    last = connection.execute(select(func.max(utterances.c.id))).scalar() or 0
    lines = select(utterances.c.id, utterances.c.text).order_by(utterances.c.id).limit(LINES_AT_ONCE)
    into = update(utterances).where(utterances.c.id == bindparam("line")).values(terms=bindparam("found"))
    done = 0
    while rows := connection.execute(lines.where(utterances.c.id > done)).all():
        connection.execute(
            into, [{"line": row.id, "found": [term.text for term in terms(row.text)]} for row in rows]
        )
        done = rows[-1].id
        report(done, last)


def _keep_no_statistics(connection: Connection, _: Report) -> None:
    """Have PostgreSQL gather no samples of what was said, and forget those it has, as a new type makes it."""
    if connection.dialect.name != "postgresql":
        return
    for table, columns in SAID.items():
        for column, kind in columns.items():
            connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}"))
            connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0"))


SAID = {
    "calls": {"caller": "TEXT", "callee": "TEXT"},
    "utterances": {"text": "TEXT", "terms": "TSVECTOR"},
    "words": {"text": "TEXT"},
    "deliveries": {"body": "TEXT"},
}
"""Columns that hold what was said or who called"""


def _add_looks(connection: Connection, _: Report) -> None:
    """When calls were looked through for old ones."""
    metadata.create_all(connection, tables=[looks])


def _execute(connection: Connection, statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[connection.dialect.name]:
        connection.execute(text(statement))


def _add_column(connection: Connection, table: str, name: str, definition: str) -> None:
    """A store made from scratch has it already."""
    if name not in {column["name"] for column in inspect(connection).get_columns(table)}:
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} {definition}"))


STEPS: tuple[Callable[[Connection, Report], None], ...] = (
    _create,
    _add_deliveries,
    _add_kinds,
    _add_editions,
    _add_announced,
    _add_terms,
    _keep_no_statistics,
    _index_terms,
    _add_looks,
)
"""Step n brings a store from version n to n + 1"""


def is_todays(connection: Connection) -> bool:
    """Whether nothing is to be made or brought forward.

    Raises `StoreError` for a store of a later version, and for one that lacks what this version has.
    """
    if not inspect(connection).has_table(version.name):
        return False
    number = connection.execute(select(version.c.number)).scalar()
    _check_version(number)
    if number != len(STEPS):
        return False
    for table in metadata.tables.values():
        _check_columns(connection, table)
    return True


def make_todays(engine: Engine, report: Report = lambda *_: None) -> None:
    """Bring a store forward if need be.  One that is as it should be is only looked at, without a lock."""
    with reading(engine).connect() as connection:
        if is_todays(connection):
            return
    with engine.begin() as connection:
        bring_forward(connection, report)


def bring_forward(connection: Connection, report: Report = lambda *_: None) -> None:
    """Make the tables, or make those of an older version like today's, and report how far that is.

    Raises `StoreError` for a store of a later version, and for a database of another program.
    """
    if connection.dialect.name == "postgresql":  # two programs may start at once
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('local_stt'))"))
    if not inspect(connection).has_table(version.name):
        _check_that_nothing_is_there(connection)
        version.create(connection)
        connection.execute(insert(version).values(number=0))
    number = connection.execute(select(version.c.number).with_for_update()).scalar()
    _check_version(number)
    for step in STEPS[number:]:
        step(connection, report)
    connection.execute(update(version).values(number=len(STEPS)))


def _check_version(number: object) -> None:
    if not isinstance(number, int) or number < 0:
        raise StoreError(f"The store does not say of which version it is. {RESCUE}")
    if number > len(STEPS):
        raise StoreError(
            f"The store is of version {number}, and this program knows up to {len(STEPS)}: "
            "use the later local_stt that made it, or another DATABASE_URL."
        )


def _check_that_nothing_is_there(connection: Connection) -> None:
    """Tables of these names are another program's, or those of a store that has lost its version."""
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
            f"column {missing[0]}. {RESCUE}"
        )


def _name(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
