"""Keep the edited edition of a call's text: a copy of the best one, in which people correct words.

What was heard stays beside it.  Each correction has what stood there before, so that all can be undone, the
last one first.
"""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from ..core.call_record import Edition, Utterance
from ..core.corrections import corrected, is_redacted, place_of, written_in
from ..core.spacing import joined
from ..errors import CorrectionError, NoSuchCall, NoSuchCorrection, RedactedError
from ..events import Word
from .call_states import is_over
from .damage import WatchedFile, check_types, decoding
from .records import editions_of
from .schema import calls, corrections, utterances
from .transactions import reading
from .utterances import delete_lines, insert_line, read_own_lines, rewrite_line, tokens_of

Write = Callable[[list[Utterance]], list[Utterance]]
"""Adds tokens to the lines of a text, so that no token has words of two lines"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words to correct, and what is to stand there; times are milliseconds of the call."""

    track: str
    start: int
    """Beginning of the first word"""
    end: int
    """End of the last word"""
    text: str
    """Empty to remove the words"""
    before: str | None = None
    """The words as their reader saw them, formatted or not; None if that does not matter"""


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that was made.  Times are seconds of the call."""

    at: int
    """Milliseconds since 1970"""
    track: str
    start: float
    end: float
    before: str
    """The words as they were written before"""
    after: str
    """What somebody wrote in their place"""


class Corrections:
    """The corrections of all calls.  Safe to share between threads.

    Raises SQLAlchemy's errors.
    """

    def __init__(self, engine: Engine, file: WatchedFile | None) -> None:
        self._engine, self._reading, self._file = engine, reading(engine), file

    def add(self, call_id: str, wanted: Wanted, *, at: int, write: Write = list) -> Utterance | None:
        """Correct words of a call's best text; return their line, or None if none of its words is left.

        The first correction copies the text, and `write` adds how people write it.  Raises `NoSuchCall`,
        `CorrectionError` if the call may still go on or the words are not there, and `RedactedError`.
        """
        draft = self._draft(call_id, at, write)
        with decoding(self._file), self._engine.begin() as connection:
            row = _row(connection, call_id, for_update=True)
            _require_over(row, at)
            if row.edited_at is None:
                _copy(connection, row, draft, write)
            number, line, (first, last) = _found(connection, row, wanted)
            if is_redacted(line, first, last):
                raise RedactedError("These words are redacted: what was said there is not kept.")
            after = corrected(line, first, last, wanted.text)
            before = [
                line.words[first].start,
                line.words[last - 1].end,
                written_in(line, first, last),
                " ".join(wanted.text.split()),
                line.text,
                line.confidence,
                [astuple(word) for word in line.words],
                [astuple(token) for token in line.tokens],
            ]
            rewrite_line(connection, number, after)
            values = {"call": row.id, "utterance": number, "at": at, "before": before}
            connection.execute(insert(corrections).values(values))
            _touch(connection, row, at)
        return after if after.words else None

    def _draft(self, call_id: str, at: int, write: Write) -> "_Draft | None":
        """Write the best text of a call, unless it is edited already.

        That takes seconds for a long call, and others could not write to the store meanwhile.
        """
        with decoding(self._file), self._reading.connect() as connection:
            row = _row(connection, call_id)
            _require_over(row, at)
            if row.edited_at is not None:
                return None
            of = _source(connection, row)
            said = [line for _, line in read_own_lines(connection, row.id, of.edition)]
        return _Draft(of, write(said))

    def undo(self, call_id: str, *, at: int) -> Utterance:
        """Undo the last correction of a call; return the line as it was before.

        When none is left, the edited text is deleted.  Raises `NoSuchCall` and `NoSuchCorrection`.
        """
        with decoding(self._file), self._engine.begin() as connection:
            row = _row(connection, call_id, for_update=True)
            made = _made_on(connection, row)
            if not made:
                raise NoSuchCorrection(call_id)
            lines = dict(read_own_lines(connection, row.id, Edition.EDITED))
            before = _restored(lines[made[0].utterance], made[0].before)
            if len(made) == 1:
                self.forget(connection, row)
                return before
            rewrite_line(connection, made[0].utterance, before)
            connection.execute(delete(corrections).where(corrections.c.id == made[0].id))
            _touch(connection, row, at)
            return before

    def listed(self, call_id: str) -> list[Correction]:
        """List the corrections of a call, the newest first.  Raises `NoSuchCall`."""
        with decoding(self._file), self._reading.connect() as connection:
            row = _row(connection, call_id)
            made = _made_on(connection, row)
            lines = dict(read_own_lines(connection, row.id, Edition.EDITED)) if made else {}
            return [Correction(each.at, lines[each.utterance].track, *each.before[:4]) for each in made]

    def forget(self, connection: Connection, row: Any) -> None:
        """Delete the edited text and the corrections of a call, given by a row that has its number."""
        connection.execute(delete(corrections).where(corrections.c.call == row.id))
        delete_lines(connection, row.id, Edition.EDITED)
        nothing = {"edited_at": None, "edited_model": ""}
        connection.execute(update(calls).where(calls.c.id == row.id).values(nothing))


def _row(connection: Connection, call_id: str, *, for_update: bool = False) -> Row[Any]:
    """Return the row of a call; lock it if that is `for_update`.  Raises `NoSuchCall`."""
    if "\0" in call_id:  # PostgreSQL cannot search for it
        raise NoSuchCall(call_id)
    query = select(calls).where(calls.c.call_id == call_id)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    if row is None:
        raise NoSuchCall(call_id)
    check_types(row, calls)
    return row


def _require_over(row: Row[Any], at: int) -> None:
    if row.deleted_at is not None:
        raise CorrectionError(f"Call {row.call_id} was deleted.")
    if not is_over(row, at):
        raise CorrectionError(f"Call {row.call_id} may still go on: correct it when it is over.")


@dataclass(frozen=True, slots=True)
class _Source:
    """What is copied to be edited."""

    call: int
    """Number of the call in the store"""
    edition: Edition
    last: int | None
    """Number of the last line that was written; None if there is none"""


@dataclass(frozen=True, slots=True)
class _Draft:
    """The text of a call, written before it is copied."""

    of: _Source
    said: list[Utterance]


def _source(connection: Connection, row: Row[Any]) -> _Source:
    last = connection.execute(select(func.max(utterances.c.id)).where(utterances.c.call == row.id)).scalar()
    return _Source(row.id, editions_of(row)[-1], last)


def _copy(connection: Connection, row: Row[Any], draft: _Draft | None, write: Write) -> None:
    """Copy the best text of a call, to be edited; the draft counts if nothing has changed since."""
    of = _source(connection, row)
    if draft is None or draft.of != of:
        draft = _Draft(of, write([line for _, line in read_own_lines(connection, row.id, of.edition)]))
    for line in draft.said:
        insert_line(connection, row.id, line, Edition.EDITED)
    model = row.second_model if of.edition is Edition.SECOND else row.model
    connection.execute(update(calls).where(calls.c.id == row.id).values(edited_model=model))


def _found(connection: Connection, row: Row[Any], wanted: Wanted) -> tuple[int, Utterance, tuple[int, int]]:
    """Return the line that has some words, after its number, and their place in it."""
    for number, line in read_own_lines(connection, row.id, Edition.EDITED):
        place = place_of(line, wanted.start, wanted.end) if line.track == wanted.track else None
        if place and _is_as_seen(line, place, wanted.before):
            return number, line, place
    raise CorrectionError("These words are not there any more: somebody else has corrected them.")


def _is_as_seen(line: Utterance, place: tuple[int, int], seen: str | None) -> bool:
    if seen is None:
        return True
    first, last = place
    forms = (written_in(line, first, last), joined(word.text for word in line.words[first:last]))
    return " ".join(seen.split()) in forms


def _touch(connection: Connection, row: Row[Any], at: int) -> None:
    """Note when a text was edited; no two changes have the same time, as readers tell texts apart by it."""
    edited_at = max(at, (row.edited_at or 0) + 1)
    connection.execute(update(calls).where(calls.c.id == row.id).values(edited_at=edited_at))


def _made_on(connection: Connection, row: Row[Any]) -> list[Row[Any]]:
    """Read the corrections of a call, the newest first."""
    newest_first = corrections.c.id.desc()
    made = connection.execute(
        select(corrections).where(corrections.c.call == row.id).order_by(newest_first)
    ).all()
    for each in made:
        check_types(each, corrections)
    return list(made)


def _restored(line: Utterance, before: Iterable[Any]) -> Utterance:
    """Return a line as it was before a correction."""
    *_, text, confidence, words, tokens = before
    spoken = tuple(Word(*word) for word in words)
    return replace(line, text=text, confidence=confidence, words=spoken, tokens=tokens_of(tokens))
