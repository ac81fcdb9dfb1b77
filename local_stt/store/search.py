"""Finds words in all that was said: FTS5 in SQLite, text search in PostgreSQL, one query language."""

import re

from sqlalchemy import Connection, bindparam, text

from ..errors import BadQuery
from ..kept import Match

MOST_TERMS = 200


_SELECT = """
    SELECT c.call_id, c.started_at, c.caller, c.callee, u.track, u.start, u."end", u.text
    FROM {found} JOIN calls c ON c.id = u.call
    WHERE {condition} AND (u.edition = CASE c.second_pass WHEN 'done' THEN 2 ELSE 1 END
        OR (u.edition = 1 AND u.kind <> 'speech'))
    ORDER BY {place} DESC LIMIT :most
"""
"""Of the text that is shown, as `lines.shown` has it"""

_FOUND = {
    # A CROSS JOIN is done in the order it is written in, and the index gives what it finds newest first.
    "sqlite": (
        "utterances_text CROSS JOIN utterances u ON u.id = utterances_text.rowid",
        "utterances_text MATCH :query",
        "utterances_text.rowid",
    ),
    "postgresql": ("utterances u", "to_tsvector('simple', u.text) @@ {query}", "u.id"),
}


def terms_of(query: str) -> list[list[str]]:
    """The words and phrases of a query, each a list of words.  Raises `BadQuery` if there are none."""
    terms = [
        words
        for quoted, plain in re.findall(r'"([^"]*)"|([^\s"]+)', query)
        if (words := _words(quoted or plain))
    ]
    if not terms:
        raise BadQuery("There is no word in the query.")
    if sum(map(len, terms)) > MOST_TERMS:
        raise BadQuery(f"The query has more than {MOST_TERMS} words.")
    return terms


def find(connection: Connection, query: str, limit: int) -> list[Match]:
    """Utterances with every term, newest first."""
    terms = terms_of(query)
    dialect = connection.dialect.name
    found, condition, place = _FOUND[dialect]
    if dialect == "sqlite":
        values = {"query": " ".join(f'"{" ".join(term)}"' for term in terms)}
    else:
        asked = [f"phraseto_tsquery('simple', :term{number})" for number in range(len(terms))]
        condition = condition.format(query=f"({' && '.join(asked)})")
        values = {f"term{number}": " ".join(term) for number, term in enumerate(terms)}
    statement = text(_SELECT.format(found=found, condition=condition, place=place)).bindparams(
        bindparam("most", limit), *(bindparam(name, value) for name, value in values.items())
    )
    return [Match(**row, marks=marks(row["text"], terms)) for row in connection.execute(statement).mappings()]


def forget_deleted(connection: Connection) -> None:
    """Leave nothing of deleted utterances in the index, which only notes at first that they are gone."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO utterances_text(utterances_text) VALUES ('optimize')"))


def marks(said: str, terms: list[list[str]]) -> tuple[tuple[int, int], ...]:
    """Where in a text the terms are."""
    spoken = [(match.group().lower(), match.start(), match.end()) for match in re.finditer(r"\w+", said)]
    found = set()
    for term in terms:
        for at in range(len(spoken) - len(term) + 1):
            if [word for word, _, _ in spoken[at : at + len(term)]] == term:
                found.add((spoken[at][1], spoken[at + len(term) - 1][2]))
    return tuple(sorted(found))


def _words(written: str) -> list[str]:
    return re.findall(r"\w+", written.lower())
