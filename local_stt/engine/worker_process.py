"""What runs in a worker process: the ears of many tracks, each served when it has its turn."""

import time
from collections import deque

from ..core.track_transcriber import TrackTranscriber
from ..errors import ModelError
from ..events import Event
from .ipc import PREPARING, Audio, Channel, Command, Finish, OpenTrack, StatusBoard, TrackProgress
from .recognizer_pool import Lent, RecognizerPool
from .turns import Turns

TELL_EVERY = 0.2
"""Seconds after which the server is told how far the tracks have come, if nothing else is to be told"""

TELL_EVENTS_WITHIN = 0.02
"""Seconds that events may wait for those of other tracks, while there is work: telling wakes the server"""

MAX_UNTOLD = 16
"""Pieces decoded after which it is told in any case, so that it goes on sending"""


class Workbench:
    """One track in a worker: its ear, and the orders not carried out yet."""

    def __init__(self, order: OpenTrack, recognizer: Lent, *, gated: bool) -> None:
        self.track = order.track
        self.is_file = not order.source.is_live
        self.ended = 0
        self.recognizer = recognizer
        self.ear = TrackTranscriber(
            order.call_id, order.name, recognizer, order.checkpoint, order.source, gated=gated
        )
        self.orders: deque[Audio | Finish] = deque()
        self.number = order.number
        self.told = order.checkpoint
        self.untold: list[Event] = []


class Worker:
    """Decodes a piece of one call's track, then of the next, so that no track waits for a long one.

    `Turns` says which is next.  Nobody waits for files, which come one after the other while no call has
    work: the recognizer then finds what it needs in the processor's cache.
    """

    def __init__(
        self,
        channel: Channel,
        recognizers: RecognizerPool,
        board: StatusBoard,
        slot: int,
        *,
        gated: bool,
    ) -> None:
        self._channel = channel
        self._recognizers = recognizers
        self._board, self._slot = board, slot
        self._gated = gated
        self._benches: dict[int, Workbench] = {}
        self._turns: Turns[Workbench] = Turns()  # those with orders
        self._untold: dict[int, Workbench] = {}
        self._untold_pieces = 0
        self._told_at = 0.0
        self._event_at = 0.0  # the oldest not told, or 0

    def run(self) -> None:
        """Work until the other end is gone, or until no recognizer can be opened."""
        try:
            while True:
                self._take_orders()
                if self._turns:
                    self._work(self._turns.take())
        except (EOFError, OSError):
            return
        except ModelError as error:
            self._channel.send(error)

    def _take_orders(self) -> None:
        """Take what has come; wait only when there is nothing else to do."""
        if not self._turns:
            self._tend_until_orders()
        for order in self._channel.receive(wait=not self._turns):
            self._take(order)

    def _tend_until_orders(self) -> None:
        """Make recognizers ready for the next tracks, and drop those nobody needs, while there is time."""
        within: float | None = 0.0
        while not self._channel.has_come(within):
            self._board.note(self._slot, time.monotonic(), 0, PREPARING)
            within = self._recognizers.tend()
            self._board.note(self._slot, time.monotonic(), 0, 0)

    def _take(self, order: Command) -> None:
        if isinstance(order, OpenTrack):
            self._board.note(self._slot, time.monotonic(), order.track, 0)  # opening may take a while
            self._benches[order.track] = Workbench(order, self._recognizers.lend(), gated=self._gated)
            return
        bench = self._benches[order.track]
        if order.ended and not bench.ended:
            bench.ended = order.ended
            self._turns.note_end(bench)
        if not bench.orders:
            self._turns.put(bench)
        bench.orders.append(order)

    def _work(self, bench: Workbench) -> None:
        order = bench.orders.popleft()
        now = time.monotonic()
        if isinstance(order, Finish):
            self._board.note(self._slot, now, bench.track, bench.number + 1)
            bench.untold += bench.ear.finish()
            self._untold[bench.track] = bench
            del self._benches[bench.track]
            self._tell(now, finished=bench)
            self._recognizers.take_back(bench.recognizer)
            return
        self._board.note(self._slot, now, bench.track, order.number)
        bench.untold += bench.ear.hear(order.piece, partials=order.partials)
        bench.number = order.number
        self._untold[bench.track] = bench
        self._untold_pieces += 1
        if bench.untold:
            self._event_at = self._event_at or now
        if bench.orders:
            self._turns.put_back(bench)
        if self._has_to_tell(now):
            self._tell(now)

    def _has_to_tell(self, now: float) -> bool:
        if self._event_at and (not self._turns or now - self._event_at > TELL_EVENTS_WITHIN):
            return True
        return self._untold_pieces >= MAX_UNTOLD or now - self._told_at > TELL_EVERY

    def _tell(self, now: float, finished: Workbench | None = None) -> None:
        """Tell what the tracks have said, and how far they have come, since they were last told of."""
        self._board.note_cpu(self._slot, time.process_time())
        self._channel.send([_progress(bench, finished=bench is finished) for bench in self._untold.values()])
        self._untold.clear()
        self._untold_pieces, self._told_at, self._event_at = 0, now, 0.0


def _progress(bench: Workbench, *, finished: bool) -> TrackProgress:
    """The checkpoint is the bulk of it and seldom new."""
    checkpoint = bench.ear.checkpoint if bench.ear.checkpoint is not bench.told else None
    bench.told = bench.ear.checkpoint
    events, bench.untold = bench.untold, []
    return TrackProgress(bench.track, bench.number, checkpoint, events, finished)
