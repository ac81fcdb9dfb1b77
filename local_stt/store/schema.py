"""The tables, and the steps from each version of them to the next.

A step is never changed once it was released: files made by it are out there.
"""

from collections.abc import Callable

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
    update,
)

from ..errors import StoreError

metadata = MetaData()

Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself there

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
    sqlite_autoincrement=True,  # an id is never given twice: pages go by it
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

Index("calls_by_caller", calls.c.caller)
Index("calls_by_callee", calls.c.callee)
Index("calls_by_second_pass", calls.c.second_pass)
Index("deliveries_in_order", deliveries.c.call_id, deliveries.c.id)

version = Table("schema_version", metadata, Column("number", Integer, nullable=False))

# Neither stems words: a transcript is searched for what was said.
FULL_TEXT = {
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


def _create(connection: Connection) -> None:
    metadata.create_all(connection, tables=[calls, utterances, words])
    for statement in FULL_TEXT[connection.dialect.name]:
        connection.execute(text(statement))


def _add_deliveries(connection: Connection) -> None:
    metadata.create_all(connection, tables=[deliveries])


def _add_kinds(connection: Connection) -> None:
    """Lines of a transcript that nobody said."""
    _add_column(connection, "utterances", "kind", "TEXT NOT NULL DEFAULT 'speech'")


def _add_editions(connection: Connection) -> None:
    """What a second, better model hears of a recorded call, beside what was heard live."""
    _add_column(connection, "utterances", "edition", "INTEGER NOT NULL DEFAULT 1")
    _add_column(connection, "calls", "second_pass", "TEXT NOT NULL DEFAULT ''")
    _add_column(connection, "calls", "second_model", "TEXT NOT NULL DEFAULT ''")
    connection.execute(text("CREATE INDEX IF NOT EXISTS calls_by_second_pass ON calls (second_pass)"))


def _add_announced(connection: Connection) -> None:
    """Recordings that Twilio told of and that are not transcribed yet."""
    metadata.create_all(connection, tables=[announced])


def _add_column(connection: Connection, table: str, name: str, definition: str) -> None:
    """A store made from scratch has it already."""
    if name not in {column["name"] for column in inspect(connection).get_columns(table)}:
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} {definition}"))


STEPS: tuple[Callable[[Connection], None], ...] = (
    _create,
    _add_deliveries,
    _add_kinds,
    _add_editions,
    _add_announced,
)
"""Step n brings a store from version n to n + 1"""


def bring_forward(connection: Connection) -> None:
    """Make the tables, or make those of an older version like today's.

    Raises `StoreError` for a store of a later version, and for a database of another program.
    """
    if connection.dialect.name == "postgresql":  # two programs may start at once
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('local_stt'))"))
    if not inspect(connection).has_table(version.name):
        _refuse_tables_of_others(connection)
        version.create(connection)
        connection.execute(insert(version).values(number=0))
    number = connection.execute(select(version.c.number).with_for_update()).scalar_one()
    if number > len(STEPS):
        raise StoreError(
            f"The store is of version {number}, and this program knows up to {len(STEPS)}: "
            "use the later local_stt that made it, or another DATABASE_URL."
        )
    for step in STEPS[number:]:
        step(connection)
    connection.execute(update(version).values(number=len(STEPS)))


def _refuse_tables_of_others(connection: Connection) -> None:
    """Raise `StoreError` for tables with our names that came without our version."""
    there = set(inspect(connection).get_table_names())
    if taken := sorted(there & set(metadata.tables)):
        raise StoreError(
            f"The database has a table `{taken[0]}` of another program: set DATABASE_URL to another database."
        )
