"""Streams find the host that has room through a real HAProxy, where hosts have no addresses of their own."""

import contextlib
import os
import shutil
import socket
import subprocess

import pytest
from simple_websocket import Client

from helpers import messages
from helpers.hosts import Hosts, is_streamed
from helpers.waiting import wait_until
from local_stt.cluster import host_loads
from local_stt.events import CallStarted
from local_stt.simulator import read_twiml
from local_stt.telephony.signature import sign
from stand_ins.twilio_api import AUTH_TOKEN

MAX_CALLS = {"a": 1, "b": 1, "c": 3}

CONFIGURATION = """
defaults
    mode http
    timeout connect 60s
    timeout client 600s
    timeout server 600s
    timeout tunnel 1h
frontend streams
    bind 127.0.0.1:{port}
    default_backend hosts
backend hosts
    balance leastconn
    retries 9
    option redispatch 1
    retry-on conn-failure 503
{servers}
"""
"""What the guide says: as many tries as it takes, and weights in proportion to the calls of each host"""


@contextlib.contextmanager
def haproxy(hosts, folder):
    """Start HAProxy before hosts; yield the beginning of its addresses."""
    if not (shutil.which("haproxy") or os.environ.get("CI")):
        pytest.skip("HAProxy is not installed (Debian: haproxy)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    servers = "\n".join(
        f"    server {name} {host.server.local_url.removeprefix('http://')} weight {MAX_CALLS[name]}"
        for name, host in hosts.by_name.items()
    )
    file = folder / "haproxy.cfg"
    file.write_text(CONFIGURATION.format(port=port, servers=servers))
    process = subprocess.Popen(["haproxy", "-f", str(file)], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_listening(port))
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(400)


def is_listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def test_every_stream_finds_the_host_with_room_until_all_are_full(
    api, tmp_path, redis_url, postgres_url, monkeypatch
):
    monkeypatch.setattr(host_loads, "ALIVE_SECONDS", 600)
    with (
        Hosts(api, tmp_path, redis_url, postgres_url, with_urls=False) as hosts,
        contextlib.ExitStack() as held,
    ):
        for name, max_calls in MAX_CALLS.items():
            hosts.start(name, max_calls)
        wait_until(lambda: hosts.know(b=1, c=3))
        base = held.enter_context(haproxy(hosts, tmp_path))

        def taken():
            return {name: len(witness.of(CallStarted)) for name, witness in hosts.witnesses.items()}

        for number in range(5):
            twiml = hosts.call(f"CA{number}", "abc"[number % 3])
            assert is_streamed(twiml)
            do = read_twiml(twiml)
            websocket = Client.connect(f"{base}/stream", headers=sign(AUTH_TOKEN, do.stream_url, {}))
            held.callback(websocket.close)
            websocket.send(messages.start(f"CA{number}", **do.parameters))
            wait_until(lambda number=number: sum(taken().values()) == number + 1)
        assert taken() == MAX_CALLS
        assert "<Say" in hosts.call("CA5", "c")
