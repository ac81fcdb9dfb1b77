"""Make records of the rows of calls, with what other tables have of these calls."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select, text

from ..core.call_record import CallRecord, CallState, Edition, SecondPass
from ..core.first_words import first_words
from .damage import check_types
from .schema import alerts, calls, tags
from .utterances import tokens_of

BEST_EDITION = "CASE WHEN c.edited_at IS NOT NULL THEN 3 WHEN c.second_pass = 'done' THEN 2 ELSE 1 END"
"""The number of the edition that is shown, which `editions_of` lists last, in SQL that calls the calls `c`"""

FIRST_LINES = 8
"""Lines that a call's opening is made of: more than enough, unless they are short"""

AS_LIST = {
    "sqlite": "json_group_array(json_array(track, text, tokens))",
    "postgresql": "CAST(json_agg(json_build_array(track, text, tokens)) AS TEXT)",
}

DETAILS = """
    SELECT c.id,
        (SELECT name FROM contacts WHERE number = c.caller) AS caller_name,
        (SELECT name FROM contacts WHERE number = c.callee) AS callee_name,
        EXISTS (SELECT 1 FROM utterances u WHERE u.call = c.id AND u.kind = 'gap') AS has_gap,
        EXISTS (SELECT 1 FROM redactions r WHERE r.call = c.id) AS is_redacted,
        (SELECT {as_list} FROM (
            SELECT u.track, u.text, CAST(u.tokens AS TEXT) AS tokens FROM utterances u
            WHERE u.call = c.id AND u.kind = 'speech' AND u.text <> '' AND u.edition = {best}
            ORDER BY u.start, u.id LIMIT :lines
        ) AS spoken) AS opening
    FROM calls c WHERE c.id IN :ids AND c.deleted_at IS NULL
"""


def records(
    connection: Connection, rows: Sequence[Row[Any]], is_here: Callable[[str], bool]
) -> list[CallRecord]:
    """Make records of rows, which have the columns of calls and `is_stored`.

    `is_here` says whether there is audio of a call on this disk.
    """
    numbers = [row.id for row in rows]
    details = _details(connection, numbers)
    topics = _by_call(connection, alerts, "topic", numbers)
    tags_of = _by_call(connection, tags, "tag", numbers)
    return [_record(row, details.get(row.id, {}), topics[row.id], tags_of[row.id], is_here) for row in rows]


def _details(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    query = text(DETAILS.format(as_list=AS_LIST[connection.dialect.name], best=BEST_EDITION))
    rows = connection.execute(
        query.bindparams(bindparam("ids", expanding=True)), {"ids": list(numbers), "lines": FIRST_LINES}
    )
    return {
        row.id: {
            "caller_name": row.caller_name or "",
            "callee_name": row.callee_name or "",
            "has_gap": bool(row.has_gap),
            "is_redacted": bool(row.is_redacted),
            "opening": first_words(_lines(row.opening)),
        }
        for row in rows
    }


def _lines(stored: str | None) -> Iterator[tuple[str, str, Any]]:
    for track, said, tokens in json.loads(stored or "[]"):
        yield track, said, tokens_of(json.loads(tokens or "null"))


def _by_call(
    connection: Connection, table: Table, name: str, numbers: Iterable[int]
) -> defaultdict[int, tuple[str, ...]]:
    """Return the distinct values of a column by call, sorted."""
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    column = table.c[name]
    query = select(table.c.call, column).distinct().where(table.c.call.in_(numbers))
    for call, value in sorted(map(tuple, connection.execute(query))):
        found[call] += (value,)
    return found


def _record(
    row: Row[Any],
    details: dict[str, Any],
    topics: tuple[str, ...],
    tagged: tuple[str, ...],
    is_here: Callable[[str], bool],
) -> CallRecord:
    check_types(row[: len(calls.columns)], calls)
    if row.deleted_at is not None:
        state = CallState.DELETED
    else:
        state = CallState.LIVE if row.ended_at is None else CallState.ENDED
    return CallRecord(
        call_id=row.call_id,
        state=state,
        direction=row.direction,
        caller=row.caller,
        callee=row.callee,
        started_at=row.started_at,
        ended_at=row.ended_at,
        seconds=row.seconds,
        reason=row.reason,
        model=row.model,
        tracks=tuple(row.tracks),
        statistics=row.statistics,
        deleted_at=row.deleted_at,
        recorded=state is not CallState.DELETED and (row.is_stored or is_here(row.call_id)),
        second_pass=SecondPass(row.second_pass),
        second_model=row.second_model,
        edition=editions_of(row)[-1],
        handling=row.handling,
        topics=topics,
        note=row.note,
        tags=tagged,
        speakers=dict(row.speakers),
        edited_at=row.edited_at,
        edited_model=row.edited_model,
        **details,
    )


def editions_of(row: Any) -> list[Edition]:
    """List the texts that there are of a call, the best one last."""
    has = {
        Edition.LIVE: True,
        Edition.SECOND: row.second_pass == SecondPass.DONE,
        Edition.EDITED: row.edited_at is not None,
    }
    return [edition for edition, is_there in has.items() if is_there]
