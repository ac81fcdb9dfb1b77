"""Define the tables as they are today."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeEngine

metadata = MetaData()

Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is numbered automatically there


class Terms(TypeDecorator[list[str]]):
    """The terms of a text, in order, already cut for the database's own search.

    They are separated by spaces in SQLite, and a `tsvector` with their positions in PostgreSQL.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the column in a database."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        """Write terms for a database; they contain no space and no quote."""
        found = value or []
        if dialect.name == "postgresql":
            return " ".join(f"'{term}':{place}" for place, term in enumerate(found[:MAX_PLACES], 1))
        return " ".join(found)


MAX_PLACES = 16_383
"""Highest position in a text that PostgreSQL has"""

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
    Column("handling", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("speakers", JSON, nullable=False, server_default="[]"),
    Column("edited_at", BigInteger),
    Column("edited_model", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,  # an id is never given twice: pages are in its order too
)

utterances = Table(
    "utterances",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("track", Text, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("kind", Text, nullable=False, server_default="speech"),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("terms", Terms, nullable=False, server_default=""),
    Column("tokens", JSON(none_as_null=True)),
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

redactions = Table(
    "redactions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("edition", Integer, nullable=False),
    Column("track", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    sqlite_autoincrement=True,
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("utterance", Id, ForeignKey("utterances.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("before", JSON, nullable=False),
    sqlite_autoincrement=True,
)

tags = Table(
    "tags",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("tag", Text, nullable=False),
    UniqueConstraint("call", "tag"),
    sqlite_autoincrement=True,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call", Id, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("topic", Text, nullable=False),
    Column("phrase", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    sqlite_autoincrement=True,
)

contacts = Table(
    "contacts",
    metadata,
    Column("number", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("call_id", Text),
    Column("payload", JSON, nullable=False),
    Column("owner", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("kind", "key"),
    sqlite_autoincrement=True,
)

looks = Table(
    "looks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

wirings = Table(
    "wirings",
    metadata,
    Column("sid", Text, primary_key=True),
    Column("previous", JSON, nullable=False),
)

stored_recordings = Table(
    "stored_recordings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("store", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    UniqueConstraint("store", "key"),
    sqlite_autoincrement=True,
)

IS_GAP = utterances.c.kind == "gap"

Index("calls_by_caller", calls.c.caller)
Index("calls_by_callee", calls.c.callee)
Index("utterances_in_order", utterances.c.call, utterances.c.start)
Index("gaps_by_call", utterances.c.call, sqlite_where=IS_GAP, postgresql_where=IS_GAP)
Index("jobs_in_order", jobs.c.call_id, jobs.c.id)

version = Table("schema_version", metadata, Column("number", Integer, nullable=False))
