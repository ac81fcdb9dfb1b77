"""Note when old calls were looked for, by the clock of the machine that looked."""

from collections.abc import Sequence

from sqlalchemy import Engine, delete, func, insert, select

from .schema import looks

MS_BETWEEN = 30 * 60 * 1000
"""Milliseconds between two looks that are noted, at least"""

MAX_NOTED = 200
"""Looks that are kept: a few days of them"""


class Looks:
    """The times when old calls were looked for.  Safe to share between threads and programs.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, at: int) -> Sequence[int]:
        """Note a look, in milliseconds since 1970; return it and those before, the newest first.

        Looks in the future are deleted: the clock was wrong then.
        """
        with self._engine.begin() as connection:
            connection.execute(delete(looks).where(looks.c.at > at))
            former = list(connection.execute(select(looks.c.at).order_by(looks.c.id.desc())).scalars())
            if not former or at - former[0] >= MS_BETWEEN:
                connection.execute(insert(looks).values(at=at))
                last = select(func.max(looks.c.id)).scalar_subquery()
                connection.execute(delete(looks).where(looks.c.id <= last - MAX_NOTED))
        return [at, *former]
