"""The route `/api/status`: what the program is doing, and what is not set up yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..net.guards import Guard
from ..store.figures import JobCount, Kept
from ..telephony.refusals import RefusedCalls
from . import status_schemas
from .blueprint import ApiBlueprint


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """The model that recognizes calls."""

    name: str
    is_demo: bool
    """Whether it is the embedded one, which is not for real calls"""
    language: str
    """Code of its language; empty if that is not known"""
    second: str
    """Name of the model of second passes; empty if there are none"""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many calls there can be at once, and how many there are."""

    calls: int
    in_use: int
    share: float
    """From 0 to 1"""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the text is behind what is said."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class NumberInUse:
    """A number whose calls come here."""

    number: str
    name: str
    handling: str
    sentence: str
    """What its callers get"""


@dataclass(frozen=True, slots=True)
class WebhookQueue:
    """The webhooks that are not delivered."""

    waiting: int
    oldest_at: int | None
    failed: int
    """Number of those that were given up since the program started"""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of the data folder, in bytes."""

    free: int
    used_by_calls: int
    path_is_shared: bool
    """Whether audio is kept in a store that hosts share, and is not counted here"""


@dataclass(frozen=True, slots=True)
class Host:
    """One of several hosts."""

    name: str
    calls: int
    max_calls: int
    is_draining: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is set up, or not yet."""

    name: str
    is_done: bool
    is_optional: bool
    """Whether calls are answered and transcribed without it"""
    sentence: str
    remedy: str
    """What to do; empty if it is done"""


@dataclass(frozen=True, slots=True)
class Status:
    """What the program is doing, and what is not set up yet."""

    model: ModelInUse
    capacity: Capacity
    lag: Lag | None
    """None while there are no calls"""
    numbers: Sequence[NumberInUse]
    webhooks: WebhookQueue
    jobs: Sequence[JobCount]
    disk: Disk
    kept: Kept
    busy: Sequence[RefusedCalls]
    hosts: Sequence[Host]
    setup: Sequence[Step]


def reporting(guard: Guard, report: Callable[[], Status]) -> ApiBlueprint:
    """Make the route that answers with what `report` returns."""
    blueprint = guard.protect(
        ApiBlueprint("status", __name__, url_prefix="/api", description="What the program is doing")
    )

    @blueprint.get("/status")
    @blueprint.response(200, status_schemas.Status)
    def status() -> Status:
        """Return what the program is doing, which calls it had to refuse, and what is not set up yet."""
        return report()

    return blueprint
