"""What every answer of every route has, and never has."""

from http.client import HTTPResponse
from itertools import product
from urllib.parse import urljoin, urlsplit

import pytest

from helpers.http import ask
from helpers.servers import VIEWERS_TOKEN
from helpers.twilio import TOKEN, VALID

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
def everything(served):
    with served() as both:
        yield both


@pytest.fixture
def server(everything):
    return everything[0]


@pytest.fixture
def app(everything):
    return everything[1]


def paths(app):
    """List an address for each route."""
    for rule in app.url_map.iter_rules():
        yield (
            rule.rule.replace("<path:name>", "app.css")
            .replace("<call_id>", "CA1")
            .replace("<upload_id>", "1")
        )


def test_no_answer_sends_a_browser_to_another_host(server, app):
    plain, own = set(paths(app)), urlsplit(server.http).netloc
    doubled = {"/" + path[1:].replace("/", "//") for path in plain}
    hosts = (OTHER, "localhost:1")
    for path, prefix, suffix, host in product(plain | doubled, PREFIXES, SUFFIXES, hosts):
        target = prefix + path + suffix
        location = ask(server, "GET", target, Host=host).headers["Location"] or ""
        assert urlsplit(urljoin(server.http, location.replace("\\", "/"))).netloc == own, target


@pytest.mark.parametrize("beginning", ["//", "///", "/\\", "//evil.example/", "/\\evil.example/", "\\\\"])
def test_paths_that_begin_with_two_slashes_do_not_exist(server, app, beginning):
    for path in set(paths(app)):
        assert ask(server, "GET", beginning + path.lstrip("/")).status == 404, path


def test_a_link_leads_to_the_page_beside_it(server):
    assert ask(server, "GET", f"/enter?token={VIEWERS_TOKEN}").headers["Location"] == "./"


EVERYWHERE = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def check(answer):
    """Check the headers that every answer must have, once each."""
    assert {name: answer.headers.get_all(name) for name in EVERYWHERE} == {
        name: [value] for name, value in EVERYWHERE.items()
    }
    (policy,) = answer.headers.get_all("Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers.get_all("Server") in (None, ["local_stt"])
    assert "X-Powered-By" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_every_route_answers_all_with_what_protects_browsers(server, app, method):
    statuses = set()
    for path in {*paths(app), "/nothing", "/api/nothing", "/static/nothing"}:
        for token in (VIEWERS_TOKEN, "wrong"):
            answer = ask(server, method, path, Authorization=f"Bearer {token}")
            check(answer)
            statuses.add(answer.status)
    assert len(statuses) > 1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1", 400),
        (b"GET / HTTP/9.9", 505),
        (b"GET //evil.example/ HTTP/1.1\r\nHost: localhost", 404),
        (b"GET http://[::1/ HTTP/1.1\r\nHost: localhost", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, 431),
        (b"<script> nonsense", 400),
        (b"\x16\x03\x01\x02", 400),
        (b"GET / HTTP/1.1\r\nHost: evil.example", 403),
        (b"GET /stream HTTP/1.1\r\nHost: localhost", 426),
        (b"GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket", 400),
        (b"POST /call HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000", 413),
    ],
)
def test_refusals_have_them_too_and_repeat_nothing(server, head, status):
    with server.connect() as raw:
        raw.sendall(head + b"\r\n\r\n")
        answer = HTTPResponse(raw)
        answer.begin()
        assert answer.status == status
        check(answer)
        assert "script" not in answer.reason + answer.read().decode()


def test_a_failure_of_the_program_has_them_too(server, monkeypatch):
    monkeypatch.setattr("local_stt.telephony.call_flow.CallFlow.incoming", lambda *_: 1 / 0)
    answer = ask(server, "POST", "/call")
    assert answer.status == 500
    check(answer)


def test_the_handshake_of_a_websocket_does_not_say_what_the_server_is_made_of(server):
    for path in ("/stream", "/client"):
        answer = ask(server, "GET", path, **VALID)
        assert answer.status == 101
        assert set(answer.headers) <= {"Upgrade", "Connection", "Sec-WebSocket-Accept"}


@pytest.mark.parametrize(
    ("public_url", "headers", "is_secure"),
    [
        ("", {}, False),
        ("", {"X-Forwarded-Proto": "https"}, True),
        ("http://name.example", {}, False),
        ("https://name.example", {}, True),
        ("https://name.example/calls", {"Host": "name.example"}, True),
        ("https://name.example", {"X-Forwarded-Proto": "http"}, True),
    ],
)
def test_the_cookie_is_for_https_alone_where_the_public_address_is(running, public_url, headers, is_secure):
    with running(public_url=public_url, auth_token=TOKEN) as server:
        cookie = ask(server, "GET", f"/enter?token={VIEWERS_TOKEN}", **headers).headers["Set-Cookie"]
        assert ("Secure" in cookie.split("; ")) == is_secure
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
