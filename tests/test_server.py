"""A live server, called by the stand-in Twilio and by strangers."""

import contextlib
import json
import socket
import threading
import time
from urllib.parse import urlencode

import pytest
import requests
from simple_websocket import Client, ConnectionClosed
from simple_websocket import ConnectionError as HandshakeError

from helpers import messages
from helpers.servers import VIEWERS_TOKEN
from helpers.twilio import HANDSHAKE, TOKEN, VALID, handshake
from helpers.waiting import wait_until
from local_stt.core.call_session import MAX_KEYS_PER_SECOND
from local_stt.errors import CallError, ListenError
from local_stt.events import CallEnded, CallStarted, DigitPressed, FinalText
from local_stt.net.http_server import MAX_MESSAGE_BYTES, HttpServer
from local_stt.simulator import Caller, Faults, place_call, read_twiml
from local_stt.system.rate_limited_log import RateLimitedLog
from local_stt.telephony.line_poller import MAX_STRAY
from local_stt.telephony.signature import sign

FAST = 40  # seconds of call a second


def ring(server, channels, call_id="CA1", *, token="", **options):
    options = {"speed": FAST} | options
    return place_call(channels, to=server.stream, caller=Caller(call_id), auth_token=token, **options)


def call_and_wait(server, channels, call_id="CA1", **options):
    ring(server, channels, call_id, **options)
    server.witness.wait_for_ends()
    return server.witness


def test_a_call_becomes_text_with_its_speakers_and_the_callers_number(running, demo_channels):
    with running() as server:
        witness = call_and_wait(server, demo_channels)
        (started,) = witness.of(CallStarted)
        assert (started.caller, started.callee) == ("+15550100001", "+15550100002")
        assert {track for track, _ in witness.said()} == {"inbound", "outbound"}
        (ended,) = witness.of(CallEnded)
        assert ended.reason == "hung-up"
        assert all(track.lost == track.repeated == 0 for track in ended.tracks)


