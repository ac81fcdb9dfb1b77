"""Show the results as tables, as JSON and, with matplotlib, as a picture."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from . import measures
from .measures import Percentiles
from .runs import MAX_LAG_MS, Capacity, Run
from .servers import FLOOR, LOCAL_STT, PACED_FLOOR, RAW, REDACTING, TUTORIAL

NOTHING = "-"
COLORS = {FLOOR: "#9aa5b1", TUTORIAL: "#e0803a", LOCAL_STT: "#2f6fb0"}


@dataclass(slots=True)
class Report:
    """All results of one benchmark."""

    cores: int
    """Number of cores of this machine"""
    model: str
    material: str
    """The origin of the speech in the calls"""
    seconds: dict[str, float]
    """Length of the calls of each workload"""
    quick: bool
    runs: list[Run] = field(default_factory=list)
    capacities: list[Capacity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Numbers of calls that this machine does not carry, and other remarks for a reader of the figures"""
    failures: list[str] = field(default_factory=list)

    def memory_per_call(self, system: str) -> float | None:
        """Compute the MB for each call: the slope of the whole tree's memory over the number of calls."""
        runs = [run for run in self.runs if run.system == system and run.memory_mb is not None]
        return measures.slope([(run.calls, run.memory_mb or 0.0) for run in runs if _is_first(run, runs)])


def _is_first(run: Run, runs: Sequence[Run]) -> bool:
    """Tell whether a run has the workload of the first, as memory is compared within one workload."""
    return run.workload == runs[0].workload


def to_json(report: Report) -> str:
    """Write all results as JSON, with units in the names."""
    memory = {system: report.memory_per_call(system) for system in (TUTORIAL, LOCAL_STT)}
    return json.dumps(asdict(report) | {"memory_mb_per_call": memory}, indent=1)


def show(report: Report, console: Console) -> None:
    """Print the tables, the notes and the failures."""
    console.print(_summary(report))
    console.print(_details(report))
    lengths = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in report.seconds.items())
    console.print(
        f"{report.cores} cores, {report.model}, speech: {report.material} ({lengths}).", style="dim"
    )
    console.print(
        "In ms. Shown: from a word's end to the first event that shows it. Final: from the end of an "
        "utterance's last word to its final. Confirmed: from each word's end to its final. "
        "Lag: from the end of the audio that a partial has heard, p95.",
        style="dim",
    )
    for line in report.notes:
        console.print(line, style="dim", markup=False)
    for failure in report.failures:
        console.print(failure, style="bold red", markup=False)


def _summary(report: Report) -> Table:
    table = Table(title="One core, one call", title_justify="left")
    for heading in (
        "workload",
        "",
        "CPU ms per track-second",
        "calls per core",
        "words wrong",
        "MB per call",
    ):
        table.add_column(heading, justify="left" if heading in ("workload", "") else "right")
    for workload in report.seconds:
        for system in (FLOOR, PACED_FLOOR, TUTORIAL, LOCAL_STT, RAW, REDACTING):
            if runs := [run for run in report.runs if (run.system, run.workload) == (system, workload)]:
                busiest = max(runs, key=lambda run: run.calls)
                memory = report.memory_per_call(system)
                table.add_row(
                    workload,
                    system,
                    f"{busiest.cpu_ms:.1f}",
                    _capacity(report, system, workload),
                    f"{100 * busiest.error_rate:.1f} %",
                    NOTHING if memory is None else f"{memory:.1f}",
                )
    return table


def _capacity(report: Report, system: str, workload: str) -> str:
    for each in report.capacities:
        if (each.system, each.workload) == (system, workload):
            return f"about {each.calls:.0f} (estimate)" if each.estimated else f"{each.calls:.0f}"
    return NOTHING


