"""Find words in what was said: with FTS5 in SQLite, text search in PostgreSQL, one query language."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, TextualSelect, bindparam, text

from ..core.call_record import Match
from ..core.formatting.tokens import text_of
from ..core.marks import marks_in_both
from ..core.terms import Phrase, phrases_of
from .damage import check_values
from .records import BEST_EDITION
from .schema import calls, utterances
from .utterances import tokens_of

MATCHES_SHOWN = 3
"""Matches of a call that its list shows"""

_COLUMNS = 'c.call_id, c.started_at, c.caller, c.callee, u.track, u.start, u."end", u.text, u.tokens'

_LINES = """
    FROM {found} JOIN calls c ON c.id = u.call
    WHERE {condition} AND (u.edition = {best} OR (u.edition = 1 AND u.kind <> 'speech'))
"""
"""The lines of the text that is shown, which `utterances.of_edition` selects too"""

_SELECT = """
    SELECT {columns} {lines} AND (:number = '' OR c.caller = :number OR c.callee = :number)
    ORDER BY c.started_at + 1000 * u.start DESC, u.id DESC LIMIT :most
"""

_SELECT_ON = """
    SELECT * FROM (
        SELECT {columns},
            ROW_NUMBER() OVER (PARTITION BY u.call ORDER BY u.start, u.id) AS place,
            COUNT(*) OVER (PARTITION BY u.call) AS number
        {lines} AND c.id IN :ids
    ) AS on_calls WHERE place <= :most ORDER BY call_id, place
"""
"""Query of the earliest lines of each of some calls"""

_SELECT_CALLS = "SELECT u.call {lines}"

_TEXT, _NUMBER = (str,), (float, int)
_TYPES = (_TEXT, _NUMBER, _TEXT, _TEXT, _TEXT, _NUMBER, _NUMBER, _TEXT, (list, type(None)))
"""Types of the selected columns"""

_FOUND = {
    "sqlite": (
        "utterances_text CROSS JOIN utterances u ON u.id = utterances_text.rowid",
        "utterances_text MATCH :query",
    ),
    "postgresql": ("utterances u", "u.terms @@ CAST(:query AS tsquery)"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds on one call."""

    matches: tuple[Match, ...] = ()
    """The earliest of them, `MATCHES_SHOWN` at most"""
    match_count: int = 0
    """Number of all"""


def find(connection: Connection, query: str, limit: int, number: str = "") -> list[Match]:
    """Find utterances with every phrase of the query, the latest first.

    `number` is that of the caller or the callee; empty for all calls.  Raises `BadQuery`, and `TypeError` for
    a damaged row.
    """
    phrases = phrases_of(query)
    values: dict[str, Any] = {"query": _written(connection, phrases), "number": number, "most": limit}
    rows = connection.execute(_statement(connection, _SELECT), values).all()
    return [_match(row, phrases) for row in rows]


def find_on(connection: Connection, query: str, numbers: Sequence[int]) -> dict[str, Found]:
    """Find utterances of some calls, given by their numbers in the store, as `find` does.

    Return what is found by the ids of calls.
    """
    phrases = phrases_of(query)
    statement = _statement(connection, _SELECT_ON, bindparam("ids", expanding=True))
    values = {"query": _written(connection, phrases), "ids": list(numbers), "most": MATCHES_SHOWN}
    rows = connection.execute(statement, values).all()
    return {
        call_id: Found(tuple(_match(row, phrases) for row in of_call), of_call[0].number)
        for call_id, of_call in ((name, list(each)) for name, each in groupby(rows, lambda row: row.call_id))
    }


def matches_call(connection: Connection, query: str) -> ColumnElement[bool]:
    """Match calls with an utterance that a query finds.  Raises `BadQuery`."""
    lines = text(_sql(connection, _SELECT_CALLS))
    written = _written(connection, phrases_of(query))
    return calls.c.id.in_(lines.bindparams(query=written).columns(utterances.c.call))


def _statement(connection: Connection, sql: str, *parameters: Any) -> TextualSelect:
    statement = text(_sql(connection, sql)).bindparams(*parameters)
    return statement.columns(tokens=utterances.c.tokens.type)


def _sql(connection: Connection, template: str) -> str:
    """Complete a query for the database."""
    found, condition = _FOUND[connection.dialect.name]
    lines = _LINES.format(found=found, condition=condition, best=BEST_EDITION)
    return template.format(columns=_COLUMNS, lines=lines)


def _written(connection: Connection, phrases: Sequence[Phrase]) -> str:
    """Write a query as the database has it."""
    return _QUERIES[connection.dialect.name](phrases)


def forget_deleted(connection: Connection) -> None:
    """Remove deleted utterances from the index, which at first only notes that they are gone."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO utterances_text(utterances_text) VALUES ('optimize')"))


def _match(row: Row[Any], phrases: Sequence[Phrase]) -> Match:
    check_values(row[: len(_TYPES)], _TYPES)
    found = dict(zip(row._fields, row[: len(_TYPES)], strict=False))
    tokens = tokens_of(found.pop("tokens"))
    spoken, written = marks_in_both(row.text, tokens, phrases)
    return Match(**found, marks=spoken, formatted=text_of(tokens) or row.text, formatted_marks=written)


def _fts5(phrases: Sequence[Phrase]) -> str:
    return " ".join(f'"{" ".join(phrase.terms)}"{" *" if phrase.is_open else ""}' for phrase in phrases)


def _tsquery(phrases: Sequence[Phrase]) -> str:
    asked = (
        " <-> ".join(f"'{term}'" for term in phrase.terms) + (":*" if phrase.is_open else "")
        for phrase in phrases
    )
    return " & ".join(f"({each})" for each in asked)


_QUERIES = {"sqlite": _fts5, "postgresql": _tsquery}
