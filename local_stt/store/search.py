"""Find words in what was said: with FTS5 in SQLite, text search in PostgreSQL, one query language."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from ..core.call_record import Match
from ..core.formatting.tokens import text_of
from ..core.marks import marks_in_both
from ..core.terms import Phrase, phrases_of
from .damage import check_values
from .schema import utterances
from .utterances import tokens_of

_SELECT = """
    SELECT c.call_id, c.started_at, c.caller, c.callee, u.track, u.start, u."end", u.text, u.tokens
    FROM {found} JOIN calls c ON c.id = u.call
    WHERE {condition} AND (:number = '' OR c.caller = :number OR c.callee = :number)
        AND (u.edition = CASE c.second_pass WHEN 'done' THEN 2 ELSE 1 END
        OR (u.edition = 1 AND u.kind <> 'speech'))
    ORDER BY c.started_at + 1000 * u.start DESC, u.id DESC LIMIT :most
"""
"""Query of the text that is shown, which `utterances.of_edition` selects too"""

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


def find(connection: Connection, query: str, limit: int, number: str = "") -> list[Match]:
    """Find utterances with every phrase of the query, the latest first.

    `number` is that of the caller or the callee; empty for all calls.  Raises `BadQuery`, and `TypeError` for
    a damaged row.
    """
    phrases = phrases_of(query)
    dialect = connection.dialect.name
    found, condition = _FOUND[dialect]
    statement = text(_SELECT.format(found=found, condition=condition)).columns(
        tokens=utterances.c.tokens.type
    )
    values: dict[str, Any] = {"query": _QUERIES[dialect](phrases), "number": number, "most": limit}
    rows = connection.execute(statement, values).all()
    for row in rows:
        check_values(row, _TYPES)
    return [_match(row, phrases) for row in rows]


def forget_deleted(connection: Connection) -> None:
    """Remove deleted utterances from the index, which at first only notes that they are gone."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO utterances_text(utterances_text) VALUES ('optimize')"))


def _match(row: Row[Any], phrases: Sequence[Phrase]) -> Match:
    found = dict(row._mapping)
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
