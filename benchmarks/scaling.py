"""Measure what hosts cost that answer together, and calculate where PostgreSQL, Redis and the balancer end.

    python -m benchmarks.scaling --database-url postgresql://…/a --other-database-url postgresql://…/b
        --redis-url redis://…/0 [--calls 6] [--rounds 3]

One host, two that share nothing, and two that share everything take the same number of calls each, on a core
of their own, through HAProxy with the configuration of `packaging/cluster`, over TLS.  Both pairs load the
machine equally, so they show what sharing costs; the single host has an idle core beside it.  Both databases,
of one PostgreSQL, and the Redis must be empty, and run on this machine, as their processor time is read too.
Everything shares the cores of this machine, and so do the calls: costs are processor time, which a busy
machine changes less than any time by the clock.
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
from urllib.parse import urlsplit

import psutil

from local_stt.audio import PHONE_RATE
from tools.project import PROJECT

from . import audio_material, processes
from .audio_material import CONVERSATION, Material
from .measures import MS
from .runs import GRACE_SECONDS, plan_of
from .servers import LOCAL_STT, Child, ProcessError, Server, free_port, running, server
from .transcribe import DEMO_MODEL

Urls = dict[str, str]
"""`DATABASE_URL` and `REDIS_URL` of a host"""

NAMES = "ab"
"""Names of the hosts"""

CALLS_PER_HOST = 200
"""Calls at once of a host with four cores, for the calculation"""

TRACKS = 2
"""Tracks of a call"""

SETTLE_SECONDS = 5
"""Seconds until the balancer has found the hosts ready, and they are at rest"""

IDLE_SECONDS = 10

MANY = (1, 10, 100)
"""Numbers of hosts for the calculation"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor time in ms, for a second of one track or for a second without calls."""

    hosts: float
    balancer: float
    postgresql: float
    redis: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a number of hosts has cost."""

    idle: Costs
    """All hosts together, for a second without calls"""
    track: Costs
    """Beyond that, for a second of one track"""
    events: float
    """Live events for a second of one track"""


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
def hosts_of(urls: Sequence[Urls], token: str) -> Iterator[list[Server]]:
    """Start a host for each database and Redis, on a core of its own."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                server(
                    LOCAL_STT,
                    DEMO_MODEL,
                    (core,),
                    its_urls
                    | {
                        "LOCAL_STT_HOST_NAME": name,
                        "LOCAL_STT_TOKEN": token,
                        "LOCAL_STT_WORKERS": "1",
                        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
                    },
                )
            )
            for name, core, its_urls in zip(NAMES, processes.cores(), urls, strict=False)
        ]


def measure(calls: int, material: Material, urls: Sequence[Urls]) -> Measured:
    """Play calls to hosts through the balancer at the pace of speech; return what each part took.

    `urls` has the database and the Redis of each host, of which all are on the same servers.
    """
    token = secrets.token_urlsafe(24)
    with (
        tempfile.TemporaryDirectory() as name,
        hosts_of(urls, token) as hosts,
        contextlib.closing(Balancer(Path(name), hosts)) as balancer,
    ):
        folder = Path(name)
        time.sleep(SETTLE_SECONDS)
        parts = Parts(hosts, balancer, urls[0])
        idle = parts.used_in(IDLE_SECONDS)
        plan = replace(plan_of(balancer.port, material, calls * len(hosts), folder), token=token)
        path = folder / "plan.json"
        path.write_text(plan.to_json(), encoding="utf-8")
        with running(Child("the load", ["benchmarks.load", str(path)], folder, ())) as load:
            load.wait_for_lines(1, seconds=60)
            began, before = time.monotonic(), parts.used()
            assert load.process.stdin
            load.process.stdin.write("go\n")
            load.process.stdin.flush()
            _wait_for_ends(hosts, len(plan.calls), max(call.seconds for call in material.calls))
            used, lasted = parts.used(), time.monotonic() - began
        _check(load, hosts, calls)
        played = [material.calls[call.audio] for call in plan.calls]
        seconds = sum(len(mulaw) for call in played for mulaw in call.tracks.values()) / PHONE_RATE
        track = (
            (now - then - lasted * each / MS) * MS / seconds
            for now, then, each in zip(used, before, idle, strict=True)
        )
        events = sum(len(host.lines) for host in hosts)
        return Measured(Costs(*idle), Costs(*track), events / seconds)


