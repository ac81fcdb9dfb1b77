"""Without a Twilio auth token the server trusts its own machine, and nobody who only looks like it."""

import http.client
from urllib.parse import urlsplit

import pytest
import requests
from simple_websocket import Client

from helpers.servers import VIEWERS_TOKEN
from helpers.twilio import TOKEN, VALID, handshake
from local_stt.net.local_mode import FORWARDED, is_from_here
from local_stt.net.loopback import is_loopback

BEARER = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}

ELSEWHERE = [
    {"Host": "evil.example"},
    {"Host": "abc.ngrok.app"},
    {"Host": "0.0.0.0:8080"},
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-Host": "abc.ngrok.app"},
    {"Forwarded": "for=203.0.113.9"},
    {"CF-Connecting-IP": "203.0.113.9"},
    {"Via": "1.1 proxy"},
    {"X-Real-IP": "203.0.113.9"},
    {"True-Client-IP": "203.0.113.9"},
    {"X-Client-IP": "203.0.113.9"},
    {"Ngrok-Skip-Browser-Warning": "1"},
]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost.:80",
        "127.0.0.1",
        "127.8.9.10:8080",
        "127.0.0.1.:",
        "127.1:5000",
        "0x7f000001",
        "2130706433",
        "[::1]",
        "[0:0:0::1]:80",
        "[::ffff:127.0.0.1]",
    ],
)
def test_this_machine_is_known_by_its_names_in_any_spelling(host):
    assert is_loopback(host)
    assert is_from_here(host, ["Host", "User-Agent", "Origin"], "HTTP/1.1")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "127.0.0.1,evil.example",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "localhost..",
        "localhost:80:80",
        "localhost evil.example",
        "127",
        "0.0.0.0",
        "128.0.0.1",
        "192.168.1.5",
        "[::]",
        "[::2]",
        "[::1",
        "[::ffff:10.0.0.1]",
        "127.0.0.1/",
    ],
)
def test_other_names_are_not_this_machine(host):
    assert not is_loopback(host)


@pytest.mark.parametrize("name", FORWARDED)
def test_a_header_of_a_proxy_shows_that_a_request_was_forwarded(name):
    assert not is_from_here("localhost", ["Host", name.title()], "HTTP/1.1")


def test_http_1_0_is_how_a_proxy_asks_that_gives_no_other_sign():
    assert not is_from_here("127.0.0.1:8080", ["Host"], "HTTP/1.0")


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_every_route_but_one_is_closed_to_what_was_forwarded(running, headers, caplog):
    with running() as server:
        for method, path in [
            ("POST", "/call"),
            ("GET", "/call/"),
            ("POST", "/dialed"),
            ("POST", "/call-status"),
            ("POST", "/recording-status"),
            ("POST", "/stream-status"),
            ("GET", "/stream"),
            ("GET", "/"),
            ("GET", "/enter?token=wrong"),
            ("GET", "/api/live"),
            ("GET", "/client"),
            ("GET", "/metrics"),
            ("GET", "/nothing"),
            ("PUT", "/call"),
        ]:
            answer = requests.request(method, server.http + path, headers=headers, timeout=400)
            assert answer.status_code == 403, path
            for remedy in ("TWILIO_AUTH_TOKEN", "--public-url", "LOCAL_STT_TOKEN"):
                assert remedy in answer.text
        assert handshake(server, headers) == 403
        assert requests.get(server.http + "/healthz", headers=headers, timeout=400).status_code == 200
    (record,) = [record for record in caplog.records if "elsewhere" in record.getMessage()]
    assert "LOCAL_STT_PUBLIC_URL" in record.getMessage()


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_the_token_of_viewers_opens_what_viewers_use_and_nothing_else(running, headers):
    with running() as server:
        shown = headers | BEARER
        assert requests.get(server.http + "/", headers=shown, timeout=400).status_code == 200
        assert requests.get(server.http + "/api/live", headers=shown, timeout=400).status_code == 200
        link = f"{server.http}/enter?token={VIEWERS_TOKEN}"
        entered = requests.get(link, headers=headers, timeout=400, allow_redirects=False)
        assert entered.status_code == 303
        cookies = entered.cookies.get_dict()
        assert requests.get(server.http + "/", headers=headers, cookies=cookies, timeout=400).ok
        for path in ("/call", "/call-status", "/stream-status"):
            assert requests.post(server.http + path, headers=shown, timeout=400).status_code == 403
        assert requests.get(server.http + "/nothing", headers=shown, timeout=400).status_code == 403


def test_a_program_may_stream_through_a_tunnel_with_the_token(running):
    with running() as server:
        Client.connect(server.stream, headers=BEARER | {"X-Forwarded-For": "203.0.113.9"}).close()


def test_a_page_that_came_by_dns_rebinding_may_not_open_the_stream(running):
    with running() as server:
        assert handshake(server, {"Host": "evil.example", "Origin": "http://evil.example"}) == 403


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.0.0.9", "LOCALHOST"])
def test_on_this_machine_all_goes_on_as_before(running, name):
    with running() as server:
        headers = {"Host": f"{name}:{urlsplit(server.http).port}"}
        assert requests.post(server.http + "/call", headers=headers, timeout=400).status_code == 200
        assert requests.get(server.http + "/", headers=headers | BEARER, timeout=400).status_code == 200
        assert requests.get(server.http + "/", headers=headers, timeout=400).status_code == 401


def test_with_an_auth_token_the_signature_decides_and_no_name(running):
    with running(auth_token=TOKEN) as server:
        headers = {"Host": "evil.example", "X-Forwarded-For": "203.0.113.9"} | BEARER
        assert requests.get(server.http + "/", headers=headers, timeout=400).status_code == 200


def ask(server, head):
    """Return the status that a request's head gets."""
    with server.connect() as raw:
        raw.sendall(head + b"\r\n\r\n")
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        return answer.status


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /call HTTP/1.1\r\nHost: localhost", 200),
        (b"GET http://localhost/call HTTP/1.1\r\nHost: localhost", 200),
        (b"GET /call HTTP/1.1", 400),
        (b"GET /healthz HTTP/1.1", 400),
        (b"GET /call HTTP/1.1\r\nHost: localhost\r\nHost: localhost", 400),
        (b"GET /call HTTP/1.1\r\nHost: localhost\r\nhost: evil.example", 400),
        (b"GET /call HTTP/1.0\r\nHost: localhost\r\nHost: localhost", 400),
        (b"GET /call HTTP/1.1\r\nHost:", 403),
        (b"GET /call HTTP/1.0", 403),
        (b"GET /call", 403),
        (b"GET /call HTTP/1.0\r\nHost: localhost", 403),
        (b"GET /healthz HTTP/1.0", 200),
        (b"GET http://evil.example/call HTTP/1.1\r\nHost: localhost", 403),
        (b"GET http://localhost@evil.example/call HTTP/1.1\r\nHost: localhost", 403),
    ],
)
def test_a_host_that_is_missing_or_given_twice_is_not_believed(running, head, status):
    with running() as server:
        assert ask(server, head) == status


@pytest.mark.parametrize("lost", [None, "Upgrade"])
def test_the_log_holds_nothing_that_was_sent_as_it_stands(running, caplog, lost):
    with running() as server:
        headers = {name: value for name, value in VALID.items() if name != lost} | {"Host": "evil.example"}
        requests.get(server.http + "/stream?%0a%1b[2J" + "x" * 500, headers=headers, timeout=400)
    (record,) = [record for record in caplog.records if "elsewhere" in record.getMessage()]
    assert record.getMessage().isprintable()
    assert "xxx" not in record.getMessage()
