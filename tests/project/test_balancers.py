"""What HAProxy and nginx do with the configuration of `packaging/cluster`, in front of servers that fail.

`tests/end_to_end/test_cluster.py` has real hosts behind them.
"""

import contextlib
import os
import shutil
import subprocess
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from helpers.balancers import CLUSTER, running_haproxy, running_nginx, servers_up
from helpers.fetched import NotFetchedError, go_without
from helpers.twilio import VALID
from helpers.waiting import wait_until

CHECKS = ("/healthz", "/readyz")

LASTING = ("/api/events", "/vosk")
"""Paths whose answers do not end until a test lets them"""


class StubHost:
    """A server that answers its name, or as it is asked to.

    - `answers`: statuses by path; 0 closes the connection without an answer
    - `asked`: method and path of each request, without health checks; `headers`: those of the last one
    """

    def __init__(self, name):
        host, self.name, self.answers, self.asked = self, name, {}, []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path not in CHECKS:
                    host.asked.append(f"{self.command} {self.path}")
                    host.headers = self.headers
                if not (status := host.answers.get(self.path, 200)):
                    return
                self.send_response(status)
                self.end_headers()
                self.wfile.write(host.name.encode())
                if self.path in LASTING:
                    self.wfile.flush()
                    host.may_end.wait(400)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.may_end = threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.may_end.set()
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def running(balancer, count=3):
    """Run a balancer in front of stub hosts; yield their names with them, and a function that asks it."""
    if not shutil.which(balancer):
        go_without(NotFetchedError(f"{balancer} is not installed (Debian: {balancer})"))
    if balancer == "nginx" and os.geteuid():
        go_without(NotFetchedError("nginx of Debian keeps its folders for root"))
    start = {"haproxy": running_haproxy, "nginx": running_nginx}[balancer]
    with contextlib.ExitStack() as stack:
        hosts = [stack.enter_context(contextlib.closing(StubHost(name))) for name in "abcd"[:count]]
        front = stack.enter_context(start("127.0.0.1", [host.address for host in hosts]))

        def ask(path, method="GET", **options):
            return requests.request(
                method, front.url + path, verify=str(front.authority), timeout=400, **options
            )

        def settled(pool):
            """Wait until HAProxy has the hosts in a pool that would pass its checks; nginx checks nothing."""
            path = {"streams": "/readyz", "everything": "/healthz"}[pool]
            wanted = [host.name for host in hosts if host.answers.get(path, 200) == 200]
            if balancer == "haproxy":
                wait_until(lambda: servers_up(front, pool) == wanted)

        settled("streams")
        settled("everything")
        yield hosts, ask, settled


@pytest.fixture(params=["haproxy", "nginx"])
def balancer(request):
    return request.param


def test_streams_go_to_another_host_when_one_became_full(balancer):
    with running(balancer) as (hosts, ask, _):
        hosts[0].answers["/stream"] = hosts[1].answers["/stream"] = 503
        assert {ask("/stream", headers=VALID).text for _ in range(12)} == {"c"}
        assert all(host.asked for host in hosts)


def test_a_full_host_gets_no_streams_but_all_else(balancer):
    with running(balancer, 2) as (hosts, ask, settled):
        hosts[0].answers |= {"/readyz": 503, "/stream": 503}
        settled("streams")
        assert {ask("/stream", headers=VALID).text for _ in range(4)} == {"b"}
        assert Counter(ask("/call", "POST", data={"x": 1}).text for _ in range(8)) == {"a": 4, "b": 4}
        if balancer == "haproxy":  # which knows without asking
            assert "GET /stream" not in hosts[0].asked


def test_a_stream_that_a_full_host_expects_gets_there(balancer):
    with running(balancer) as (hosts, ask, settled), contextlib.ExitStack() as stack:
        for host in hosts:
            host.answers["/readyz"] = 503
        hosts[0].answers["/stream"] = hosts[1].answers["/stream"] = 503
        hosts[0].answers["/vosk"] = hosts[1].answers["/vosk"] = 503
        settled("streams")
        for _ in range(3):  # so that c has the most streams
            stack.enter_context(ask("/vosk", headers=VALID, stream=True))
        assert {ask("/stream", headers=VALID).text for _ in range(6)} == {"c"}
        hosts[2].answers["/stream"] = 503
        assert ask("/stream", headers=VALID).status_code == 503


