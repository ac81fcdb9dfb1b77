"""A deployment of several hosts on this machine, for tests from end to end.

    def test_a_call_is_taken(cluster, demo_channels):
        with cluster(hosts=2) as whole:
            call = whole.calls.place("CA1", demo_channels)
            call.wait()
            assert whole.hosts[0].events("call-started") or whole.hosts[1].events("call-started")

Each host is a `local-stt run` in a network namespace of its own (`helpers/network.py`), with a data
folder of its own.  All share a PostgreSQL, a Redis and the stand-in for Twilio, and are behind HAProxy or
nginx with the configuration of `packaging/cluster` (`helpers/balancers.py`).  Callers are
`stand_ins/twilio_calls.py`: a call goes on by the clock when its stream breaks, and streams again from
where it is when a host asks Twilio for that.

What can be done to a host, at any moment:

- `host.kill()`: all its processes are gone at once (SIGKILL), as when its power fails
- `host.stop()`: SIGTERM; `host.wait()` returns the exit status
- `host.cut("database")`, `host.cut("redis")`, `host.cut("front")`: its cable to PostgreSQL, to Redis, or
  to the balancer and Twilio is pulled, and `host.restore(...)` plugs it in again
- `host.freeze()` and `host.thaw()`: its processes do not run, but their connections stay (SIGSTOP,
  SIGCONT)
- `host.start(NAME=value)`: it starts again after its end, with the same data folder and perhaps other
  settings

What can be seen:

- `host.events("call-started")`: the events that it printed, also before it was started again
- `host.err`: the messages of its program
- `host.metrics()`: its metrics by name
- `host.get("/readyz")`: its answer to a request that does not pass the balancer
- `whole.host_of("CA1")`: the host that took a call last
- `whole.store()`: the store of all calls; `whole.database_url`, `whole.redis_url`; `whole.api`: what
  Twilio was asked
- `whole.balancer.url`: the public address; `whole.pool("streams")`: the hosts that HAProxy has in a pool
"""

import contextlib
import json
import os
import shutil
import signal
from unittest.mock import patch

import psutil
import requests

from local_stt.simulator import Caller, place_call
from local_stt.store import open_store
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api
from stand_ins.twilio_calls import TwilioCalls

from .balancers import NAMES, running_haproxy, running_nginx, servers_up
from .dialing import OURS
from .fetched import NotFetchedError, go_without
from .metrics import read_figures
from .network import Network, NotPermittedError
from .postgres import programs as postgres_programs
from .postgres import running_postgres
from .processes import children_of, kill_all
from .program import Program
from .redis_server import program as redis_program
from .redis_server import running_redis
from .servers import VIEWERS_TOKEN
from .waiting import wait_until

PORT = 8080

BALANCERS = {"haproxy": running_haproxy, "nginx": running_nginx}


def heard_alone(running, channels):
    """Return what one machine hears of a call that nothing disturbs: texts by track, in order."""
    with running() as server:
        place_call(channels, to=server.stream, caller=Caller("CA0"), speed=2)
        server.witness.wait_for_ends()
        return server.witness.said("CA0")


class Host:
    """One machine of the deployment, and its program."""

    def __init__(self, network, folder, environ):
        """Add a host to the network, with settings that hold whenever it starts."""
        self._network, self._environ = network, environ
        self.number = network.add_host()
        self.name = NAMES[self.number]
        self.address = network.address("front", self.number)
        self.folder = folder / self.name
        self.folder.mkdir()
        self._programs = []

    @property
    def program(self):
        """The program that was started last."""
        return self._programs[-1]

    @property
    def err(self):
        """The messages of the program that was started last."""
        return self.program.err

    @property
    def is_running(self):
        """Whether its program runs."""
        return bool(self._programs) and self.program.process.poll() is None

    @property
    def is_ready(self):
        """Whether it takes another call."""
        return self.get("/readyz").status_code == 200

    def start(self, **environ):
        """Start the program and return; `wait_until_up` waits for it."""
        assert not self.is_running
        within = self._network.within(self.number)
        self._programs.append(Program(["run", "--json"], self._environ | environ, self.folder, within))
        return self

    def wait_until_up(self):
        """Wait until the program takes calls."""
        self.program.wait_for("Waiting for calls", self.err)
        return self

    def kill(self):
        """End all its processes at once, as when its power fails."""
        kill_all(self.program.process)
        self.wait()

    def stop(self):
        """Ask the program to stop, with SIGTERM."""
        self.program.process.send_signal(signal.SIGTERM)

    def wait(self):
        """Wait for the end of the program; return its exit status."""
        return self.program.end(signum=None)

    def freeze(self):
        """Stop its processes where they are; their connections stay."""
        for each in self._processes():
            each.suspend()

    def thaw(self):
        """Let its processes run again."""
        for each in self._processes():
            each.resume()

    def cut(self, lan):
        """Pull its cable to a network of `helpers.network.LANS`."""
        self._network.cut(self.number, lan)

    def restore(self, lan):
        """Plug its cable in again."""
        self._network.restore(self.number, lan)

    def events(self, kind):
        """List the events of a kind that its programs have printed, as dictionaries."""
        lines = [line for program in self._programs for line in tuple(program.out)]
        return [event for event in map(json.loads, lines) if event["type"] == kind]

    def get(self, path, **options):
        """Ask it something with the token of viewers, not through the balancer."""
        options = {"headers": {"Authorization": f"Bearer {VIEWERS_TOKEN}"}, "timeout": 400} | options
        return requests.get(f"http://{self.address}:{PORT}{path}", **options)

    def metrics(self):
        """Read its metrics, by name."""
        return read_figures(self.get("/metrics").text)

    def close(self):
        """End what still runs."""
        if self._programs:
            self.thaw()
            kill_all(self.program.process)
            self.wait()

    def _processes(self):
        if not self.is_running:
            return []
        return [psutil.Process(self.program.process.pid), *children_of(self.program.process.pid)]


