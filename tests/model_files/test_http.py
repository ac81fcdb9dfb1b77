"""A server that does not answer costs seconds, and ends in a sentence with a remedy."""

import socket
import threading
import time

import pytest

from helpers.downloads import GOOD, NAME, raiser
from local_stt.errors import DownloadError
from local_stt.model_files import fetch_list


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


def failure(url):
    started = time.monotonic()
    with pytest.raises(DownloadError) as raised:
        fetch_list(url, seconds=0.5)
    assert time.monotonic() - started < 5
    assert "LOCAL_STT_MODEL_LIST_URL" in str(raised.value)
    assert "by hand" in str(raised.value)
    return str(raised.value)


def test_nobody_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert "127.0.0.1 cannot be reached (Connection refused)" in failure(url)


def test_the_server_is_silent(mirror):
    mirror.silent = True
    assert "no answer within 0.5 seconds" in failure(mirror.list_url)


@pytest.mark.parametrize("trickle", [b"HTTP/1.0 200 OK\r\n", b"X-More: 1\r\n"])
def test_the_headers_trickle(mirror, trickle):
    mirror.trickle = trickle
    failure(mirror.list_url)


def test_the_body_trickles(mirror):
    mirror.entries, mirror.stall_after = ["text"], 3
    assert "no answer within 0.5 seconds" in failure(mirror.list_url)


def test_the_name_lookup_hangs(monkeypatch):
    done = threading.Event()

    def hang(*args, **options):
        done.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert "models.example cannot be reached" in failure("http://models.example/list.json")
    done.set()


def test_the_name_lookup_fails(monkeypatch):
    error = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    monkeypatch.setattr(socket, "getaddrinfo", raiser(error))
    assert "(Temporary failure in name resolution)" in failure("http://models.example/list.json")


@pytest.mark.parametrize("url", ["models.json", "ftp://models.example/", "http://[broken", "http://"])
def test_the_address_is_none(url):
    assert "cannot be reached" in failure(url)


def test_a_password_in_the_address_is_not_told():
    assert "secret" not in failure("http://user:secret@[::1]:1/list.json")


def test_a_proxy_of_the_environment_is_used(mirror, monkeypatch):
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", mirror.url)
    mirror.offer(NAME, GOOD)
    (model,) = fetch_list("http://no.such.host.example/models/model-list.json")
    assert model.name == NAME
