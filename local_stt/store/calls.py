"""Reads and writes calls."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from ..errors import NoSuchCall
from ..events import CallEnded, CallStarted, FinalText, Word
from ..kept import INTERRUPTED, CallState, KeptCall, Match, Utterance, mean_confidence
from . import search
from .schema import calls, utterances, words

MOST_A_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted; what is None or empty does not matter."""

    number: str = ""
    """Of the caller or the callee"""
    since: int | None = None
    """Began then or later, in milliseconds since 1970"""
    until: int | None = None
    """Began before then"""
    state: CallState | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some calls, newest first."""

    calls: list[KeptCall]
    older: int | None
    """Where the next page begins; None when this is the last"""


class Store:
    """Every call that was kept.  Safe to share between threads.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # What happens

    def begin(self, started: CallStarted, *, at: int, server: str, model: str) -> None:
        """A call has begun, or goes on after its stream had broken."""
        with self._engine.begin() as connection:
            known = connection.execute(select(calls.c.id).where(calls.c.call_id == started.call_id)).first()
            if known:
                again = {"ended_at": None, "reason": "", "server": server}
                connection.execute(update(calls).where(calls.c.id == known.id).values(again))
                return
            connection.execute(
                insert(calls).values(
                    call_id=started.call_id,
                    server=server,
                    direction="inbound",
                    caller=started.caller,
                    callee=started.callee,
                    started_at=at,
                    seconds=0.0,
                    reason="",
                    model=model,
                    tracks=list(started.tracks),
                    statistics=[],
                )
            )

    def add(self, final: FinalText) -> None:
        """An utterance is final.  Of a call that was deleted meanwhile nothing is kept."""
        with self._engine.begin() as connection:
            call = connection.execute(
                select(calls.c.id).where(calls.c.call_id == final.call_id, calls.c.deleted_at.is_(None))
            ).scalar()
            if call is not None:
                _insert(connection, call, final)

    def end(self, ended: CallEnded, *, at: int) -> None:
        """A call is over."""
        values = {
            "ended_at": at,
            "seconds": ended.seconds,
            "reason": str(ended.reason),
            "statistics": [asdict(track) for track in ended.tracks],
        }
        with self._engine.begin() as connection:
            connection.execute(
                update(calls)
                .where(calls.c.call_id == ended.call_id, calls.c.deleted_at.is_(None))
                .values(values)
            )

    def keep(self, call: KeptCall, said: Iterable[Utterance]) -> bool:
        """A whole call that is over, at once; whether it is new.  One that was deleted comes back."""
        values = {
            "call_id": call.call_id,
            "server": "",
            "direction": call.direction,
            "caller": call.caller,
            "callee": call.callee,
            "started_at": call.started_at,
            "ended_at": call.ended_at,
            "seconds": call.seconds,
            "reason": call.reason,
            "model": call.model,
            "tracks": list(call.tracks),
            "statistics": call.statistics,
            "deleted_at": None,
        }
        with self._engine.begin() as connection:
            wanted = select(calls.c.id, calls.c.deleted_at).where(calls.c.call_id == call.call_id)
            known = connection.execute(wanted).first()
            if known and known.deleted_at is None:
                return False
            if known:
                connection.execute(update(calls).where(calls.c.id == known.id).values(values))
                number = known.id
            else:
                number = connection.execute(insert(calls).values(values).returning(calls.c.id)).scalar_one()
            for utterance in said:
                _insert(connection, number, utterance)
        return True

    def close_interrupted(self, servers: Iterable[str]) -> int:
        """End the calls of programs that are gone, at their last word; how many there were."""
        with self._engine.begin() as connection:
            orphans = connection.execute(
                select(calls.c.id, calls.c.started_at).where(
                    calls.c.server.in_(list(servers)), calls.c.ended_at.is_(None)
                )
            ).all()
            for orphan in orphans:
                last = select(func.max(utterances.c.end)).where(utterances.c.call == orphan.id)
                seconds = connection.execute(last).scalar() or 0.0
                ended_at = orphan.started_at + round(seconds * 1000)
                values = {"ended_at": ended_at, "seconds": seconds, "reason": INTERRUPTED}
                connection.execute(update(calls).where(calls.c.id == orphan.id).values(values))
        return len(orphans)

    def delete(self, call_id: str, *, at: int) -> KeptCall:
        """Leave nothing of a call but that it was; returns what is left.  Raises `NoSuchCall`."""
        with self._engine.begin() as connection:
            row = _row(connection, call_id)
            connection.execute(
                delete(words).where(
                    words.c.utterance.in_(select(utterances.c.id).where(utterances.c.call == row.id))
                )
            )
            connection.execute(delete(utterances).where(utterances.c.call == row.id))
            search.forget_deleted(connection)
            left: dict[str, Any] = {
                "caller": "",
                "callee": "",
                "statistics": [],
                "ended_at": row.ended_at or at,
                "deleted_at": row.deleted_at or at,
            }
            connection.execute(update(calls).where(calls.c.id == row.id).values(left))
        return self.call(call_id)

    def began_before(self, moment: int) -> list[str]:
        """The ids of calls older than that, of which there is more than a stub, and which are over."""
        old = select(calls.c.call_id).where(
            calls.c.started_at < moment, calls.c.deleted_at.is_(None), calls.c.ended_at.is_not(None)
        )
        with self._reading.connect() as connection:
            return list(connection.execute(old).scalars())

    # What there is

    def page(self, wanted: CallFilter = CallFilter(), *, before: int | None = None, limit: int = 50) -> Page:
        """Calls, newest first, from a place on that an earlier page told.  Pages do not shift while
        calls come and go."""
        limit = max(1, min(limit, MOST_A_PAGE))
        query = select(calls).where(*_conditions(wanted)).order_by(calls.c.id.desc()).limit(limit + 1)
        if before is not None:
            query = query.where(calls.c.id < before)
        with self._reading.connect() as connection:
            rows = connection.execute(query).all()
        older = rows[limit - 1].id if len(rows) > limit else None
        return Page([_call(row) for row in rows[:limit]], older)

    def call(self, call_id: str) -> KeptCall:
        """One call.  Raises `NoSuchCall`."""
        with self._reading.connect() as connection:
            return _call(_row(connection, call_id))

    def utterances(self, call_id: str) -> list[Utterance]:
        """What was said, by when it began, with its words.  Raises `NoSuchCall`."""
        return self.whole(call_id)[1]

    def whole(self, call_id: str) -> tuple[KeptCall, list[Utterance]]:
        """A call and what was said on it.  Raises `NoSuchCall`."""
        with self._reading.connect() as connection:
            row = _row(connection, call_id)
            of_call = utterances.c.call == row.id
            said = select(utterances).where(of_call).order_by(utterances.c.start, utterances.c.id)
            spoken = (
                select(words).join(utterances).where(of_call).order_by(words.c.utterance, words.c.position)
            )
            by_utterance: dict[int, list[Word]] = defaultdict(list)
            for word in connection.execute(spoken):
                by_utterance[word.utterance].append(Word(word.text, word.start, word.end, word.confidence))
            return _call(row), [_utterance(each, by_utterance[each.id]) for each in connection.execute(said)]

    def search(self, query: str, *, limit: int = 50) -> list[Match]:
        """Utterances with all words of the query, and each "phrase in quotes", newest first."""
        with self._reading.connect() as connection:
            return search.find(connection, query, max(1, min(limit, MOST_A_PAGE)))