class Parts:
    """The hosts, the balancer, PostgreSQL and Redis, in this order."""

    def __init__(self, hosts: Sequence[Server], balancer: Balancer, urls: Urls) -> None:
        self._hosts, self._balancer = hosts, balancer
        self._database, self._redis = (_server_at(urls[name]) for name in ("DATABASE_URL", "REDIS_URL"))

    def used(self) -> tuple[float, float, float, float]:
        """Return the processor time of each so far, in seconds."""
        return (
            sum(host.cpu_seconds for host in self._hosts),
            processes.cpu_seconds(self._balancer.process.pid),
            processes.cpu_seconds(self._database),
            processes.cpu_seconds(self._redis),
        )

    def used_in(self, seconds: float) -> list[float]:
        """Return the processor time of each in ms a second, over some seconds from now on."""
        before = self.used()
        time.sleep(seconds)
        return [MS * (now - then) / seconds for now, then in zip(self.used(), before, strict=True)]


def _server_at(url: str) -> int:
    """Return the process id of a server on this machine.  Raises `ProcessError` if there is none."""
    port = urlsplit(url).port
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return int(connection.pid)
    raise ProcessError(f"no server of this machine listens on port {port}, or it is another user's")


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


def shares(one: Measured, two: Measured, hosts: int) -> Shares:
    """Calculate what many hosts take of the parts that they share.

    Each event is written to Redis once and read by every host.  So its cost for a track is a constant, and a
    part for each host; both follow from the costs with one host and with two.
    """
    tracks = TRACKS * CALLS_PER_HOST * hosts
    reading = max(0.0, two.track.redis - one.track.redis)
    writing = one.track.redis - reading
    idle = two.idle
    return Shares(
        (tracks * two.track.balancer + hosts / 2 * idle.balancer) / MS,
        (tracks * two.track.postgresql + hosts / 2 * idle.postgresql) / MS,
        (tracks * (writing + reading * hosts) + hosts / 2 * idle.redis) / MS,
    )


def median(found: Sequence[Costs]) -> Costs:
    """Return the medians of several rounds."""
    return Costs(
        statistics.median(each.hosts for each in found),
        statistics.median(each.balancer for each in found),
        statistics.median(each.postgresql for each in found),
        statistics.median(each.redis for each in found),
    )


def show(one: Measured, apart: Measured, two: Measured) -> None:
    """Print what was measured, and what is calculated from that."""
    print("| CPU ms | hosts | balancer | PostgreSQL | Redis |")
    print("|---|---|---|---|---|")
    for title, costs in (
        ("one host, a second without calls", one.idle),
        ("two hosts that share nothing, a second without calls", apart.idle),
        ("two hosts, a second without calls", two.idle),
        ("one host, a track-second", one.track),
        ("two hosts that share nothing, a track-second", apart.track),
        ("two hosts, a track-second", two.track),
    ):
        cells = [costs.hosts, costs.balancer, costs.postgresql, costs.redis]
        print(f"| {title} | {' | '.join(f'{each:.2f}' for each in cells)} |")
    equal, idle = (2 * each.track.hosts / two.track.hosts for each in (apart, one))
    print(f"\nTwo hosts carry {equal:.2f} times the calls of one that has a busy core beside it,")
    print(f"and {idle:.2f} times those of one beside an idle core.")
    print(f"A call has {TRACKS * two.events:.1f} live events a second.")
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
    parser.add_argument("--other-database-url", required=True, help="for a host that shares nothing")
    parser.add_argument("--redis-url", required=True)
    parser.add_argument("--calls", type=int, default=6, help="of each host at once")
    parser.add_argument("--seconds", type=float, default=30, help="of each call")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    urls = {"DATABASE_URL": options.database_url, "REDIS_URL": options.redis_url}
    other_redis = urlsplit(options.redis_url)._replace(path="/1").geturl()
    others = {"DATABASE_URL": options.other_database_url, "REDIS_URL": other_redis}
    ways = {"one host": [urls], "two hosts that share nothing": [urls, others], "two hosts": [urls, urls]}
    busy = processes.busy_share()
    material = audio_material.make(CONVERSATION, options.seconds)
    found: dict[str, list[Measured]] = {way: [] for way in ways}
    for number in range(options.rounds):
        for way, costs in found.items():
            costs.append(measure(options.calls, material, ways[way]))
            print(f"{number + 1} of {options.rounds}: {way}: {costs[-1]}", file=sys.stderr)
    one, apart, two = (
        Measured(
            median([each.idle for each in rounds]),
            median([each.track for each in rounds]),
            statistics.median(each.events for each in rounds),
        )
        for rounds in found.values()
    )
    show(one, apart, two)
    print(f"\nOther work kept {busy:.0%} of the machine busy when this began.")


if __name__ == "__main__":
    main()
