"""Save what can be read of a damaged store into a new one.  The damaged file is only read."""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, Table, insert

from ..core.call_record import LineKind, SecondPass, index_terms
from ..errors import StoreError
from ..events import NAMES, CallEnded, EndReason
from .database import LOG, new_store, sqlite_file
from .job_queue import NOBODY, UNSETTLED, JobKind, JobState
from .migrations import Report
from .pages import Pages, StoredRow, Value
from .schema import alerts, calls, contacts, jobs, redactions, tags, utterances, words

ROW_SHAPES = {
    calls: re.compile(r"nttttti[in][if]tttt[in](tt(ttt[in]t)?)?"),
    utterances: re.compile(r"nit[if][if]t[if](t(i(t[nt]?)?)?)?"),
    words: re.compile(r"iit[if][if][if]"),
    redactions: re.compile(r"niitt[if][if]"),
    jobs: re.compile(r"nttt[nt]tttiii"),
    tags: re.compile(r"nit"),
    alerts: re.compile(r"nittt[if][if]"),
    contacts: re.compile(r"tt"),
}
"""Types of the values in a row: n is none, t text, i an integer, f a float.

A row that was written before a column was added ends before it."""

NAMED_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}|(?:sips?|client):\S.*", re.IGNORECASE)
"""The number of a contact: rows of other tables have two texts too"""

DELIVERIES = re.compile(r"nttttiiit")
ANNOUNCED = re.compile(r"nttti")
"""Types of the values in two queues, of webhooks and of recordings, in stores from before there were jobs"""


LETTERS = {type(None): "n", str: "t", int: "i", float: "f", bytes: "b"}

T = TypeVar("T")

ROWS_AT_ONCE = 1000


@dataclass(slots=True)
class Rescued:
    """The outcome of a rescue, in numbers."""

    calls: int = 0
    """Calls that were saved, complete or not"""
    lines: int = 0
    nameless: list[str] = field(default_factory=list)
    """Ids of calls that have only their lines left"""
    lost_calls: int = 0
    """Calls that could not be read at all"""
    lost_lines: int = 0
    """Lines that are missing, those of deleted calls included"""
    untimed_lines: int = 0
    """Lines that have lost the times of words"""
    deleted_calls: int = 0
    contacts: int = 0


def rescue(data_dir: Path, database_url: str, into: Path, report: Report = lambda *_: None) -> Rescued:
    """Copy all calls and contacts that can be read, and the jobs that wait, into a new file.

    Raises `StoreError` when the store is in no file, nothing can be read, or the new file cannot be written.
    """
    file = sqlite_file(data_dir, database_url)
    if file is None:
        raise StoreError("Only a store in a file can be rescued: PostgreSQL has tools of its own.")
    try:
        pages = Pages(file, file.with_name(file.name + LOG))
    except OSError as error:
        raise StoreError(f"{file} cannot be read ({error.strerror}).") from error
    with contextlib.closing(pages):
        rescue_ = _Rescue(pages, report)
        rescue_.look_for_calls()
        if not rescue_.calls:
            raise StoreError(f"Nothing can be read of {file}: put back a copy that you have of it.")
        with new_store(into) as engine:
            rescue_.copy(engine)
    return rescue_.rescued