def now() -> int:
    """Milliseconds since 1970."""
    return round(time.time() * 1000)


def _row(connection: Connection, call_id: str) -> Row[Any]:
    """Raises `NoSuchCall`."""
    if "\0" in call_id:  # which PostgreSQL does not even look for
        raise NoSuchCall(call_id)
    row = connection.execute(select(calls).where(calls.c.call_id == call_id)).first()
    if row is None:
        raise NoSuchCall(call_id)
    return row


def _insert(connection: Connection, call: int, final: FinalText | Utterance) -> None:
    utterance = connection.execute(
        insert(utterances)
        .values(
            call=call,
            track=final.track,
            start=final.start,
            end=final.end,
            text=final.text,
            confidence=mean_confidence(final.words),
        )
        .returning(utterances.c.id)
    ).scalar_one()
    if final.words:
        spoken = [
            {"utterance": utterance, "position": position, **asdict(word)}
            for position, word in enumerate(final.words)
        ]
        connection.execute(insert(words), spoken)


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.number:
        conditions.append(or_(calls.c.caller == wanted.number, calls.c.callee == wanted.number))
    if wanted.since is not None:
        conditions.append(calls.c.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(calls.c.started_at < wanted.until)
    match wanted.state:
        case CallState.LIVE:
            conditions.append(calls.c.ended_at.is_(None))
        case CallState.ENDED:
            conditions += [calls.c.ended_at.is_not(None), calls.c.deleted_at.is_(None)]
        case CallState.DELETED:
            conditions.append(calls.c.deleted_at.is_not(None))
    return conditions


def _call(row: Row[Any]) -> KeptCall:
    if row.deleted_at is not None:
        state = CallState.DELETED
    else:
        state = CallState.LIVE if row.ended_at is None else CallState.ENDED
    return KeptCall(
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
    )


def _utterance(row: Row[Any], spoken: Sequence[Word]) -> Utterance:
    return Utterance(row.track, row.start, row.end, row.text, row.confidence, tuple(spoken))
