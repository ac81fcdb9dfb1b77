"""Measure what hosts cost that answer together, and calculate where PostgreSQL, Redis and the balancer end.

    python -m benchmarks.scaling --database-url postgresql://… --redis-url redis://… [--calls 6] [--rounds 3]

One host, and then two, each on a core of its own, take the same number of calls each through HAProxy with the
configuration of `packaging/cluster`, over TLS.  PostgreSQL and Redis must be empty, and run on this machine,
as their processor time is read too.  Everything shares the cores of this machine, and so do the calls: costs
are processor time, which a busy machine changes less than any time by the clock.
"""

import argparse
import contextlib
import json
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from local_stt.audio import PHONE_RATE
from tools.project import PROJECT

from . import audio_material, processes
from .audio_material import CONVERSATION, Material
from .measures import MS
from .runs import GRACE_SECONDS, plan_of
from .servers import LOCAL_STT, Child, ProcessError, Server, free_port, running, server
from .transcribe import DEMO_MODEL

NAMES = "ab"
"""Names of the hosts"""

CALLS_PER_HOST = 200
"""Calls at once of a host with four cores, for the calculation"""

TRACKS = 2
"""Tracks of a call"""

MANY = (1, 10, 100)
"""Numbers of hosts for the calculation"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor time in ms for a second of one track."""

    hosts: float
    balancer: float
    postgresql: float
    redis: float


@dataclass(frozen=True, slots=True)
class Shares:
    """What a number of hosts takes of the parts that they share, in cores."""

    balancer: float
    postgresql: float
    redis: float


class Balancer:
    """HAProxy with TLS, and in front of it another that adds the TLS that the load does not speak."""

    def __init__(self, folder: Path, hosts: Sequence[Server]) -> None:
        """Start both; `port` takes calls."""
        self.port, inner = free_port(), free_port()
        certificate = _certificate(folder)
        addresses = {
            f"HOST_{name.upper()}": f"127.0.0.1:{host.port}" for name, host in zip(NAMES, hosts, strict=False)
        }
        environ = {
            "BALANCER_ADDRESS": f"127.0.0.1:{inner}",
            "BALANCER_CERTIFICATE": str(certificate),
            "MONITOR_ADDRESS": f"127.0.0.1:{free_port()}",
        }
        adding = folder / "tls.cfg"
        adding.write_text(
            "defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n"
            f"listen tls\n bind 127.0.0.1:{self.port}\n server tls 127.0.0.1:{inner} ssl verify none\n",
            encoding="ascii",
        )
        self._adding = _haproxy(adding, {})
        self.process = _haproxy(PROJECT / "packaging" / "cluster" / "haproxy.cfg", environ | addresses)

    def close(self) -> None:
        """End both."""
        for process in (self._adding, self.process):
            process.terminate()
            process.wait()