def _details(report: Report) -> Table:
    table = Table(title="Over WebSockets, at the pace of real calls", title_justify="left")
    headings = ("workload", "calls", "", "CPU ms", "cores", "wrong", "shown p50 95 99", "final p50 95 99")
    for heading in (*headings, "confirmed", "lag", "MB"):
        table.add_column(heading, justify="left" if heading in ("workload", "") else "right", no_wrap=True)
    for run in report.runs:
        if run.shown or run.ended:
            table.add_row(*_cells(run), style="" if run.kept_up else "red")
    return table


def _cells(run: Run) -> tuple[str, ...]:
    return (
        run.workload,
        str(run.calls),
        run.system,
        f"{run.cpu_ms:.2f}",
        f"{run.cores:.2f}",
        f"{100 * run.error_rate:.1f} %",
        _three(run.shown),
        _three(run.final),
        _three(run.confirmed),
        NOTHING if run.lag_p95 is None else f"{run.lag_p95:.0f}",
        NOTHING if run.memory_mb is None else f"{run.memory_mb:.0f}",
    )


def _three(values: Percentiles | None) -> str:
    return f"{values.p50:.0f} {values.p95:.0f} {values.p99:.0f}" if values else NOTHING


def plot(report: Report, path: Path) -> None:
    """Draw three charts side by side: the cost, the calls that one core carries, and the latency."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (cost, capacity, latency) = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    workloads = list(report.seconds)
    _bars(cost, workloads, _costs(report), "CPU ms per second of a track", "{:.1f}")
    estimated = (
        " (estimate)" if all(each.estimated for each in report.capacities) else f" ({FLOOR}: estimate)"
    )
    _bars(capacity, workloads, _capacities(report), f"calls one core carries{estimated}", "{:.0f}")
    calls, waits = _waits(report)
    labels = ["shown\np50", "shown\np95", "final\np50", "final\np95"]
    _bars(latency, labels, waits, f"ms from a word's end, {calls} call{'s' * (calls > 1)}", "{:.0f}")
    figure.legend(*cost.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    cores = "1 core" if report.cores == 1 else f"{report.cores} cores"
    figure.suptitle(f"{report.model}, {cores}, lag at most {MAX_LAG_MS:.0f} ms", fontsize=10)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _costs(report: Report) -> dict[str, list[float]]:
    def cost(system: str, workload: str) -> float:
        runs = [run for run in report.runs if (run.system, run.workload) == (system, workload)]
        return max(runs, key=lambda run: run.calls).cpu_ms if runs else 0.0

    return {system: [cost(system, workload) for workload in report.seconds] for system in COLORS}


def _capacities(report: Report) -> dict[str, list[float]]:
    found = {(each.system, each.workload): each.calls for each in report.capacities}
    return {system: [found.get((system, workload), 0.0) for workload in report.seconds] for system in COLORS}


def _waits(report: Report) -> tuple[int, dict[str, list[float]]]:
    """Return latencies of the first workload, at the largest number of calls with which both kept up."""
    runs = [run for run in report.runs if run.workload == next(iter(report.seconds)) and run.kept_up]
    by_system = {system: {run.calls: run for run in runs if run.system == system} for system in COLORS}
    both = by_system[TUTORIAL].keys() & by_system[LOCAL_STT].keys()
    if not both:
        return 0, {}
    calls = max(both)
    waits = {}
    for system in (TUTORIAL, LOCAL_STT):
        run = by_system[system][calls]
        if run.shown and run.final:
            waits[system] = [run.shown.p50, run.shown.p95, run.final.p50, run.final.p95]
    return calls, waits


def _bars(axes: Any, labels: Sequence[str], values: dict[str, list[float]], title: str, shape: str) -> None:
    """Draw a group of bars for each label, with a bar for each system."""
    width = 0.8 / max(1, len(values))
    for number, (system, heights) in enumerate(values.items()):
        places = [place + (number - (len(values) - 1) / 2) * width for place in range(len(labels))]
        bars = axes.bar(places, heights, width, label=system, color=COLORS[system])
        axes.bar_label(bars, fmt=shape, fontsize=8)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
