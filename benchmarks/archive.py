"""Measure how much sooner two hosts have transcribed an archive than one.

    python -m benchmarks.archive postgresql://USER@HOST/NAME [--model FOLDER] [--minutes 60] [--rounds 3]

Needs flite or espeak-ng, and a database that it may write to.  A host is `local-stt work` on one core, with
one worker.  A conversation is cut into files of very different lengths, which `transcribe --cluster` sends.
One host and two transcribe them in turn.  A host is measured from its start to its last file.

Three figures compare them: the time until the last file is done, the processor time of the host that worked
longest, and that of both together.  Other work on the machine is in the first two: the host whose core is
used less by others takes more of the files.
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from local_stt.audio import RECOGNIZER_RATE
from local_stt.store import UNSETTLED, Job, JobKind, Store, open_store
from tools.project import PROJECT

from . import processes
from .servers import clean_environment
from .transcribe import DEMO_MODEL, talk
from .voices import installed

SHARES = (20, 14, 11, 9, 8, 7, 6, 5, 5, 4, 3, 3, 2, 1, 1, 1)
"""Lengths of the files, in hundredths of the archive"""

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """The results of one number of hosts for the archive."""

    seconds: float
    """Time until the last file was done"""
    cpu: tuple[float, ...]
    """Processor time of each host, in seconds"""
    others: float
    """Share of the machine that other work took meanwhile"""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts that share a database, and a folder of files."""

    folder: Path
    database_url: str
    model: Path

    @property
    def shared(self) -> Path:
        """The folder in which they keep audio."""
        return self.folder / "shared"

    def environment(self, name: str) -> dict[str, str]:
        """Make the environment of a program on a host."""
        return clean_environment() | {
            "DATABASE_URL": self.database_url,
            "AUDIO_STORE": str(self.shared),
            "LOCAL_STT_DATA_DIR": str(self.folder / name),
            "LOCAL_STT_HOST_NAME": name,
            "LOCAL_STT_MODEL": str(self.model),
            "LOCAL_STT_WORKERS": "1",
        }

    @contextlib.contextmanager
    def started(
        self, name: str, *arguments: str, cores: Sequence[int] = ()
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start a program on a host, on these cores alone; end it with the block."""
        with (
            processes.started_on(cores),
            (self.folder / f"{name}.log").open("ab") as log,
        ):
            process = subprocess.Popen(
                [sys.executable, "-m", "local_stt", *arguments],
                cwd=PROJECT,
                env=self.environment(name),
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def make(folder: Path, minutes: float) -> tuple[list[Path], float]:
    """Make the files of an archive; return them, and their seconds together."""
    synthesizer = installed()
    if synthesizer is None:
        raise SystemExit("Install flite or espeak-ng.")
    sides, _ = talk(synthesizer, minutes * 60)
    sound = sides.sum(axis=1)
    paths, at = [], 0
    for number, share in enumerate(SHARES):
        samples = len(sound) * share // sum(SHARES)
        paths.append(folder / f"talk{number}.flac")
        soundfile.write(paths[-1], sound[at : at + samples], RECOGNIZER_RATE)
        at += samples
    return paths, at / RECOGNIZER_RATE


def run(hosts: Hosts, store: Store, files: Sequence[Path], on: Mapping[str, int]) -> Run:
    """Have hosts transcribe an archive, and measure them; `on` has the core of each, by its name."""
    texts = hosts.folder / "texts"
    command = ["transcribe", "--cluster", "--overwrite", "--output-dir", str(texts), *map(str, files)]
    with hosts.started("sender", *command) as sender, contextlib.ExitStack() as stack:
        _wait(lambda: len(_jobs(store)) == len(files), [sender])
        began, machine = time.monotonic(), processes.machine_seconds()
        started = [stack.enter_context(hosts.started(name, "work", cores=[on[name]])) for name in on]
        _wait(lambda: not any(job.state in UNSETTLED for job in _jobs(store)), started)
        seconds = time.monotonic() - began
        cpu = tuple(processes.cpu_seconds(each.pid) for each in started)
        others = (processes.machine_seconds() - machine - sum(cpu)) / (seconds * len(processes.cores()))
        if sender.wait():
            raise SystemExit(f"Files could not be transcribed: see {hosts.folder / 'sender.log'}.")
    for job in _jobs(store):  # or the next run would find them
        store.delete(job.key, at=0)
    return Run(seconds, cpu, max(0.0, others))


def _jobs(store: Store) -> list[Job]:
    return store.jobs.listed(JobKind.ARCHIVE, "")


def _wait(condition: Callable[[], bool], needed: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait until a condition holds, while the programs run that it needs."""
    while not condition():
        if any(each.poll() is not None for each in needed):
            raise SystemExit("A program has ended too early.")
        time.sleep(POLL_SECONDS)


def row(title: str, runs: Sequence[Run], seconds: float) -> str:
    """Write the medians of runs as a row of the table."""
    took = statistics.median(each.seconds for each in runs)
    longest = statistics.median(max(each.cpu) for each in runs)
    cpu_ms = statistics.median(1000 * sum(each.cpu) / seconds for each in runs)
    others = statistics.median(each.others for each in runs)
    return f"| {title} | {took:.1f} | {longest:.1f} | {cpu_ms:.1f} | {others:.0%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("database_url", help="of a PostgreSQL without calls")
    parser.add_argument("--model", type=Path, default=DEMO_MODEL)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not processes.can_pin():
        raise SystemExit("Two hosts need two cores.")
    first, second, *_ = processes.cores()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, seconds = make(folder, options.minutes)
        hosts = Hosts(folder, options.database_url, options.model)
        one: list[Run] = []
        two: list[Run] = []
        hosts.shared.mkdir()
        store = open_store(folder / "reader", options.database_url, str(hosts.shared))
        with contextlib.closing(store):
            for number in range(options.rounds):
                one.append(run(hosts, store, files, {"a": (first, second)[number % 2]}))
                two.append(run(hosts, store, files, {"a": first, "b": second}))
    print(f"{len(files)} files, {seconds / 60:.0f} minutes\n")
    print("| | s until the last file | CPU s of the busiest host | CPU ms a second of audio | other work |")
    print("|---|---|---|---|---|")
    print(row("one host", one, seconds))
    print(row("two hosts", two, seconds))
    pairs = list(zip(one, two, strict=True))
    by_time = statistics.median(alone.seconds / both.seconds for alone, both in pairs)
    by_longest = statistics.median(alone.cpu[0] / max(both.cpu) for alone, both in pairs)
    by_all = statistics.median(2 * alone.cpu[0] / sum(both.cpu) for alone, both in pairs)
    print(
        f"\nTwo hosts are {by_time:.2f} times as fast by the clock, {by_longest:.2f} times by the host that "
        f"worked longest, and {by_all:.2f} times by the work of both."
    )


if __name__ == "__main__":
    main()
