"""List calls in pages, with what a search finds on them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from ..core.call_record import CallRecord, ListedCall
from . import search
from .call_filter import CallFilter, conditions
from .schema import calls

MAX_CALLS = 1000
"""Most calls of a page"""

NOTHING = search.Found()

Cursor = tuple[int, int]
"""A call's place in the order of beginnings: milliseconds since 1970, and the call's number in the store"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some calls, the latest first by when they began."""

    calls: list[ListedCall]
    older: Cursor | None
    """Place where the next page begins; None when this is the last"""
    total: int | None = None
    """Number of all calls that the filter chooses; None on later pages than the first"""


def read_page(
    connection: Connection,
    columns: Select[Any],
    is_stored: ColumnElement[bool],
    recorded_here: Callable[[], Iterable[str]],
    wanted: CallFilter,
    before: Cursor | None,
    limit: int,
    records: Callable[[Connection, Sequence[Row[Any]]], list[CallRecord]],
) -> Page:
    """Read a page of calls after the place that an earlier page names.  Raises `BadQuery`.

    `columns` selects the columns that `records` needs to make records of rows.  The other arguments are those
    of `conditions`.
    """
    limit = max(1, min(limit, MAX_CALLS))
    chosen = conditions(connection, wanted, is_stored, recorded_here)
    newest_first = (calls.c.started_at.desc(), calls.c.id.desc())
    query = columns.where(*chosen).order_by(*newest_first).limit(limit + 1)
    total = None
    if before is None:
        total = connection.execute(select(func.count()).select_from(calls).where(*chosen)).scalar_one()
    else:
        query = query.where(tuple_(calls.c.started_at, calls.c.id) < before)
    rows = connection.execute(query).all()
    shown = rows[:limit]
    older = (shown[-1].started_at, shown[-1].id) if len(rows) > limit else None
    found = search.find_on(connection, wanted.q, [row.id for row in shown]) if wanted.q else {}
    listed = [
        ListedCall(**_values(call), **_values(found.get(call.call_id, NOTHING)))
        for call in records(connection, shown)
    ]
    return Page(listed, older, total)


def _values(of: CallRecord | search.Found) -> dict[str, Any]:
    return {each.name: getattr(of, each.name) for each in fields(of)}
