"""Measure local_stt beside bare Vosk and the well-known tutorial on this machine: `python -m benchmarks`."""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from local_stt.config.settings import ModelSettings
from local_stt.engine import cores
from local_stt.errors import ModelError
from local_stt.model_files import EMBEDDED, require_model
from local_stt.service.model_choice import find_folder

from . import audio_material, processes, report, runs
from .audio_material import CONVERSATION, MONOLOGUE, Material
from .report import Report
from .runs import Capacity, Run
from .servers import FLOOR, LOCAL_STT, PACED_FLOOR, RAW, REDACTING, TUTORIAL, ProcessError

SECONDS = {CONVERSATION: 80.0, MONOLOGUE: 40.0}
QUICK_SECONDS = {CONVERSATION: 12.0, MONOLOGUE: 8.0}
SEARCH_SECONDS = {CONVERSATION: 24.0, MONOLOGUE: 18.0}

CALLS = (1, 10, 50, 100)
QUICK_CALLS = (1, 10)
TOGETHER = 10
"""Calls at most for the second workload and for bare Vosk, which are measured for cost, not for scale"""

NEAR_CAPACITY = 0.8
"""Share of the calls that one core carries, at which latency is measured"""

BUSIEST = 0.95
"""Share of the cores above which a number of calls is not tried, as queued work cannot be timed"""

QUIET = 0.1
"""Share of the machine that other work may use before a note says so"""

SYSTEMS = (TUTORIAL, LOCAL_STT)


