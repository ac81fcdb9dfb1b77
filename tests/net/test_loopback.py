"""Requests to this machine go to no proxy, even if the environment names one."""

import importlib
import os
import socket
import urllib.request

import pytest
import requests
from click.testing import CliRunner

from local_stt.cli import main
from local_stt.demo import RECORDING
from local_stt.net.loopback import keep_off_proxies
from local_stt.system.instance import Instance, Presence
from stand_ins.proxy import http_proxy


@pytest.fixture
def proxy(monkeypatch):
    """A proxy that the environment names, with no exceptions."""
    monkeypatch.setattr(urllib.request, "_opener", None)  # or it keeps the proxies it met first
    with http_proxy() as proxy:
        for name, value in proxy.environ.items():
            monkeypatch.setenv(name, value)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "")
        yield proxy


@pytest.fixture
def silent_port():
    """A port of this machine where nobody answers."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


@pytest.mark.parametrize("name", ["127.0.0.1", "127.8.0.1", "localhost", "[::1]"])
def test_requests_asks_this_machine_directly(proxy, silent_port, name):
    keep_off_proxies(os.environ)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://{name}:{silent_port}/", timeout=5)
    assert proxy.asked == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_urllib_asks_this_machine_directly(proxy, silent_port, name):
    """With urllib pyngrok asks ngrok."""
    keep_off_proxies(os.environ)
    with pytest.raises(OSError, match="urlopen"):
        urllib.request.urlopen(f"http://{name}:{silent_port}/", timeout=5)
    assert proxy.asked == []


def test_other_machines_are_still_asked_through_the_proxy(proxy):
    keep_off_proxies(os.environ)
    assert requests.get("http://name.example/", timeout=400).status_code == 503
    assert [line for line, _ in proxy.asked] == ["GET http://name.example/ HTTP/1.1"]


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_exceptions_that_were_set_stay(name):
    environ = {"HTTPS_PROXY": "http://proxy.example", name: "intranet.example"}
    keep_off_proxies(environ)
    assert environ["NO_PROXY"] == environ["no_proxy"]
    assert environ["NO_PROXY"].startswith("intranet.example,127.0.0.1,localhost,::1,")


@pytest.mark.parametrize("environ", [{}, {"HTTP_PROXY": "http://proxy.example", "NO_PROXY": "*"}])
def test_nothing_is_changed_where_nothing_goes_to_a_proxy(environ):
    before = dict(environ)
    keep_off_proxies(environ)
    assert environ == before


def test_call_asks_the_server_of_this_machine_directly(proxy, silent_port):
    result = CliRunner().invoke(main, ["call", str(RECORDING), "--port", str(silent_port)])
    assert result.exit_code == 2
    assert "No server answers" in result.output
    assert proxy.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_dial_hands_the_token_to_no_proxy(proxy, silent_port, tmp_path, monkeypatch, host):
    """Not even where the program listens on an address that is not the loopback's."""
    monkeypatch.setattr(importlib.import_module("local_stt.cli.dial"), "RESPONSE_TIMEOUT", 0.5)
    here = Instance(f"http://{host}:{silent_port}", "a-token-of-viewers")
    with Presence(tmp_path / "running", lambda: here):
        result = CliRunner().invoke(main, ["dial", "+12025550123", "--data-dir", str(tmp_path)])
    assert (result.exit_code, proxy.asked) == (2, [])
    assert "does not answer" in result.output
