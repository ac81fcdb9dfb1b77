"""Keep what people write on calls besides corrections: a note, tags, and names of speakers."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from ..core.call_record import SPEAKERS, speaker_of
from ..core.contacts import MAX_NAME
from ..core.media_stream import one_line
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


MAX_NOTE, MAX_TAGS, MAX_TAG = 20_000, 30, 60
"""Most letters of a note, tags of a call, and letters of a tag"""

BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that change the order in which others are shown"""


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
        tags: Sequence[str] | None = None,
        speakers: Mapping[str, str] | None = None,
    ) -> None:
        """Replace what is written on a call; what is None stays as it is.

        Of tags that differ in capitals alone, the first counts.  Speakers with an empty name have none.
        Raises `NoSuchCall`, and `AnnotationError` for a deleted call, for a speaker that it does not have,
        and for text that is too long or has control characters.
        """
        _check("The note", [note or ""], MAX_NOTE, "\n\r\t")
        _check("A tag", tags or (), MAX_TAG)
        _check("A name", (speakers or {}).values(), MAX_NAME)
        values: dict[str, Any] = {}
        if note is not None:
            values["note"] = note
        if speakers is not None:
            values["speakers"] = sorted(
                [speaker, name.strip()] for speaker, name in speakers.items() if name.strip()
            )
        with self._engine.begin() as connection:
            number = _number(connection, call_id, speakers or ())
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


def _number(connection: Connection, call_id: str, speakers: Iterable[str]) -> int:
    """Return the number of a call that has these speakers, and lock its row."""
    if "\0" in call_id:  # PostgreSQL cannot search for it
        raise NoSuchCall(call_id)
    query = select(calls.c.id, calls.c.deleted_at, calls.c.tracks).where(calls.c.call_id == call_id)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NoSuchCall(call_id)
    if row.deleted_at is not None:
        raise AnnotationError(f"Call {call_id} was deleted.")
    known = {*SPEAKERS.values(), *map(speaker_of, row.tracks)}
    if strange := [each for each in speakers if each not in known]:
        raise AnnotationError(f"Call {call_id} has no speaker {one_line(strange[0])[:80]}.")
    return int(row.id)


def _check(what: str, texts: Iterable[str], most: int, allowed: str = "") -> None:
    """Refuse text that is too long, or that has characters which control how others are shown."""
    for text in texts:
        if len(text) > most:
            raise AnnotationError(f"{what} may have {most} letters at most.")
        if any(
            letter in BIDI_CONTROLS
            or (unicodedata.category(letter) in ("Cc", "Cs") and letter not in allowed)
            for letter in text
        ):
            raise AnnotationError(f"{what} may have no control characters.")


def _replace_tags(connection: Connection, number: int, wanted: Iterable[str]) -> None:
    by_folded: dict[str, str] = {}
    for each in filter(None, map(str.strip, wanted)):
        by_folded.setdefault(each.casefold(), each)
    if len(by_folded) > MAX_TAGS:
        raise AnnotationError(f"A call has {MAX_TAGS} tags at most.")
    connection.execute(delete(tags).where(tags.c.call == number))
    if by_folded:
        connection.execute(insert(tags), [{"call": number, "tag": each} for each in by_folded.values()])
