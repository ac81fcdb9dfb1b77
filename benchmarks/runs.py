"""Run a number of calls against one server, and search for the calls that one core carries."""

import json
import math
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_stt.audio import PHONE_RATE
from local_stt.core.wer import word_errors
from local_stt.engine import cores

from . import measures, processes
from .audio_material import Material
from .load import Plan, PlannedCall
from .measures import MS, Percentiles
from .servers import FLOOR, PACED_FLOOR, Child, ProcessError, Server, clean_environment, running, server

STAGGER_SECONDS = 2.0
"""Seconds within which all calls begin"""

GRACE_SECONDS = 12.0
"""Seconds after the calls in which a server must finish them, or it counts as overrun"""

MAX_LAG_MS = 500.0
MAX_LATE_MS = 50.0
"""Delay of the load's packets above which the load and not the server is the limit"""

WORSE = 0.05
"""Increase of the word error rate over an unhurried run, above which calls do not count as carried"""

ENOUGH = 0.8
"""Share of its cores above which a server itself is the limit"""

MAX_STEPS = 12

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """The results of a run.  A value that could not be measured is None."""

    system: str
    workload: str
    calls: int
    cpu_ms: float
    """CPU time in ms for a second of one track, of the whole process tree"""
    cores: float
    """Number of cores that these calls kept busy"""
    error_rate: float
    """Word error rate from 0 to 1"""
    shown: Percentiles | None = None
    final: Percentiles | None = None
    confirmed: Percentiles | None = None
    lag_p95: float | None = None
    memory_mb: float | None = None
    """Memory of the whole tree, near the end of the calls"""
    ended: int = 0
    """Number of calls that ended in time"""
    load_late_ms: float = 0.0
    """Delay of the load's packets, 99th percentile"""
    load_cpu_ms: float = 0.0
    """CPU time of the load, in ms for a second of one track"""

    @property
    def kept_up(self) -> bool:
        """Whether every call was transcribed to its end, with a lag within the bound."""
        return self.ended == self.calls and self.lag_p95 is not None and self.lag_p95 <= MAX_LAG_MS


@dataclass(frozen=True, slots=True)
class Capacity:
    """The number of calls that one core carries."""

    system: str
    workload: str
    calls: float
    estimated: bool
    """Whether it is the core's time divided by that of a call, and was not tried"""
    limit: str = ""
    """The reason why more calls are not carried"""


def measure_floor(model: Path, material: Material) -> Run:
    """Measure bare Vosk on every call of the material, as fast as possible.  Raises `ProcessError`."""
    return _bare(FLOOR, model, material, [list(range(len(material.calls)))])


def measure_paced_floor(model: Path, material: Material, calls: int) -> Run:
    """Measure bare Vosk on `calls` calls at once, at their pace, in a process on each core."""
    count = min(calls, cores())
    shares = [[call % len(material.calls) for call in range(core, calls, count)] for core in range(count)]
    return _bare(PACED_FLOOR, model, material, shares)


