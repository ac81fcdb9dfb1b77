"""Choose calls by what is known of them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, any_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from ..core.call_record import RECORDING, VOICEMAIL, Badge, CallState, SecondPass
from . import search
from .schema import IS_GAP, alerts, calls, contacts, redactions, tags, utterances

HALF_A_MILLISECOND = 0.0005

IN_A_NUMBER = set("0123456789 +()-./")
"""Characters with which people write telephone numbers"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """A choice of calls; a field that is None or empty does not matter."""

    number: str = ""
    """Number of the caller or the callee"""
    since: int | None = None
    """Earliest beginning, in milliseconds since 1970"""
    until: int | None = None
    """Time before which a call began, in milliseconds since 1970"""
    state: CallState | None = None
    who: str = ""
    """A part of a number, of a contact's name, or of the name of a file; capitals do not matter"""
    direction: str = ""
    badge: Badge | None = None
    topic: str = ""
    """A topic of the call's alerts"""
    tag: str = ""
    min_duration: int | None = None
    """Milliseconds of audio"""
    max_duration: int | None = None
    """Milliseconds of audio"""
    q: str = ""
    """A query as that of a search: only calls with a line that it finds"""


ALL = CallFilter()
"""The choice of all calls"""


def conditions(
    connection: Connection,
    wanted: CallFilter,
    is_stored: ColumnElement[bool],
    recorded_here: Callable[[], Iterable[str]],
) -> list[ColumnElement[bool]]:
    """Return what a call must fulfil.  Raises `BadQuery`.

    `is_stored` is the column for whether a call has audio in the store of audio.  `recorded_here` returns
    the ids of calls that have audio on this disk.
    """
    found = [*_of_time(wanted), *_of_people(connection, wanted)]
    if wanted.state is not None:
        found.append(_is_in(wanted.state))
    if wanted.direction:
        found.append(calls.c.direction == wanted.direction)
    if wanted.badge is Badge.RECORDED:
        here = _is_one_of(connection, recorded_here())
        found.append(calls.c.deleted_at.is_(None) & or_(is_stored, here))
    elif wanted.badge is not None:
        found.append(BADGES[wanted.badge])
    if wanted.topic:
        found.append(exists().where(alerts.c.call == calls.c.id, alerts.c.topic == wanted.topic))
    if wanted.tag:
        found.append(exists().where(tags.c.call == calls.c.id, tags.c.tag == wanted.tag))
    if wanted.q:
        found.append(search.matches_call(connection, wanted.q))
    return found


BADGES: dict[Badge, ColumnElement[bool]] = {
    Badge.VOICEMAIL: calls.c.handling == VOICEMAIL,
    Badge.FILE: calls.c.direction == RECORDING,
    Badge.ALERT: exists().where(alerts.c.call == calls.c.id),
    Badge.GAP: exists().where(utterances.c.call == calls.c.id, IS_GAP),
    Badge.SECOND_PASS: calls.c.second_pass == str(SecondPass.DONE),
    Badge.REDACTED: exists().where(redactions.c.call == calls.c.id),
    Badge.EDITED: calls.c.edited_at.is_not(None),
}
"""Conditions of all badges but that of a recording, whose audio may be on the disk"""


def _of_time(wanted: CallFilter) -> Iterable[ColumnElement[bool]]:
    """Yield conditions of when a call began, and of how long it was, rounded to milliseconds."""
    if wanted.since is not None:
        yield calls.c.started_at >= wanted.since
    if wanted.until is not None:
        yield calls.c.started_at < wanted.until
    if wanted.min_duration is not None:
        yield calls.c.seconds >= wanted.min_duration / 1000 - HALF_A_MILLISECOND
    if wanted.max_duration is not None:
        yield calls.c.seconds <= wanted.max_duration / 1000 + HALF_A_MILLISECOND


def _of_people(connection: Connection, wanted: CallFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.number:
        yield or_(calls.c.caller == wanted.number, calls.c.callee == wanted.number)
    if wanted.who:
        digits = "".join(filter(str.isdigit, wanted.who))
        is_number = digits and not set(wanted.who) - IN_A_NUMBER
        part = digits if is_number else wanted.who
        columns = (calls.c.caller, calls.c.callee)
        named = [] if is_number else _numbers_of(connection, wanted.who)
        yield or_(
            *(each.icontains(part, autoescape=True) for each in columns),
            *(_is_in_list(connection, each, named) for each in columns),
        )


def _numbers_of(connection: Connection, part: str) -> list[str]:
    """List the numbers of contacts whose names have a part; SQLite itself folds ASCII letters alone."""
    folded = part.casefold()
    rows = connection.execute(select(contacts.c.number, contacts.c.name))
    return [number for number, name in rows if folded in name.casefold()]


def _is_one_of(connection: Connection, call_ids: Iterable[str]) -> ColumnElement[bool]:
    return _is_in_list(connection, calls.c.call_id, call_ids)


def _is_in_list(
    connection: Connection, column: ColumnElement[str], values: Iterable[str]
) -> ColumnElement[bool]:
    """Match a column whose value is in a list that may be longer than a statement can have parameters."""
    if connection.dialect.name == "postgresql":
        return column == any_(cast(list(values), ARRAY(Text)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def _is_in(state: CallState) -> ColumnElement[bool]:
    match state:
        case CallState.LIVE:
            return calls.c.ended_at.is_(None) & calls.c.deleted_at.is_(None)
        case CallState.ENDED:
            return calls.c.ended_at.is_not(None) & calls.c.deleted_at.is_(None)
        case CallState.DELETED:
            return calls.c.deleted_at.is_not(None)