class Benchmark:
    """Runs all measurements one after the other, and collects the results."""

    def __init__(
        self, model: Path, materials: list[Material], found: Report, say: Callable[[str], None]
    ) -> None:
        self._model, self._materials = model, materials
        self._found, self._say = found, say

    def run(self, counts: tuple[int, ...], search_seconds: dict[str, float]) -> None:
        """Measure the floor, the servers and the capacity.

        `counts` are numbers of calls at once.  The capacity is searched for where `search_seconds` has the
        workload, and estimated elsewhere.
        """
        for material in self._materials:
            self._floor(material)
            conversation = material.workload == CONVERSATION
            together = min(TOGETHER, max(counts))
            self._paced_floor(material, together)
            for calls in counts if conversation else [together]:
                for system in SYSTEMS:
                    self._measure(system, material, calls)
            for system in (RAW, REDACTING):
                self._measure(system, material, together)
            for system in SYSTEMS:
                self._capacity(system, material.workload, search_seconds.get(material.workload))

    def _floor(self, material: Material) -> None:
        self._say(f"{FLOOR}, {material.workload}")
        with self._failures():
            run = runs.measure_floor(self._model, material)
            self._found.runs.append(run)
            self._found.capacities.append(runs.estimate(run))

    def _paced_floor(self, material: Material, calls: int) -> None:
        self._say(f"{PACED_FLOOR}, {material.workload}, {calls} calls, {material.calls[0].seconds:.0f} s")
        with self._failures():
            self._found.runs.append(runs.measure_paced_floor(self._model, material, calls))

    def _measure(self, system: str, material: Material, calls: int) -> None:
        what = f"{system}, {material.workload}, {calls} call{'s' * (calls > 1)}"
        needed = self._needed(system, material.workload, calls)
        if needed > BUSIEST * self._found.cores:
            self._found.notes.append(f"{what}: not tried, would need {needed:.1f} cores.")
            return
        self._say(f"{what}, {material.calls[0].seconds:.0f} s")
        with self._failures():
            run = runs.measure(system, self._model, material, calls)
            self._found.runs.append(run)
            if run.load_late_ms > runs.MAX_LATE_MS:
                self._found.notes.append(f"{what}: the load was {run.load_late_ms:.0f} ms late itself.")

    def _needed(self, system: str, workload: str, calls: int) -> float:
        """Estimate the cores that these calls need, from the largest run so far."""
        largest = self._largest(system, workload)
        return largest.cores * calls / largest.calls if largest else 0.0

    def _largest(self, system: str, workload: str) -> Run | None:
        runs = [run for run in self._found.runs if (run.system, run.workload) == (system, workload)]
        return max(runs, key=lambda run: run.calls, default=None)

    def _capacity(self, system: str, workload: str, seconds: float | None) -> None:
        run = self._largest(system, workload)
        if not run:
            return
        if not (seconds and processes.can_pin()):
            self._found.capacities.append(runs.estimate(run))
            return
        material = audio_material.make(workload, seconds)
        with self._failures():
            found = runs.search(system, self._model, material, run, runs.one_core(), self._say)
            self._found.capacities.append(found)
            if (system, workload) == (LOCAL_STT, CONVERSATION):
                self._near_capacity(found, material)
                self._scaling(run, material)

    def _near_capacity(self, found: Capacity, material: Material) -> None:
        """Measure latencies at the load of a machine in practice."""
        calls = max(1, round(NEAR_CAPACITY * found.calls))
        self._say(f"{LOCAL_STT}, {material.workload}, one core: {calls} calls, {NEAR_CAPACITY:.0%} of it")
        run = runs.measure(LOCAL_STT, self._model, material, calls, runs.one_core())
        self._found.runs.append(replace(run, system=f"{LOCAL_STT}, {NEAR_CAPACITY:.0%} of a core"))

    def _scaling(self, unhurried: Run, material: Material) -> None:
        """Compare the capacity of one core and of two.  The load has no core of its own in either case."""
        for count in (1, 2):
            pins = runs.shared(count)
            carried = runs.search(LOCAL_STT, self._model, material, unhurried, pins, self._say).calls
            self._found.notes.append(
                f"{LOCAL_STT} and its load together on {count} core{'s' * (count > 1)}: {carried:.0f} calls."
            )

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Report a failure, so that the rest is measured all the same."""
        try:
            yield
        except ProcessError as error:
            self._say(str(error))
            self._found.failures.append(str(error))


def _numbers(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        numbers = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        numbers = ()
    if not numbers or numbers[0] < 1:
        raise click.BadParameter("give numbers of calls, such as 1,10,50")
    return numbers


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="under two minutes; calls per core are estimated, not tried")
@click.option(
    "--model", default=EMBEDDED, show_default=True, help="a model's folder, or its name under models/"
)
@click.option("--calls", callback=_numbers, help="how many at once [1,10,50,100; with --quick 1,10]")
@click.option("--seconds", type=click.FloatRange(3), help="length of the calls")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="results to a file"
)
@click.option("--plot", "plot_path", type=click.Path(path_type=Path, dir_okay=False), help="a picture (PNG)")
def main(
    quick: bool,
    model: str,
    calls: tuple[int, ...] | None,
    seconds: float | None,
    json_path: Path | None,
    plot_path: Path | None,
) -> None:
    """Measure local_stt, bare Vosk and the well-known tutorial side by side on this machine."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    found = _measure_all(_folder(model), quick, calls or (QUICK_CALLS if quick else CALLS), seconds)
    report.show(found, Console(width=None if sys.stdout.isatty() else 132))
    if json_path:
        json_path.write_text(report.to_json(found), encoding="utf-8")
    if plot_path:
        report.plot(found, plot_path)
    sys.exit(1 if found.failures else 0)


def _folder(model: str) -> Path:
    try:
        return require_model(find_folder(ModelSettings(), model)).resolve()
    except ModelError as error:
        raise click.ClickException(str(error)) from error


def _measure_all(model: Path, quick: bool, counts: tuple[int, ...], seconds: float | None) -> Report:
    say = _progress()
    say("making the calls' audio")
    lengths = QUICK_SECONDS if quick else SECONDS
    materials = [audio_material.make(workload, seconds or length) for workload, length in lengths.items()]
    found = Report(
        cores=cores(),
        model=model.name,
        material=materials[0].source,
        seconds={each.workload: each.calls[0].seconds for each in materials},
        quick=quick,
    )
    if (busy := processes.busy_share()) > QUIET:
        found.notes.append(f"Other work kept {100 * busy:.0f} % of the machine busy when this began.")
        say(found.notes[-1])
    Benchmark(model, materials, found, say).run(counts, {} if quick else SEARCH_SECONDS)
    return found


def _progress() -> Callable[[str], None]:
    """Return a function that shows progress on standard error."""
    console = Console(stderr=True)

    def say(text: str) -> None:
        console.print(f"[bench] {text}", markup=False, highlight=False, soft_wrap=True)

    return say


if __name__ == "__main__":
    main()