def _haproxy(file: Path, environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if program is None:
        raise ProcessError("HAProxy is not installed (Debian: haproxy)")
    return subprocess.Popen(
        [program, "-f", str(file)], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _certificate(folder: Path) -> Path:
    """Make a certificate with its key, in one file."""
    key, made, both = (folder / name for name in ("key.pem", "certificate.pem", "both.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*command, "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(made)],
        check=True,
        capture_output=True,
    )
    both.write_text(made.read_text(encoding="ascii") + key.read_text(encoding="ascii"), encoding="ascii")
    return both


@contextlib.contextmanager
def hosts_of(count: int, urls: dict[str, str], token: str) -> Iterator[list[Server]]:
    """Start hosts, each on a core of its own."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                server(
                    LOCAL_STT,
                    DEMO_MODEL,
                    (core,),
                    urls
                    | {
                        "LOCAL_STT_HOST_NAME": name,
                        "LOCAL_STT_TOKEN": token,
                        "LOCAL_STT_WORKERS": "1",
                        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
                    },
                )
            )
            for name, core, _ in zip(NAMES, processes.cores(), range(count), strict=False)
        ]


def measure(count: int, calls: int, material: Material, urls: dict[str, str]) -> Costs:
    """Play calls to hosts through the balancer at the pace of speech; return what each part took."""
    token = secrets.token_urlsafe(24)
    with (
        tempfile.TemporaryDirectory() as name,
        hosts_of(count, urls, token) as hosts,
        contextlib.closing(Balancer(Path(name), hosts)) as balancer,
    ):
        folder = Path(name)
        time.sleep(3)  # until the balancer has found the hosts ready
        plan = replace(plan_of(balancer.port, material, calls * count, folder), token=token)
        path = folder / "plan.json"
        path.write_text(plan.to_json(), encoding="utf-8")
        with running(Child("the load", ["benchmarks.load", str(path)], folder, ())) as load:
            load.wait_for_lines(1, seconds=60)
            before = _used(hosts, balancer)
            assert load.process.stdin
            load.process.stdin.write("go\n")
            load.process.stdin.flush()
            _wait_for_ends(hosts, len(plan.calls), max(call.seconds for call in material.calls))
            used = _used(hosts, balancer)
        _check(load, hosts, calls)
        played = [material.calls[call.audio] for call in plan.calls]
        seconds = sum(len(mulaw) for call in played for mulaw in call.tracks.values()) / PHONE_RATE
        return Costs(*(MS * (now - then) / seconds for now, then in zip(used, before, strict=True)))


def _used(hosts: Sequence[Server], balancer: Balancer) -> tuple[float, float, float, float]:
    """Return the processor time so far of the hosts, the balancer, PostgreSQL and Redis, in seconds."""
    return (
        sum(host.cpu_seconds for host in hosts),
        processes.cpu_seconds(balancer.process.pid),
        _used_by("postgres"),
        _used_by("redis-server", "valkey-server"),
    )


def _used_by(*names: str) -> float:
    """Return the processor time of all processes of these names, with children that have ended."""
    total = 0.0
    for process in psutil.process_iter(["name", "cpu_times"]):
        if process.info["name"] in names and process.info["cpu_times"]:
            times = process.info["cpu_times"]
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _wait_for_ends(hosts: Sequence[Server], calls: int, longest: float) -> None:
    deadline = time.monotonic() + 2 * longest + GRACE_SECONDS
    while sum(host.ended for host in hosts) < calls:
        for host in hosts:
            host.check_or_time_out(deadline)
        time.sleep(0.1)


def _check(load: Child, hosts: Sequence[Server], calls: int) -> None:
    """Raise `ProcessError` if calls broke, or the balancer did not divide them equally."""
    result = json.loads(load.lines[-1][1])
    if result["broken"]:
        raise ProcessError(f"{len(result['broken'])} calls broke")
    if (taken := [host.ended for host in hosts]) != [calls] * len(hosts):
        raise ProcessError(f"the hosts took {taken} calls")


def shares(one: Costs, two: Costs, hosts: int) -> Shares:
    """Calculate what many hosts take of the parts that they share.

    Each event is written to Redis once and read by every host.  So its cost for a track is a constant, and a
    part for each host; both follow from the costs with one host and with two.
    """
    seconds_of_tracks = TRACKS * CALLS_PER_HOST * hosts
    reading = max(0.0, two.redis - one.redis)
    writing = one.redis - reading
    return Shares(
        seconds_of_tracks * two.balancer / MS,
        seconds_of_tracks * two.postgresql / MS,
        seconds_of_tracks * (writing + reading * hosts) / MS,
    )


def median(found: Sequence[Costs]) -> Costs:
    """Return the medians of several rounds."""
    return Costs(
        statistics.median(each.hosts for each in found),
        statistics.median(each.balancer for each in found),
        statistics.median(each.postgresql for each in found),
        statistics.median(each.redis for each in found),
    )


def show(one: Costs, two: Costs) -> None:
    """Print what was measured, and what is calculated from that."""
    print("| hosts | CPU ms a track-second | calls of one host | balancer | PostgreSQL | Redis |")
    print("|---|---|---|---|---|---|")
    for hosts, costs in ((1, one), (2, two)):
        cells = [costs.hosts, hosts * one.hosts / costs.hosts, costs.balancer, costs.postgresql, costs.redis]
        print(f"| {hosts} | {' | '.join(f'{each:.2f}' for each in cells)} |")
    print(f"\nCores for hosts with {CALLS_PER_HOST} calls each:\n")
    print("| hosts | calls | balancer | PostgreSQL | Redis |")
    print("|---|---|---|---|---|")
    for hosts in MANY:
        found = shares(one, two, hosts)
        cells = [found.balancer, found.postgresql, found.redis]
        print(f"| {hosts} | {hosts * CALLS_PER_HOST} | {' | '.join(f'{each:.2f}' for each in cells)} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--redis-url", required=True)
    parser.add_argument("--calls", type=int, default=6, help="of each host at once")
    parser.add_argument("--seconds", type=float, default=30, help="of each call")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    urls = {"DATABASE_URL": options.database_url, "REDIS_URL": options.redis_url}
    busy = processes.busy_share()
    material = audio_material.make(CONVERSATION, options.seconds)
    found: dict[int, list[Costs]] = {1: [], 2: []}
    for number in range(options.rounds):
        for hosts, costs in found.items():
            costs.append(measure(hosts, options.calls, material, urls))
            print(f"{number + 1} of {options.rounds}: {hosts} hosts: {costs[-1]}", file=sys.stderr)
    show(median(found[1]), median(found[2]))
    print(f"\nOther work kept {busy:.0%} of the machine busy when this began.")


if __name__ == "__main__":
    main()
