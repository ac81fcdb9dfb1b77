"""Long-lived parts of a program: they start, close, and report measurements."""

import contextlib
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ..errors import LocalSttError


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number for operators, which is computed when they ask for it."""

    name: str
    description: str
    value: Callable[[], float]
    only_grows: bool = False
    """Whether it is a total"""


class Part:
    """Something that runs from `start` to `close`, or for the block of a `with`."""

    def start(self) -> None:
        """Begin."""

    def close(self) -> None:
        """End what `start` began, even if that failed halfway."""

    def measurements(self) -> Iterable[Measurement]:
        """List what this part measures."""
        return ()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException as failure:
            self.__exit__(type(failure), failure, failure.__traceback__)
            raise
        return self

    def __exit__(
        self, _: type[BaseException] | None, failure: BaseException | None, __: TracebackType | None
    ) -> None:
        """Close the part.  If that fails after an error for the user, raise one error that says both."""
        try:
            self.close()
        except LocalSttError as error:
            if isinstance(failure, LocalSttError):
                raise type(error)(f"{failure} {error}") from error
            raise


class Parts(Part):
    """Parts that start one after the other and close in reverse order, all of them, even if some raise."""

    def __init__(self, *parts: Part | None) -> None:
        """Take the parts in their order; None is left out."""
        self._parts = [part for part in parts if part is not None]
        self._started = contextlib.ExitStack()

    def start(self) -> None:
        """Start all in order.  If one cannot start, close it and those before it."""
        with self._started:
            for part in self._parts:
                self._started.push(part)  # before it starts, which may be interrupted halfway
                part.start()
            self._started = self._started.pop_all()

    def close(self) -> None:
        """Close the parts that were started, the last one first."""
        self._started.close()

    def measurements(self) -> Iterable[Measurement]:
        """List what all parts measure."""
        return itertools.chain.from_iterable(part.measurements() for part in self._parts)

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._started.__exit__(kind, failure, traceback)
