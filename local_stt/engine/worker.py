"""What runs in a worker process: the ears of many tracks, served fairly."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from ..ear import Ear, Recognizer
from ..events import Event
from ..gate import Gate
from .messages import Audio, Board, Channel, Finish, Open, Order, Progress

TELL_EVERY = 0.2
"""Seconds after which the server is told how far the tracks have come, if nothing else is to be told"""

MOST_UNTOLD = 16
"""Pieces decoded after which it is told in any case, so that it goes on sending"""


class Workbench:
    """One track in a worker: its ear, and the orders not carried out yet."""

    def __init__(self, order: Open, ear: Ear) -> None:
        self.track = order.track
        self.ear = ear
        self.orders: deque[Audio | Finish] = deque()
        self.number = order.number
        self.told = order.checkpoint


class Worker:
    """Decodes a piece of one track, then of the next, so that no track waits for a long one."""

    def __init__(
        self,
        channel: Channel,
        open_recognizer: Callable[[], Recognizer],
        board: Board,
        slot: int,
        *,
        gated: bool,
    ) -> None:
        self._channel = channel
        self._open_recognizer = open_recognizer
        self._board, self._slot = board, slot
        self._gated = gated
        self._benches: dict[int, Workbench] = {}
        self._waiting: deque[Workbench] = deque()  # each with orders, in the order they are served
        self._untold: dict[int, Workbench] = {}
        self._untold_pieces = 0
        self._told_at = 0.0

    def run(self) -> None:
        """Work until the other end is gone."""
        try:
            while True:
                self._take_orders()
                if self._waiting:
                    self._work(self._waiting.popleft())
        except (EOFError, OSError):
            return

    def _take_orders(self) -> None:
        """Take what has come; wait only when there is nothing else to do."""
        if not self._waiting:
            self._board.note(self._slot, time.monotonic(), 0, 0)
        for order in self._channel.receive(wait=not self._waiting):
            self._take(order)

    def _take(self, order: Order) -> None:
        if isinstance(order, Open):
            gate = Gate() if self._gated else None
            ear = Ear(order.call_id, order.name, self._open_recognizer(), gate, order.checkpoint)
            self._benches[order.track] = Workbench(order, ear)
            return
        bench = self._benches[order.track]
        if not bench.orders:
            self._waiting.append(bench)
        bench.orders.append(order)

    def _work(self, bench: Workbench) -> None:
        order = bench.orders.popleft()
        now = time.monotonic()
        if isinstance(order, Finish):
            self._board.note(self._slot, now, bench.track, bench.number + 1)
            self._tell(now, bench, bench.ear.finish(), finished=True)
            del self._benches[bench.track]
            return
        self._board.note(self._slot, now, bench.track, order.number)
        events = bench.ear.hear(order.piece, partials=order.partials)
        bench.number = order.number
        self._untold[bench.track] = bench
        self._untold_pieces += 1
        if events or self._untold_pieces >= MOST_UNTOLD or now - self._told_at > TELL_EVERY:
            self._tell(now, bench, events)
        if bench.orders:
            self._waiting.append(bench)

    def _tell(self, now: float, bench: Workbench, events: list[Event], *, finished: bool = False) -> None:
        """Tell what one track has said, and how far all have come since they were last told of."""
        self._untold.pop(bench.track, None)
        news = [_progress(each) for each in self._untold.values()]
        self._channel.send([*news, _progress(bench, events, finished=finished)])
        self._untold.clear()
        self._untold_pieces, self._told_at = 0, now


def _progress(bench: Workbench, events: Sequence[Event] = (), *, finished: bool = False) -> Progress:
    """The checkpoint is the bulk of it and seldom new."""
    checkpoint = bench.ear.checkpoint if bench.ear.checkpoint is not bench.told else None
    bench.told = bench.ear.checkpoint
    return Progress(bench.track, bench.number, checkpoint, list(events), finished)