def test_20_calls_at_once_end_with_the_same_finals_as_one_by_one(running, demo_channels):
    channels = [channel[: 15 * 8000] for channel in demo_channels]
    with running() as server:
        call_and_wait(server, channels, "CAalone")
        threads = [
            threading.Thread(target=ring, args=(server, channels, f"CA{n}"), kwargs={"speed": 4})
            for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.witness.wait_for_ends(21)
        alone = [(final.track, final.words) for final in server.witness.of(FinalText, "CAalone")]
        for n in range(20):
            together = [(final.track, final.words) for final in server.witness.of(FinalText, f"CA{n}")]
            assert sorted(together, key=repr) == sorted(alone, key=repr)


def test_a_call_that_dies_without_stop_keeps_its_words(running, demo_channels):
    with running() as server:
        witness = call_and_wait(server, demo_channels, faults=Faults(stop=False))
        assert witness.of(CallEnded)[0].reason == "disconnected"
        assert len(witness.of(FinalText)) > 2


def test_lost_swapped_repeated_and_late_packets_are_counted(running, demo_channels):
    with running() as server:
        faults = Faults(loss=0.02, swap=0.05, duplicate=0.05, jitter_ms=20)
        witness = call_and_wait(server, demo_channels, faults=faults, seed=3)
        for track in witness.of(CallEnded)[0].tracks:
            assert 0.01 < track.lost / track.packets < 0.03
            assert 0.03 < track.repeated / track.packets < 0.07


def test_the_caller_alone_is_streamed_if_so_set(running, demo_channels):
    with running(tracks="inbound") as server:
        assert {track for track, _ in call_and_wait(server, demo_channels).said()} == {"inbound"}


@pytest.mark.parametrize(
    "rubbish",
    [
        "{",
        messages.media(at_ms=10**12),
        json.dumps({"event": "media", "media": {"track": "inbound", "timestamp": "0", "payload": "*"}}),
        messages.start(),
        "x" * (MAX_MESSAGE_BYTES + 1),
        "x" * (MAX_MESSAGE_BYTES * 20),
        b"\xff\xff",
    ],
)
def test_rubbish_closes_that_call_only_and_keeps_its_words(running, demo_channels, rubbish):
    talk = [*messages.whole_call(demo_channels[1][:40_000], call_id="CAbad")][:-1]
    with running() as server:
        other = Client.connect(server.stream)
        other.send(messages.start("CAother"))
        bad = Client.connect(server.stream)
        with contextlib.suppress(ConnectionClosed):
            for text in [*talk, *[rubbish] * (MAX_STRAY + 1)]:
                bad.send(text)
        server.witness.wait_for_ends()
        with pytest.raises(ConnectionClosed):
            bad.receive(10)
        assert [event.reason for event in server.witness.of(CallEnded, "CAbad")] == ["bad-message"]
        assert server.witness.of(FinalText, "CAbad")
        other.send(messages.STOP)
        server.witness.wait_for_ends(2)
        assert server.witness.of(CallEnded, "CAother")[0].reason == "hung-up"


def test_a_flood_of_keys_is_bounded_and_logged_once_and_another_call_goes_on(running, caplog):
    with running() as server:
        flooding, other = Client.connect(server.stream), Client.connect(server.stream)
        for line, call_id in ((flooding, "CAflood"), (other, "CAother")):
            line.send(messages.start(call_id))
        for _ in range(3000):
            flooding.send(messages.dtmf("1"))
        other.send(messages.dtmf("2"))
        for line in (flooding, other):
            line.send(messages.STOP)
        server.witness.wait_for_ends(2)
        assert len(server.witness.of(DigitPressed, "CAflood")) == MAX_KEYS_PER_SECOND
        assert len(server.witness.of(DigitPressed, "CAother")) == 1
    ignored = [record.getMessage() for record in caplog.records if "CAflood" in record.getMessage()]
    assert ignored == [
        f"A message of call CAflood is ignored: more than {MAX_KEYS_PER_SECOND} keys in a second",
        f"{3000 - MAX_KEYS_PER_SECOND} messages of call CAflood were ignored",
    ]


def test_an_oversized_message_on_an_idle_line_closes_it_too(running):
    with running() as server:
        for n in range(10):
            line = Client.connect(server.stream)
            line.send(messages.start(f"CA{n}"))
            server.witness.wait_for(CallStarted)
            line.send("x" * (MAX_MESSAGE_BYTES * 2))
        server.witness.wait_for_ends(10)
        assert {event.reason for event in server.witness.of(CallEnded)} == {"bad-message"}


def test_compression_is_not_negotiated(running):
    """A few hundred bytes could become gigabytes."""
    with running() as server, server.connect() as raw:
        raw.sendall(HANDSHAKE.replace(b"Host", b"Sec-WebSocket-Extensions: permessage-deflate\r\nHost"))
        answer = raw.recv(4096)
        assert answer.startswith(b"HTTP/1.1 101")
        assert b"deflate" not in answer


def test_a_client_that_never_reads_is_let_go_and_does_not_hold_up_the_end(running):
    """Its pings are answered until its buffers are full."""
    ping = bytes([0x89, 0xFD]) + bytes(4) + b"p" * 125
    with running() as server, contextlib.ExitStack() as open_sockets:
        for _ in range(3):
            raw = open_sockets.enter_context(server.connect())
            raw.sendall(HANDSHAKE)
            raw.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                for _ in range(100_000):
                    raw.send(ping)
        began = time.monotonic()
        assert server.switchboard.drain(10) == 0
        assert time.monotonic() - began < 8


def test_a_signed_call_may_come_by_any_name_of_this_machine(running, demo_channels):
    with running(auth_token=TOKEN) as server:
        to = server.stream.replace("127.0.0.1", "localhost")
        place_call([demo_channels[0][:8000]], to=to, caller=Caller("CA1"), auth_token=TOKEN, speed=FAST)
        server.witness.wait_for_ends()


def test_when_all_lines_are_busy_a_caller_hears_so_or_is_passed_on(running, caplog):
    with running(max_calls=0, busy_message="Try later.") as server:
        response = requests.post(server.http + "/call", {"From": "+1"}, timeout=400)
        assert "<Say" in response.text
        assert "Try later." in response.text
        assert "<Stream" not in response.text
        assert "busy" in caplog.text
    with running(max_calls=0, busy_forward="+15551234567") as server:
        assert "<Dial>+15551234567</Dial>" in requests.post(server.http + "/call", timeout=400).text


def test_signed_calls_are_taken_and_others_refused_before_the_handshake(running, demo_channels):
    with running(auth_token=TOKEN) as server:
        assert requests.post(server.http + "/call", {"From": "+1"}, timeout=400).status_code == 403
        assert handshake(server, {}) == 403
        assert handshake(server, sign("wrong", server.stream, {})) == 403
        with pytest.raises(CallError, match="TWILIO_AUTH_TOKEN"):
            ring(server, demo_channels, token="wrong")
        assert server.witness.events == []
        ring(server, [demo_channels[0][:8000]], token=TOKEN)
        server.witness.wait_for_ends()


def test_the_twiml_names_the_public_address_and_signatures_are_checked_against_it(running, demo_channels):
    with running(auth_token=TOKEN, public_url="https://name.example") as server:
        form = {"From": "+15551234567", "To": "+15557654321"}
        headers = sign(TOKEN, "https://name.example/call", form)
        response = requests.post(server.http + "/call", form, headers=headers, timeout=400)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/xml")
        assert 'url="wss://name.example/stream"' in response.text
        assert 'value="+15551234567"' in response.text
        ring(server, [demo_channels[0][:8000]], token=TOKEN)
        server.witness.wait_for_ends()


def test_a_forged_host_header_changes_nothing(running):
    with running(auth_token=TOKEN, public_url="https://name.example") as server:
        form = {"From": "+1"}
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        signed = headers | sign(TOKEN, "https://evil.example/call", form)
        assert requests.post(server.http + "/call", form, headers=signed, timeout=400).status_code == 403


def test_a_web_page_of_another_origin_may_not_open_the_stream(running):
    """A browser would let any page connect to a server on its own machine; its Origin tells."""
    with running() as server:
        assert handshake(server, {"Origin": "https://evil.example"}) == 403
        Client.connect(server.stream, headers={"Origin": server.http}).close()


def test_a_strangers_address_is_logged_as_data_and_not_as_it_stands(running, caplog):
    with running(auth_token=TOKEN) as server:
        forged = "/%1b[2J%0a%2317%2000:12%20+15551234567:%20forged" + "x" * 500
        assert requests.get(server.http + forged, timeout=400).status_code == 403
    (record,) = caplog.records
    assert "'/\\x1b[2J\\n#17 00:12" in record.getMessage()
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 200


def test_strangers_are_logged_once_a_minute_with_the_count_of_the_rest(caplog):
    now = 0.0
    strangers = RateLimitedLog("%r was refused", lambda: now)
    for _ in range(5):
        strangers.warn("/a")
    now = 60.0
    strangers.warn("/b")
    first, second = [record.getMessage() for record in caplog.records]
    assert first == "'/a' was refused"
    assert second == "'/b' was refused (and 4 before it)"


SPOILED = [
    {"Upgrade": None, "Connection": None},
    {"Upgrade": None, "Connection": "close"},
    {"Connection": "close"},
    {"Connection": None},
    {"Upgrade": "h2c"},
]


@pytest.mark.parametrize("lost", SPOILED)
@pytest.mark.parametrize("token", ["", TOKEN])
def test_a_proxy_that_drops_the_upgrade_is_named(running, caplog, lost, token):
    with running(auth_token=token) as server:
        signed = sign(TOKEN, server.stream, {}) if token else {}
        headers = {name: value for name, value in (VALID | signed | lost).items() if value}
        answer = requests.get(server.http + "/stream", headers=headers, timeout=400)
        assert answer.status_code == 426
        assert "proxy_set_header Upgrade $http_upgrade" in answer.text
    (record,) = caplog.records
    assert "the proxy in front of this server drops them" in record.getMessage()


def test_a_stranger_who_opens_the_stream_in_a_browser_is_told_nothing_of_proxies(running, caplog):
    with running(auth_token=TOKEN) as server:
        assert requests.get(server.http + "/stream", timeout=400).status_code == 403
    assert "proxy" not in caplog.text


@pytest.mark.parametrize("path", ["/call", "/call/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_webhook_may_be_set_with_the_other_method_and_a_slash_behind_it(running, path, method):
    form = {"From": "+15551234567", "To": "+15557654321", "CallSid": "CA1"}
    with running(auth_token=TOKEN, public_url="https://name.example") as server:
        query = "?" + urlencode(form) if method == "GET" else ""
        body = form if method == "POST" else {}
        headers = sign(TOKEN, f"https://name.example{path}{query}", body)
        answer = requests.request(method, server.http + path + query, data=body, headers=headers, timeout=400)
        assert answer.status_code == 200
        assert 'value="+15551234567"' in answer.text
        assert requests.request(method, server.http + path + query, data=body, timeout=400).status_code == 403


def test_a_webhook_that_is_set_to_another_address_is_told_which_it_must_be(running, caplog):
    form = {"From": "+15551234567"}
    with running(auth_token=TOKEN, public_url="https://name.example") as server:
        headers = sign(TOKEN, "https://name.example/voice", form)
        assert requests.post(server.http + "/voice", form, headers=headers, timeout=400).status_code == 404
    (record,) = caplog.records
    assert record.getMessage() == (
        "Twilio asked POST '/voice', which is not an address of this server: set the number's voice webhook "
        "to https://name.example/call (POST)"
    )


def test_no_more_streams_are_taken_than_calls_can_be(running, caplog):
    with running(max_calls=2) as server:
        opened = [Client.connect(server.stream) for _ in range(2)]
        assert handshake(server, {}) == 503
        assert handshake(server, {}) == 503
        (record,) = [record for record in caplog.records if "refused" in record.getMessage()]
        assert record.getMessage().startswith("A stream was refused: 2 calls are being taken")
        viewers = Client.connect(server.stream, headers={"Authorization": f"Bearer {VIEWERS_TOKEN}"})
        for each in (*opened, viewers):
            each.close()
        wait_until(lambda: server.switchboard.calls == 0)
        assert try_until(lambda: Client.connect(server.stream)).connected


def test_a_stream_that_comes_in_the_place_of_a_call_that_was_answered_is_closed(running, caplog):
    with running(max_calls=1) as server:
        answered = requests.post(server.http + "/call", {"CallSid": "CA1"}, timeout=60)
        assert "<Stream" in answered.text
        assert "<Stream" not in requests.post(server.http + "/call", {"CallSid": "CA2"}, timeout=60).text
        stranger = Client.connect(server.stream)
        stranger.send(messages.start("CA3"))
        with pytest.raises(ConnectionClosed):
            stranger.receive(60)
        assert "A stream of call CA3 was refused" in caplog.text
        expected = Client.connect(server.stream)
        expected.send(messages.start("CA1"))
        server.witness.wait_for(CallStarted)
        assert [event.call_id for event in server.witness.of(CallStarted)] == ["CA1"]
        assert handshake(server, {}) == 503
        expected.close()


def test_a_call_whose_last_words_are_to_come_keeps_its_place(running, engine):
    """Its words hold a recognizer."""

    class Waiting:
        ready = True

        def __init__(self, *_):
            self.push = lambda _: None
            self.finish = lambda: None

        def wait(self, seconds=None):
            return words.wait(seconds)

    class Slow:
        open, batch = Waiting, engine.batch

    words = threading.Event()
    with running(max_calls=1, engine=Slow()) as server:
        call = Client.connect(server.stream)
        call.send(messages.start("CA1"))
        call.send(messages.media())
        call.send(messages.STOP)
        with pytest.raises(ConnectionClosed):
            call.receive(60)
        assert "<Stream" not in requests.post(server.http + "/call", {"CallSid": "CA2"}, timeout=60).text
        assert handshake(server, {}) == 503
        words.set()
        server.witness.wait_for_ends()
        assert try_until(lambda: Client.connect(server.stream)).connected


def stream_of_a_call(server, *, call_id="CA1", headers=None, **parameters):
    """Start a stream and stop it at once; ignore the outcome."""
    signed = sign(TOKEN, server.stream, {}) if headers is None else headers
    websocket = Client.connect(server.stream, headers=signed)
    with contextlib.suppress(ConnectionClosed):
        websocket.send(messages.start(call_id, **parameters))
        websocket.send(messages.STOP)
    with pytest.raises(ConnectionClosed):
        websocket.receive(60)


def ticket_for(server, call_id):
    """What the TwiML of a call has for its stream."""
    form = {"CallSid": call_id, "From": "+1", "To": "+2"}
    answer = requests.post(
        server.http + "/call", form, headers=sign(TOKEN, server.http + "/call", form), timeout=60
    )
    return read_twiml(answer.text).parameters["ticket"]


def test_a_stream_that_was_not_asked_for_here_is_closed_though_its_handshake_is_signed(running, caplog):
    """Twilio's signature of a stream is the same for all calls and for ever."""
    with running(auth_token=TOKEN) as server:
        stream_of_a_call(server)
        stream_of_a_call(server, call_id="CA2", ticket=ticket_for(server, "CA1"))
        assert server.witness.events == []
        (record,) = [record for record in caplog.records if "refused" in record.getMessage()]
        assert record.getMessage().startswith("A stream of call 'CA1' was refused: it has no valid ticket")
        assert "set LOCAL_STT_OWN_TWIML to yes" in record.getMessage()
        wait_until(lambda: server.switchboard.calls == 0)


def test_a_stream_with_the_ticket_of_its_call_is_taken_and_nobody_is_shown_the_ticket(running, caplog):
    caplog.set_level("DEBUG")
    with running(auth_token=TOKEN) as server:
        start, ticket = server.event_log.newest, ticket_for(server, "CA1")
        stream_of_a_call(server, ticket=ticket, caller="+1")
        server.witness.wait_for_ends()
        shown = [repr(server.witness.events), caplog.text, repr(server.event_log.after(start, 100))]
        assert not any(ticket in text or ticket[-20:] in text for text in shown)


def test_a_viewers_stream_needs_no_ticket(running):
    with running(auth_token=TOKEN) as server:
        stream_of_a_call(server, headers={"Authorization": f"Bearer {VIEWERS_TOKEN}"})
        server.witness.wait_for_ends()


def test_streams_of_twiml_of_the_users_own_are_taken_where_that_is_set(running):
    with running(auth_token=TOKEN, own_twiml=True) as server:
        stream_of_a_call(server)
        server.witness.wait_for_ends()
        stream_of_a_call(server, call_id="CA2", ticket="of somebody else")
        server.witness.wait_for_ends(2)


def try_until(connect, seconds=400):
    """What `connect` returns when it succeeds: a place is free a moment after its call is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return connect()
        except HandshakeError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_stream_errors_are_logged_with_their_meaning(running, caplog):
    with running() as server:
        form = {"CallSid": "CA1", "StreamEvent": "stream-error", "StreamError": "31920"}
        assert requests.post(server.http + "/stream-status", form, timeout=400).status_code == 204
        assert "handshake was refused" in caplog.text
        caplog.clear()
        requests.post(server.http + "/stream-status", {"StreamEvent": "stream-started"}, timeout=400)
        assert caplog.text == ""


def test_health_is_open_and_other_paths_do_not_exist(running):
    with running() as server:
        assert requests.get(server.http + "/healthz", timeout=400).json() == {"status": "ok"}
        assert requests.get(server.http + "/etc/passwd", timeout=400).status_code == 404
        assert requests.get(server.http + "/dialed", timeout=400).status_code == 405


def test_balancers_learn_whether_new_calls_are_taken(running):
    with running() as server:
        address, slots = server.http + "/readyz", server.switchboard.call_slots
        assert readiness(address) == (200, {"status": "ready"})
        slots.max_calls = 1
        slots.reserve("CA1")
        assert readiness(address) == (503, {"status": "full"})
        slots.is_draining = True
        assert readiness(address) == (503, {"status": "draining"})


def readiness(address):
    answer = requests.get(address, timeout=400)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [("", {}, 413), (TOKEN, {"X-Twilio-Signature": "wrong"}, 413), (TOKEN, {}, 403)],
)
def test_a_form_larger_than_twilios_is_refused_before_it_is_read(running, token, headers, status):
    with running(auth_token=token) as server:
        form = {"From": "x" * 200_000}
        assert requests.post(server.http + "/call", form, headers=headers, timeout=400).status_code == status


@pytest.mark.parametrize(
    "request_text",
    [
        "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 3\r\nSec-WebSocket-Key: short\r\n\r\n",
    ],
)
def test_a_bad_handshake_is_refused_without_a_traceback(running, request_text, caplog):
    with running() as server:
        with server.connect() as raw:
            raw.sendall(request_text.encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 4")
        assert "Traceback" not in caplog.text


def test_after_a_call_its_connection_and_threads_are_soon_gone(running, demo_channels):
    """A client that waits for the server to close first, as RFC 6455 section 7.1.1 has it."""
    with running() as server:
        before, took = threading.active_count(), []
        for n in range(20):
            started = time.monotonic()
            with server.connect() as raw:
                raw.sendall(HANDSHAKE)
                assert raw.recv(4096).startswith(b"HTTP/1.1 101")
                for text in (messages.start(f"CA{n}"), messages.STOP):
                    raw.sendall(
                        bytes([0x81, 0xFE, *len(text).to_bytes(2, "big"), 0, 0, 0, 0]) + text.encode()
                    )
                while raw.recv(4096):
                    pass
            took.append(time.monotonic() - started)
        assert min(took) < 1  # a busy machine makes some of them late, a server that waits all
        wait_until(lambda: threading.active_count() <= before)


def test_a_port_in_use_names_the_setting():
    with HttpServer("127.0.0.1", 0) as taken, pytest.raises(ListenError, match=r"in use.*LOCAL_STT_PORT"):
        HttpServer("127.0.0.1", taken.port).start()


def test_an_address_of_another_machine_names_the_setting():
    with pytest.raises(ListenError, match="LOCAL_STT_HOST"):
        HttpServer("192.0.2.1", 0).start()


def test_it_listens_on_ipv6_too():
    with HttpServer("::1", 0) as server:
        assert server.local_url == f"http://[::1]:{server.port}"


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("0.0.0.0", ["127.0.0.1", "localhost"]),
        ("::", ["127.0.0.1", "localhost", "[::1]"]),
        ("::1", ["[::1]", "localhost"]),
    ],
)
def test_it_answers_by_every_name_by_which_it_knows_itself(host, names):
    with HttpServer(host, 0) as server:
        assert server.local_urls == [f"http://{name}:{server.port}" for name in names]
        for name in set(names) - {"localhost"}:  # which some machines know only as the one or the other
            with socket.create_connection((name.strip("[]"), server.port), timeout=400):
                pass


@pytest.mark.parametrize("host", ["a" * 64, "a..b"])
def test_a_name_that_cannot_be_looked_up_names_the_setting(host):
    with pytest.raises(ListenError, match="LOCAL_STT_HOST"):
        HttpServer(host, 0).start()
