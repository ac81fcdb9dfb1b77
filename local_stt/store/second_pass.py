"""What a better model is to hear again, and what it heard."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, select, update

from ..core.call_record import Edition, SecondPass, Utterance
from ..events import CallStarted
from .schema import calls, utterances
from .transactions import reading
from .utterances import NUMBERS, insert_line


@dataclass(frozen=True, slots=True)
class PendingSecondPass:
    """A call that is over and whose recording is to be heard again."""

    call_id: str
    ended_at: int
    server: str


class SecondPasses:
    """What is wanted is written with the end of a call, so that no crash comes between."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._reading = engine, reading(engine)
        self._is_wanted: Callable[[CallStarted], bool] = lambda _: False

    def subscribe(self, is_wanted: Callable[[CallStarted], bool]) -> None:
        """From now on calls that end are to be heard again if this says so."""
        self._is_wanted = is_wanted

    def want(self, connection: Connection, row: Row[Any]) -> None:
        """Mark a call that ends, in the transaction that ends it."""
        call = CallStarted(row.call_id, tuple(row.tracks), row.caller, row.callee, row.direction)
        is_new = row.second_pass == SecondPass.NONE
        if is_new and row.deleted_at is None and self._is_wanted(call):
            marked = update(calls).where(calls.c.id == row.id).values(second_pass=str(SecondPass.WANTED))
            connection.execute(marked)

    def forget(self, connection: Connection, number: int) -> None:
        """Leave nothing of a second pass over a call, which goes on or is kept anew."""
        second = (utterances.c.call == number) & (utterances.c.edition == NUMBERS[Edition.SECOND])
        connection.execute(delete(utterances).where(second))
        nothing = {"second_pass": str(SecondPass.NONE), "second_model": ""}
        connection.execute(update(calls).where(calls.c.id == number).values(nothing))

    def wanted(self) -> list[PendingSecondPass]:
        """The calls that are to be heard again, the one that began first at the front."""
        query = (
            select(calls.c.call_id, calls.c.ended_at, calls.c.server)
            .where(calls.c.second_pass == str(SecondPass.WANTED), calls.c.ended_at.is_not(None))
            .order_by(calls.c.started_at, calls.c.id)
        )
        with self._reading.connect() as connection:
            return [PendingSecondPass(*row) for row in connection.execute(query)]

    def keep(self, wanted: PendingSecondPass, model: str, said: Iterable[Utterance]) -> bool:
        """What a model heard is the call's text from now on; whether it is still wanted."""
        with self._engine.begin() as connection:
            number = _number(connection, wanted)
            if number is None:
                return False
            for line in said:
                insert_line(connection, number, line, Edition.SECOND)
            done = {"second_pass": str(SecondPass.DONE), "second_model": model}
            connection.execute(update(calls).where(calls.c.id == number).values(done))
            return True

    def give_up(self, wanted: PendingSecondPass) -> bool:
        """It cannot be heard again, now or later; whether it was still wanted."""
        with self._engine.begin() as connection:
            number = _number(connection, wanted)
            failed = update(calls).where(calls.c.id == number).values(second_pass=str(SecondPass.FAILED))
            connection.execute(failed)
            return number is not None


def _number(connection: Connection, wanted: PendingSecondPass) -> int | None:
    """Of a call that is still wanted: it was not deleted, and did not go on and end anew."""
    still = (calls.c.call_id == wanted.call_id) & (calls.c.ended_at == wanted.ended_at)
    query = select(calls.c.id).where(still, calls.c.second_pass == str(SecondPass.WANTED)).with_for_update()
    return connection.execute(query).scalar()
