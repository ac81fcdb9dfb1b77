"""Keep the alerts of calls: phrases of the user's topics that were said."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select

from ..core.call_record import Utterance
from ..events import Alert, CallStarted
from .schema import alerts

Find = Callable[[CallStarted, Sequence[Utterance]], Iterable[Alert]]
"""Finds the alerts in what was said on a call"""


class Alerts:
    """The alerts of all calls, each written in the transaction of what it was found in."""

    def __init__(self) -> None:
        self._find: Find = lambda _, __: ()

    def subscribe(self, find: Find) -> None:
        """Look for alerts with `find` in each text that is kept as a whole from now on."""
        self._find = find

    def find(self, connection: Connection, number: int, call: CallStarted, said: Sequence[Utterance]) -> None:
        """Keep the alerts of a whole text of a call, given by its number in the store."""
        for alert in self._find(call, said):
            self.add(connection, number, alert)

    def add(self, connection: Connection, number: int, alert: Alert) -> None:
        """Keep an alert, unless one of the same phrase is kept at this place already.

        It may be written again, found by two programs, or in two texts of a call.
        """
        same = (
            (alerts.c.call == number)
            & (alerts.c.topic == alert.topic)
            & (alerts.c.phrase == alert.phrase)
            & (alerts.c.track == alert.track)
            & (alerts.c.start <= alert.end)
            & (alerts.c.end >= alert.start)
        )
        if connection.execute(select(alerts.c.id).where(same).limit(1)).first() is None:
            values = {name: getattr(alert, name) for name in ("topic", "phrase", "track", "start", "end")}
            connection.execute(insert(alerts).values(call=number, **values))

    def forget(self, connection: Connection, number: int) -> None:
        """Delete the alerts of a call."""
        connection.execute(delete(alerts).where(alerts.c.call == number))