class Cluster:
    """A deployment: its hosts, and what they share."""

    def __init__(self, network, api, balancer, hosts, database_url, redis_url):
        self.network, self.api, self.balancer, self.hosts = network, api, balancer, hosts
        self.database_url, self.redis_url = database_url, redis_url
        self.calls = TwilioCalls(api, balancer.stream)

    def pool(self, name):
        """List the names of the hosts that HAProxy has in a pool; without HAProxy it is not known."""
        return servers_up(self.balancer, name)

    def host_of(self, call_id):
        """Return the host that took a call last."""
        for host in self.hosts:
            if any(event["call_id"] == call_id for event in host.events("call-started")):
                found = host
        return found

    def kept(self, *call_ids):
        """Return what is kept of calls once nothing waits to be written: the reason of its end and its lines.

        The lines are (track, text), in order.
        """
        running = [host for host in self.hosts if host.is_running]
        wait_until(lambda: all(host.metrics()["local_stt_events_held"] == 0 for host in running))
        found = {}
        with self.store() as store:
            for call_id in call_ids:
                call, lines = store.call_with_utterances(call_id)
                spoken = [(line.track, line.text) for line in lines if line.kind == "speech"]
                found[call_id] = (call.reason, spoken)
        return found

    @contextlib.contextmanager
    def store(self):
        """Open the store of all calls."""
        store = open_store(self.hosts[0].folder, self.database_url)
        try:
            yield store
        finally:
            store.close()


@contextlib.contextmanager
def running_cluster(folder, *, hosts=2, balancer="haproxy", **environ):
    """Run a deployment, whose hosts are up; `environ` are more settings of each host."""
    _look_for(balancer)
    with contextlib.ExitStack() as stack:
        try:
            network = stack.enter_context(contextlib.closing(Network()))
        except NotPermittedError as error:
            go_without(error)
        database_url = stack.enter_context(running_postgres(network.address("database")))
        redis_url = stack.enter_context(running_redis(host=network.address("redis")))
        api = stack.enter_context(twilio_api(number(OURS), host=network.address("front")))
        shared = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "LOCAL_STT_TWILIO_API_URL": api.url,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "LOCAL_STT_HOST": "0.0.0.0",
            "LOCAL_STT_PORT": str(PORT),
            "LOCAL_STT_WIRE": "no",
            "LOCAL_STT_TOKEN": VIEWERS_TOKEN,
            "LOCAL_STT_MODEL": "demo-en",
            "LOCAL_STT_WORKERS": "1",
            "LOCAL_STT_MAX_CALLS": "30",
        }
        addresses = [f"{network.address('front', each)}:{PORT}" for each in range(hosts)]
        front = stack.enter_context(BALANCERS[balancer](network.address("front"), addresses))
        trusted = {"SSL_CERT_FILE": str(front.authority), "REQUESTS_CA_BUNDLE": str(front.authority)}
        stack.enter_context(patch.dict(os.environ, trusted))
        made = []
        for name in NAMES[:hosts]:
            own = {
                "LOCAL_STT_PUBLIC_URL": front.url,
                "LOCAL_STT_HOST_NAME": name,
                "LOCAL_STT_HOST_URL": f"{front.url}/hosts/{name}",
            }
            host = Host(network, folder, shared | own | environ)
            stack.callback(host.close)
            made.append(host.start())
        for host in made:
            host.wait_until_up()
        whole = Cluster(network, api, front, made, database_url, redis_url)
        stack.callback(whole.calls.close)
        if balancer == "haproxy":
            wait_until(lambda: whole.pool("everything") == [host.name for host in made])
            wait_until(lambda: whole.pool("streams") == [host.name for host in made if host.is_ready])
        yield whole


def _look_for(balancer):
    """Skip the test where something is not installed; in CI it fails."""
    there = {
        "iproute2": shutil.which("ip"),
        "postgresql": postgres_programs(),
        "redis-server": redis_program(),
        balancer: shutil.which(balancer),
    }
    if missing := [name for name, found in there.items() if not found]:
        go_without(NotFetchedError(f"Not installed (Debian): {', '.join(missing)}"))
