"""Take a slot for each WebSocket of a blueprint before its handshake, and give it back at the end."""

from collections.abc import Callable

from flask import Blueprint, abort, g, request

from ..net.handshake import is_websocket
from .call_slots import CallSlots


def take_slots(
    blueprint: Blueprint,
    slots: CallSlots,
    *,
    spare: Callable[[], int] = lambda: 0,
    on_full: Callable[[], None] = lambda: None,
) -> None:
    """Set `g.slot` for each WebSocket of the blueprint; refuse one with status 503 where no slot is free.

    A handler would be too late, as flask-sock completes the handshake before it runs.  `spare` returns by how
    many calls the current request may exceed the limit.  `on_full` is called before a request is refused.
    """

    @blueprint.before_request
    def enter() -> None:
        if not is_websocket(request):
            return
        g.slot = slots.acquire(spare())
        if g.slot is None:
            on_full()
            abort(503, "As many calls as can be are being taken.")

    @blueprint.teardown_request
    def leave(_: BaseException | None) -> None:
        if slot := g.pop("slot", None):
            slot.release()
