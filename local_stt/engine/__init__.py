"""Where recognizers run: in worker processes, one a core, or in this one.

A failed assertion in Kaldi kills its process and every call in it (vosk-api#481), so calls and
recognizers live apart.

    this process                                         other processes
    ────────────                                         ───────────────
    Track ─► RemoteTrack ─► WorkerHandle ══ socket ═══►  Worker: a TrackTranscriber a track
                 ▲             │                            ▲ forked by
                 └── events ───┘                         ForkServer: the model, loaded once

base            what every engine can do
router          many engines as one, by the number that was called
in_process      an engine without other processes
worker_pool     this side of the workers
├── remote_track    one track: what waits, what was sent, what must be sent again
├── spool           audio that must wait
├── fork_server     loads the model and forks the workers
├── ipc             what the two sides send each other
└── liveness        tells a process that hangs from one that the machine does not let run
worker_process  the other side: what runs in a worker
├── turns           which of its tracks is next
└── recognizer_pool     keeps recognizers for the next track
capacity        how fast this machine follows a call
core_count      how many cores there are
"""

import functools
from collections.abc import Sequence
from pathlib import Path

from ..bandwidth_extension.upper_band import UpperBand
from ..errors import ModelError
from ..recognizer import REMEDY, SpeechModel
from .base import Engine
from .capacity import call_capacity, check_and_measure
from .core_count import core_share, cores
from .fork_server import ForkServer, Plan
from .in_process import InProcessEngine
from .ipc import Ready
from .recognizer_pool import PooledRecognizer
from .router import EngineRouter
from .worker_pool import OnFatal, OnSetAside, WorkerPool

__all__ = [
    "Engine",
    "EngineRouter",
    "OnFatal",
    "PooledRecognizer",
    "call_capacity",
    "core_share",
    "cores",
    "start_engine",
    "try_model",
]


def try_model(folder: Path, *, uses_static: bool = True) -> str:
    """Load a model in a process of its own and decode speech there; what went wrong, or an empty text."""
    load = functools.partial(SpeechModel, uses_static=uses_static)
    try:
        ForkServer(Plan(folder, (), gated=True, slots=1, load=load)).close()
    except ModelError as error:
        return str(error).removesuffix(f": {REMEDY}")
    return ""


def start_engine(
    folder: Path,
    phrases: Sequence[str] = (),
    *,
    workers: int,
    gated: bool = True,
    live: bool = True,
    niceness: int = 0,
    upper_band: UpperBand = UpperBand.AUTO,
    on_set_aside: OnSetAside = lambda *_: None,
    on_fatal: OnFatal = lambda _: None,
) -> Engine:
    """Load a model, in this process for 0 workers, else once for all of them.

    Where it is not `live`, nobody waits for what is said while it is spoken.  `niceness`, up to
    19, is by how much workers leave the processor to others.  `upper_band` is what phone audio
    gets above 4 kHz.  `on_fatal` is told when workers die
    and no more can be had.  Raises `ModelError` and `SettingError` as `SpeechModel` does.
    """
    if workers:
        plan = Plan(folder, tuple(phrases), gated, workers, live, niceness, upper_band)
        return WorkerPool(plan, on_set_aside=on_set_aside, on_fatal=on_fatal)
    model = SpeechModel(folder, phrases, upper_band)
    engine = InProcessEngine(model.open, gated=gated)
    engine.ready = Ready(
        folder, model.unknown_words, check_and_measure(engine.recognizers, live=live, gated=gated)
    )
    return engine