def test_a_host_that_does_not_answer_is_passed_over_and_nothing_is_done_twice(balancer):
    with running(balancer, 2) as (hosts, ask, _):
        for path in ("/call", "/api/dial", "/api/calls"):
            hosts[0].answers[path] = 0
        assert {ask("/call", "POST", data={"x": 1}).text for _ in range(4)} == {"b"}
        assert {ask("/api/calls").text for _ in range(4)} == {"b"}
        answers = [ask("/api/dial", "POST", json={"to": 1}).status_code for _ in range(4)]
        dialed = [host.asked.count("POST /api/dial") for host in hosts]
        assert sum(dialed) == 4
        assert answers.count(502) == dialed[0] > 0


def test_a_host_that_is_gone_is_passed_over(balancer):
    with running(balancer, 2) as (hosts, ask, _):
        hosts[0].server.shutdown()
        hosts[0].server.server_close()
        assert {ask("/stream", headers=VALID).text for _ in range(4)} == {"b"}
        assert {ask("/api/dial", "POST", json={"to": 1}).text for _ in range(4)} == {"b"}


def test_a_host_has_an_address_of_its_own(balancer):
    with running(balancer, 2) as (hosts, ask, _):
        assert {ask("/hosts/b/stream?x=1", headers=VALID).text for _ in range(3)} == {"b"}
        assert {ask("/hosts/a/", "POST", data={"x": 1}).text for _ in range(3)} == {"a"}
        assert hosts[1].asked == ["GET /stream?x=1"] * 3
        assert hosts[0].asked == ["POST /"] * 3
        hosts[1].answers["/stream"] = 503  # that host and no other
        assert ask("/hosts/b/stream", headers=VALID).status_code == 503
        hosts[0].answers["/hosts/z/call"] = hosts[1].answers["/hosts/z/call"] = 404
        assert ask("/hosts/z/call", "POST", data={"x": 1}).status_code == 404


def test_metrics_are_of_one_host_and_not_of_any(balancer):
    with running(balancer, 2) as (hosts, ask, _):
        assert ask("/metrics").status_code == 404
        assert [host.asked for host in hosts] == [[], []]
        assert ask("/hosts/a/metrics").text == "a"


def test_live_events_come_as_they_happen(balancer):
    with running(balancer, 1) as ((host,), ask, _):
        with ask("/api/events", stream=True) as response:
            assert next(response.iter_content(1)) == b"a"  # while the answer goes on
            assert not host.may_end.is_set()
        host.may_end.set()


def test_hosts_learn_who_asks_and_how_and_strangers_cannot_say_so(balancer):
    with running(balancer, 1) as ((host,), ask, _):
        ask("/", headers={"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "http"})
        assert host.headers["X-Forwarded-For"] == "127.0.0.1"
        assert host.headers["X-Forwarded-Proto"] == "https"
        ask("/stream", headers=VALID)
        assert host.headers["Upgrade"] == "websocket"
        assert host.headers["Connection"].lower() == "upgrade"


def test_haproxy_counts_its_hosts_for_prometheus_away_from_callers():
    with running("haproxy", 2) as (_, ask, settled):
        settled("everything")
        assert "haproxy_" not in ask("/metrics").text


ENVIRONMENT = {
    "BALANCER_ADDRESS": "127.0.0.1:443",
    "MONITOR_ADDRESS": "127.0.0.1:8404",
    "HOST_A": "10.0.0.11:8080",
    "HOST_D": "10.0.0.14:8080",
}


def test_haproxy_finds_nothing_wrong_and_notices_mistakes(tmp_path):
    binary = shutil.which("haproxy") or go_without(NotFetchedError("HAProxy is not installed"))
    text = (CLUSTER / "haproxy.cfg").read_text().replace(' ssl crt "${BALANCER_CERTIFICATE}"', "")

    def checked(text):
        (tmp_path / "haproxy.cfg").write_text(text)
        command = [binary, "-c", "-f", tmp_path / "haproxy.cfg"]
        return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    done = checked(text)
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
    assert checked(text.replace("option redispatch", "option redispach")).returncode == 1


def test_nginx_finds_nothing_wrong_with_the_files_as_they_are(tmp_path):
    binary = shutil.which("nginx") or go_without(NotFetchedError("nginx is not installed"))
    shutil.copytree(CLUSTER / "nginx", tmp_path / "nginx")
    listen = tmp_path / "nginx" / "listen.conf"
    listen.write_text("listen 8443;\n")  # the certificate is the user's

    def checked(text):
        (tmp_path / "nginx.conf").write_text(text)
        command = [binary, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    text = (CLUSTER / "nginx.conf").read_text()
    done = checked(text)
    assert (done.returncode, "[warn]" in done.stderr) == (0, False), done.stderr
    assert checked(text.replace("least_conn", "last_conn")).returncode == 1