class _Rescue:
    """One rescue, which reads the pages once for each table.

    So not all that was said need be in memory.
    """

    def __init__(self, pages: Pages, report: Report) -> None:
        self._pages, self._report = pages, report
        self.calls: dict[int, dict[str, Any]] = {}
        self._lines: set[int] = set()
        self._words_of: dict[int, int] = {}  # by line: words of its text without times so far
        self.rescued = Rescued()

    def look_for_calls(self) -> None:
        """Find the calls, those that have only lines left included."""
        for row in self._found(calls):
            self.calls.setdefault(row["id"], _whole_call(row))
        spoken_on = {row["call"] for row in self._found(utterances)}
        found = set(self.calls)
        for number in sorted(spoken_on - found):
            self.calls[number] = self._nameless(number)
        self.rescued.lost_calls = len(set(range(1, self._highest(calls, found) + 1)) - set(self.calls))
        self.rescued.calls = len(self.calls)
        self.rescued.deleted_calls = sum(call["deleted_at"] is not None for call in self.calls.values())

    def copy(self, engine: Engine) -> None:
        """Write everything into a new store."""
        steps: list[tuple[Table, Iterable[dict[str, Any]]]] = [
            (calls, self.calls.values()),
            (utterances, self._whole_lines()),
            (words, self._spoken_words()),
            (redactions, self._of_calls(redactions)),
            (tags, self._of_calls(tags)),
            (alerts, self._of_calls(alerts)),
            (jobs, self._jobs()),
            (contacts, self._contacts()),
        ]
        for table, rows in steps:
            _write(engine, table, rows)
        self.rescued.lines = len(self._lines)
        self.rescued.lost_lines = self._highest(utterances, self._lines) - len(self._lines)
        self.rescued.untimed_lines = sum(left > 0 for left in self._words_of.values())

    def _highest(self, table: Table, found: set[int]) -> int:
        """Return the highest number that a row ever had; SQLite keeps it in a table of its own."""
        noted = [row.values[1] for row in self._pages.rows() if row.values[:1] == (table.name,)]
        return max([*found, *(each for each in noted if isinstance(each, int))], default=0)

    def _nameless(self, number: int) -> dict[str, Any]:
        """Make the row of a call that has only lines left; it begins when the one before it does."""
        before = max((each for each in self.calls if each < number), default=None)
        call_id = f"rescued-{number}"
        self.rescued.nameless.append(call_id)
        return _whole_call(
            {
                "id": number,
                "call_id": call_id,
                "server": "",
                "direction": "",
                "caller": "",
                "callee": "",
                "started_at": self.calls[before]["started_at"] if before else 0,
                "seconds": 0.0,
                "reason": "",
                "model": "",
                "tracks": "[]",
                "statistics": "[]",
            }
        )

    def _whole_lines(self) -> Iterator[dict[str, Any]]:
        for row in self._found(utterances):
            if row["id"] in self._lines or self.calls[row["call"]]["deleted_at"] is not None:
                continue
            self._lines.add(row["id"])
            kind = row.get("kind", str(LineKind.SPEECH))
            if kind == LineKind.SPEECH:
                self._words_of[row["id"]] = len(row["text"].split())
            known = kind if kind in set(LineKind) else str(LineKind.SPEECH)
            yield row | {
                "kind": known,
                "edition": row.get("edition", 1),
                "terms": index_terms(row["text"], ()),
                "tokens": None,  # words may be missing that a token has; it is written again when it is read
            }

    def _spoken_words(self) -> Iterator[dict[str, Any]]:
        for row in self._found(words):
            if row["utterance"] in self._lines:
                self._words_of[row["utterance"]] = self._words_of.get(row["utterance"], 0) - 1
                yield row

    def _of_calls(self, table: Table) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table about calls that are saved and not deleted, also if a line is lost."""
        for row in self._found(table):
            if row["call"] in self.calls and self.calls[row["call"]]["deleted_at"] is None:
                yield row

    def _contacts(self) -> Iterator[dict[str, Any]]:
        found = {row["number"]: row for row in self._found(contacts) if NAMED_NUMBER.fullmatch(row["number"])}
        self.rescued.contacts = len(found)
        yield from found.values()

    def _jobs(self) -> list[dict[str, Any]]:
        """List the jobs, the oldest first, with a second pass for each call that says it is wanted."""
        found = [
            row | _released(row["state"]) | {"payload": payload}
            for row in self._found(jobs)
            if row["kind"] != JobKind.SECOND_PASS
            and (payload := _read_json(row["payload"], dict)) is not None
        ]
        for row in self._rows(DELIVERIES):
            key, endpoint, call_id, _, created_at, due_at, attempts, body = row.values[1:]
            if (payload := _read_json(body, dict)) is not None:
                webhook = _job(JobKind.WEBHOOK, key, created_at, call_id, target=endpoint, payload=payload)
                found.append(webhook | {"id": row.number, "due_at": due_at, "attempts": attempts})
        for row in self._rows(ANNOUNCED):
            sid, account, _, at = row.values[1:]
            found.append(_job(JobKind.RECORDING, sid, at, target=account))
        for call in self.calls.values():
            if call["second_pass"] == SecondPass.WANTED:
                found.append(_job(JobKind.SECOND_PASS, call["call_id"], call["ended_at"], call["call_id"]))
        numbered = [{**each, "id": number} for number, each in enumerate(sorted(found, key=_age), 1)]
        deleted = {call["call_id"] for call in self.calls.values() if call["deleted_at"] is not None}
        return [each for each in numbered if each["call_id"] not in deleted or _is_an_end(each)]

    def _found(self, table: Table) -> Iterator[dict[str, Any]]:
        names = [column.name for column in table.columns]
        for row in self._rows(ROW_SHAPES[table]):
            yield _named(row, names)

    def _rows(self, shape: re.Pattern[str]) -> Iterator[StoredRow]:
        return (row for row in self._pages.rows(self._report) if shape.fullmatch(_shape(row.values)))


def _shape(values: tuple[Value, ...]) -> str:
    return "".join(LETTERS[type(value)] for value in values)


def _named(row: StoredRow, names: list[str]) -> dict[str, Any]:
    named: dict[str, Any] = dict(zip(names, row.values, strict=False))
    return named | {"id": row.number} if names[0] == "id" else named


def _whole_call(row: dict[str, Any]) -> dict[str, Any]:
    """Complete the row of a call.  One in progress ends here: its program must begin a new store."""
    seconds = float(row["seconds"])
    over = row.get("ended_at")
    return row | {
        "ended_at": row["started_at"] + round(seconds * 1000) if over is None else over,
        "reason": row["reason"] or str(EndReason.INTERRUPTED),
        "tracks": _read_json(row["tracks"], list) or [],
        "statistics": _read_json(row["statistics"], list) or [],
        "deleted_at": row.get("deleted_at"),
        "second_pass": row.get("second_pass", "") if row.get("second_pass", "") in set(SecondPass) else "",
        "second_model": row.get("second_model", ""),
        "handling": row.get("handling", ""),
        "note": row.get("note", ""),
        "speakers": _read_json(row.get("speakers", "[]"), list) or [],
        "edited_at": row.get("edited_at"),
        "edited_model": row.get("edited_model", ""),
    }


def _read_json(text: Any, kind: type[T]) -> T | None:
    """Parse JSON; return None if it is damaged, or is not of this kind."""
    with contextlib.suppress(ValueError, RecursionError):
        read = json.loads(text)
        if isinstance(read, kind):
            return read
    return None


def _job(kind: JobKind, key: Any, at: Any, call_id: Any = None, **values: Any) -> dict[str, Any]:
    """Make the row of a job that waits; `values` are columns that differ from the usual."""
    usual = {"target": "", "payload": {}, "owner": "", "state": str(JobState.WAITING), "attempts": 0}
    return (
        {"kind": str(kind), "key": key, "call_id": call_id, "created_at": at, "due_at": at} | usual | values
    )


def _released(state: str) -> dict[str, Any]:
    """Return columns that let any program take a job; none if it is settled."""
    return {"owner": NOBODY, "state": str(JobState.WAITING)} if state in UNSETTLED else {}


def _age(job: dict[str, Any]) -> tuple[int, int]:
    """Return the key that jobs are sorted by."""
    return job["created_at"], job.get("id", 0)


def _is_an_end(job: dict[str, Any]) -> bool:
    """Check whether a job only posts that a call ended."""
    return (job["kind"], job["payload"].get("type")) == (JobKind.WEBHOOK, NAMES[CallEnded])


def _write(engine: Engine, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows in batches; leave out a row whose key is there already."""
    into = insert(table).prefix_with("OR IGNORE")
    batch: list[dict[str, Any]] = []

    def flush() -> None:
        if batch:
            with engine.begin() as connection:
                connection.execute(into, batch)
            batch.clear()

    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            flush()
    flush()
