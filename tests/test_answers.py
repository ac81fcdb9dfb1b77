"""What every answer of every route has, and never has."""

import socket
from http.client import HTTPResponse
from itertools import product
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import VIEWERS_TOKEN

from local_stt.server import create_app
from local_stt.store import open_store

OTHER = "evil.example"

PREFIXES = [
    "",
    "/",
    f"//{OTHER}",
    f"///{OTHER}",
    f"/\\{OTHER}",
    f"\\\\{OTHER}",
    f"/%2f{OTHER}",
    f"/%5c{OTHER}",
    f"//{OTHER}/..",
    f"/.//{OTHER}",
    f"http://{OTHER}",
    f"http:{OTHER}",
]

SUFFIXES = ["", "/", "//", f"?token={VIEWERS_TOKEN}&next=//{OTHER}"]


@pytest.fixture
def served(running, tmp_path, monkeypatch):
    """Start a server with all routes there are; returns it with its app."""
    apps = []

    def remembered(**options):
        apps.append(create_app(**options))
        return apps[-1]

    monkeypatch.setattr("local_stt.service.create_app", remembered)
    store = open_store(tmp_path, f"sqlite:///{tmp_path / 'calls.sqlite3'}")
    with running(store=store) as server:
        yield server, apps[0]
    store.close()


def paths(app):
    """List an address for each route."""
    for rule in app.url_map.iter_rules():
        yield (
            rule.rule.replace("<path:name>", "app.css")
            .replace("<call_id>", "CA1")
            .replace("<upload_id>", "1")
        )


def ask(server, method, target, **headers):
    """Send a request's target as it stands; return its answer, of which only the head is read."""
    address = urlsplit(server.http)
    given = {"Host": address.netloc, "Authorization": f"Bearer {VIEWERS_TOKEN}"} | headers
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    with socket.create_connection((address.hostname, address.port), timeout=60) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = HTTPResponse(raw, method=method)
        answer.begin()
        return answer


def test_no_answer_sends_a_browser_to_another_host(served):
    server, app = served
    plain, own = set(paths(app)), urlsplit(server.http).netloc
    doubled = {"/" + path[1:].replace("/", "//") for path in plain}
    hosts = (OTHER, "localhost:1")
    for path, prefix, suffix, host in product(plain | doubled, PREFIXES, SUFFIXES, hosts):
        target = prefix + path + suffix
        location = ask(server, "GET", target, Host=host).headers["Location"] or ""
        assert urlsplit(urljoin(server.http, location.replace("\\", "/"))).netloc == own, target


@pytest.mark.parametrize("beginning", ["//", "///", "/\\", "//evil.example/", "/\\evil.example/", "\\\\"])
def test_paths_that_begin_with_two_slashes_do_not_exist(served, beginning):
    server, app = served
    for path in set(paths(app)):
        assert ask(server, "GET", beginning + path.lstrip("/")).status == 404, path


def test_a_link_leads_to_the_page_beside_it(served):
    server, _ = served
    assert ask(server, "GET", f"/enter?token={VIEWERS_TOKEN}").headers["Location"] == "./"
