"""Keep what people write on calls besides corrections: a note, tags, and names of speakers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from ..errors import AnnotationError, NoSuchCall
from .schema import alerts, calls, tags
from .transactions import reading


@dataclass(frozen=True, slots=True)
class Labels:
    """What calls can be filtered by, sorted."""

    topics: list[str]
    """Topics of alerts"""
    tags: list[str]
    keeps: bool = True
    """Whether calls are kept: where they are not, there is no store"""


class Annotations:
    """What people write on calls.  Safe to share between threads.

    Raises SQLAlchemy's errors.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine, self._reading = engine, reading(engine)

    def change(
        self,
        call_id: str,
        *,
        note: str | None = None,
        tags: Iterable[str] | None = None,
        speakers: Mapping[str, str] | None = None,
    ) -> None:
        """Replace what is written on a call; what is None stays as it is.

        Of tags that differ in capitals alone, the first counts.  Speakers with an empty name have none.
        Raises `NoSuchCall`, and `AnnotationError` for a deleted call.
        """
        values: dict[str, Any] = {}
        if note is not None:
            values["note"] = note
        if speakers is not None:
            values["speakers"] = sorted([speaker, name] for speaker, name in speakers.items() if name)
        with self._engine.begin() as connection:
            number = _number(connection, call_id)
            if values:
                connection.execute(update(calls).where(calls.c.id == number).values(values))
            if tags is not None:
                _replace_tags(connection, number, tags)

    def labels(self) -> Labels:
        """List all topics of alerts, and all tags."""
        with self._reading.connect() as connection:
            topics = connection.execute(select(alerts.c.topic).distinct()).scalars()
            found = connection.execute(select(tags.c.tag).distinct()).scalars()
            return Labels(sorted(topics), sorted(found))

    def forget(self, connection: Connection, number: int) -> None:
        """Delete what is written on a call, given by its number in the store."""
        connection.execute(delete(tags).where(tags.c.call == number))
        connection.execute(update(calls).where(calls.c.id == number).values(note="", speakers=[]))


def _number(connection: Connection, call_id: str) -> int:
    """Return the number of a call, and lock its row."""
    if "\0" in call_id:  # PostgreSQL cannot search for it
        raise NoSuchCall(call_id)
    query = select(calls.c.id, calls.c.deleted_at).where(calls.c.call_id == call_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise NoSuchCall(call_id)
    if row.deleted_at is not None:
        raise AnnotationError(f"Call {call_id} was deleted.")
    return int(row.id)


def _replace_tags(connection: Connection, number: int, wanted: Iterable[str]) -> None:
    by_folded: dict[str, str] = {}
    for each in wanted:
        by_folded.setdefault(each.casefold(), each)
    connection.execute(delete(tags).where(tags.c.call == number))
    if by_folded:
        connection.execute(insert(tags), [{"call": number, "tag": each} for each in by_folded.values()])