def _bare(system: str, model: Path, material: Material, shares: list[list[int]]) -> Run:
    """Measure bare Vosk on shares of calls, by number, each share in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        files = [
            list(_write_tracks(call.tracks, Path(folder), number).values())
            for number, call in enumerate(material.calls)
        ]
        options = ["--at-pace"] if system == PACED_FLOOR else []
        started = [
            _start_floor([*options, str(model), *(file for call in share for file in files[call])])
            for share in shares
        ]
        found = [_floor_found(process) for process in started]
    played = [material.calls[number] for share in shares for number in share]
    said = [call.said[name] for call in played for name in call.tracks]
    heard = [words for each in found for words in each["heard"]]
    wrong = sum(word_errors(*pair) for pair in zip(said, heard, strict=True))
    cpu_ms = MS * sum(each["cpu_seconds"] for each in found) / sum(each["track_seconds"] for each in found)
    calls = 1 if system == FLOOR else sum(map(len, shares))
    cores = calls * cpu_ms * len(material.calls[0].tracks) / MS
    return Run(system, material.workload, calls, cpu_ms, cores, wrong / max(1, sum(map(len, said))))


def _start_floor(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.floor", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )


def _floor_found(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, errors = process.communicate()
    if process.returncode:
        raise ProcessError(f"{FLOOR} ended with status {process.returncode}\n{errors[-2000:]}")
    found: dict[str, Any] = json.loads(out)
    return found


@dataclass(frozen=True, slots=True)
class Pins:
    """The cores of a server and its load; any core if empty."""

    server: Sequence[int] = ()
    load: Sequence[int] = ()


ANYWHERE = Pins()


def one_core() -> Pins:
    """Return pins with the server on a core of its own."""
    first, *others = processes.cores()
    return Pins([first], others)


def shared(count: int) -> Pins:
    """Return pins with the server and its load together on `count` cores."""
    chosen = processes.cores()[:count]
    return Pins(chosen, chosen)


def measure(
    system: str,
    model: Path,
    material: Material,
    calls: int,
    pins: Pins = ANYWHERE,
    beside: Callable[[Server], AbstractContextManager[object]] = nullcontext,
) -> Run:
    """Play `calls` calls at once to a server that is started for them, within the context `beside`.

    Raises `ProcessError`.
    """
    with (
        server(system, model, pins.server) as started,
        tempfile.TemporaryDirectory() as folder,
        beside(started),
    ):
        plan = plan_of(started.port, material, calls, Path(folder))
        (Path(folder) / "plan.json").write_text(plan.to_json(), encoding="utf-8")
        arguments = ["benchmarks.load", str(Path(folder) / "plan.json")]
        with running(Child("the load", arguments, Path(folder), pins.load)) as load:
            return _watch(started, load, plan, material)


def plan_of(port: int, material: Material, calls: int, folder: Path) -> Plan:
    """Plan calls whose audio is written to a folder."""
    audio = tuple(_write_tracks(call.tracks, folder, number) for number, call in enumerate(material.calls))
    apart = STAGGER_SECONDS / calls
    planned = (
        PlannedCall("CA" + secrets.token_hex(16), number % len(audio), number * apart)
        for number in range(calls)
    )
    return Plan(port, audio, tuple(planned))


def _write_tracks(tracks: dict[str, bytes], folder: Path, number: int) -> dict[str, str]:
    files = {name: folder / f"{number}-{name}.mulaw" for name in tracks}
    for name, file in files.items():
        file.write_bytes(tracks[name])
    return {name: str(file) for name, file in files.items()}


def _watch(started: Server, load: Child, plan: Plan, material: Material) -> Run:
    """Measure from the first packet to the last word."""
    calls = len(plan.calls)
    load.wait_for_lines(1, seconds=60)
    idle = started.cpu_seconds
    assert load.process.stdin
    load.process.stdin.write("go\n")
    load.process.stdin.flush()
    load.wait_for_lines(2, seconds=10)
    began = json.loads(load.lines[1][1])["began"]
    longest = max(call.seconds for call in material.calls)
    end = max(began.values()) + longest
    started.wait_for_ends(calls, deadline=min(began.values()) + 0.95 * longest)
    memory = started.memory_mb
    ended = started.wait_for_ends(calls, deadline=end + GRACE_SECONDS)
    used = started.cpu_seconds - idle
    load.wait_for_lines(3, seconds=60)
    sent = json.loads(load.lines[2][1])
    return _run(started, plan, material, began, ended - len(sent["broken"]), used, memory, sent)


def _run(
    started: Server,
    plan: Plan,
    material: Material,
    began: dict[str, float],
    ended: int,
    used: float,
    memory: float,
    sent: dict[str, float],
) -> Run:
    played = {call.call_id: material.calls[call.audio] for call in plan.calls}
    seconds = sum(len(mulaw) for call in played.values() for mulaw in call.tracks.values()) / PHONE_RATE
    said = {(call_id, track): words for call_id, call in played.items() for track, words in call.said.items()}
    arrivals = started.arrivals()
    found = measures.latencies(arrivals, began)
    return Run(
        system=started.name,
        workload=material.workload,
        calls=len(plan.calls),
        cpu_ms=MS * used / seconds,
        cores=used / material.calls[0].seconds,
        error_rate=measures.error_rate(said, arrivals),
        shown=measures.percentiles(found.shown),
        final=measures.percentiles(found.final),
        confirmed=measures.percentiles(found.confirmed),
        lag_p95=round(measures.percentile(found.lag, 0.95), 1) if found.lag else None,
        memory_mb=memory,
        ended=ended,
        load_late_ms=round(sent["late_ms"], 1),
        load_cpu_ms=round(MS * sent["cpu_seconds"] / seconds, 3),
    )


def estimate(run: Run) -> Capacity:
    """Estimate the capacity from the cost of a call, as if no time were lost by waiting."""
    return Capacity(run.system, run.workload, round(run.calls / run.cores, 1), estimated=True)


def search(system: str, model: Path, material: Material, unhurried: Run, pins: Pins, say: Say) -> Capacity:
    """Try more and more calls on these cores until they do not keep up, then numbers in between.

    `unhurried` is a run that kept up.  It gives the first guess and the word error rate to compare with.
    """
    many, cores = len(pins.server), f"{len(pins.server)} core{'s' * (len(pins.server) > 1)}"
    calls: int | None = max(1, round(0.6 * many * unhurried.calls / unhurried.cores))
    carried, too_many, limit = 0, None, ""
    for _ in range(MAX_STEPS):
        if calls is None:
            break
        run = measure(system, model, material, calls, pins)
        overrun = _overrun(run, unhurried, many)
        say(f"{system}, {material.workload}, {cores}: {calls} calls: {overrun or 'carried'}")
        if overrun:
            too_many, limit = calls, f"at {calls} calls {overrun}"
        else:
            carried = calls
        calls = measures.next_try(carried, too_many)
    return Capacity(system, material.workload, carried, estimated=False, limit=limit)


def _overrun(run: Run, unhurried: Run, cores: int) -> str:
    """Say why these calls are not carried; empty if they are."""
    if run.load_late_ms > MAX_LATE_MS:
        return f"the load itself was {run.load_late_ms:.0f} ms late"
    if run.ended < run.calls:
        return f"{run.calls - run.ended} calls were cut off or did not end in time"
    if not run.kept_up:
        had = (
            ""
            if run.cores > ENOUGH * cores
            else f", with {100 * run.cores / cores:.0f} % of its cores: other work is in the way"
        )
        return f"95 % of the partials lagged up to {run.lag_p95 or math.inf:.0f} ms{had}"
    if run.error_rate > unhurried.error_rate + WORSE:
        return f"{100 * run.error_rate:.1f} % of the words were wrong"
    return ""
