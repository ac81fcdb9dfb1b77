"""Run recognizers in worker processes, one a core, or in this process.

A failed assertion in Kaldi kills its process and every call in it (vosk-api#481).  So recognizers run in
other processes than calls.

    this process                                         other processes
    ────────────                                         ───────────────
    Track ─► RemoteTrack ─► WorkerHandle ══ socket ═══►  Worker: a TrackTranscriber a track
                 ▲             │                            ▲ forked by
                 └── events ───┘                         ForkServer: the model, loaded once

base            the interface of every engine
router          several engines as one, by the number that was called
in_process      an engine in this process
worker_pool     the server's side of the workers
├── remote_track    one track: what waits, what was sent, what must be sent again
├── spool           audio that waits
├── fork_server     loads the model and forks the workers
├── ipc             messages between the two sides
└── liveness        tells a process that hangs from one that the machine does not let run
worker_process  the other side: the program of a worker
├── rotation        the order of a worker's tracks
└── recognizer_pool     recognizers that are used again
capacity        how many calls this machine can follow
core_count      the cores that this process may use
"""

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..bandwidth_extension.upper_band import UpperBand
from ..errors import ModelError
from ..model_files import Verdict, static_model
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
    "verdict_after_loading",
]


def try_model(folder: Path, *, uses_static: bool = True) -> str:
    """Try a model in a process of its own: load it and decode speech; return the error, or an empty text."""
    load = functools.partial(SpeechModel, uses_static=uses_static)
    try:
        ForkServer(Plan(folder, (), gated=True, slots=1, load=load)).close()
    except ModelError as error:
        return str(error).removesuffix(f": {REMEDY}")
    return ""


def verdict_after_loading(folder: Path, verdict: Verdict) -> Verdict:
    """Load a model whose files are right, and its static graph; return the verdict with what went wrong."""
    if verdict.problems:
        return verdict
    if problem := try_model(folder, uses_static=False):
        return replace(verdict, problems=(problem,))
    if static_model(folder) and not verdict.static_problems and (problem := try_model(folder)):
        return replace(verdict, static_problems=(f"with its composed graph, {problem}",))
    return verdict


def start_engine(
    folder: Path,
    phrases: Sequence[str] = (),
    *,
    workers: int,
    gated: bool = True,
    live: bool = True,
    niceness: int = 0,
    upper_band: UpperBand = UpperBand.AUTO,
    key_words: Sequence[str] = (),
    on_set_aside: OnSetAside = lambda *_: None,
    on_fatal: OnFatal = lambda _: None,
) -> Engine:
    """Load a model and return its engine: in this process for 0 workers, else once for all workers.

    Set `live` where somebody waits for words while they are spoken.  `niceness`, up to 19, is the nice value
    that workers add to their own.  `upper_band` is what phone audio gets above 4 kHz.  `key_words` are
    those of key terms; the engine tells which of them the model does not know.  `on_set_aside` takes audio
    that killed two workers.  `on_fatal` takes the error when workers die and no more can be started.
    Raises `ModelError` and `SettingError` as `SpeechModel` does.
    """
    if workers:
        plan = Plan(folder, tuple(phrases), gated, workers, live, niceness, upper_band, tuple(key_words))
        return WorkerPool(plan, on_set_aside=on_set_aside, on_fatal=on_fatal)
    model = SpeechModel(folder, phrases, upper_band)
    engine = InProcessEngine(model.open, gated=gated)
    engine.ready = Ready(
        folder,
        model.unknown_words,
        check_and_measure(engine.recognizers, live=live, gated=gated),
        model.missing(key_words),
    )
    return engine
