"""The stand-in Twilio."""

import random
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local_stt.errors import CallError
from local_stt.simulator import (
    Caller,
    Faults,
    Instructions,
    PhoneCall,
    ask_webhook,
    cut,
    disturb,
    place_call,
    read_twiml,
)
from local_stt.simulator.webhook import MAX_REDIRECTS, canonical_stream

TRACKS = {"inbound": bytes(range(200)) * 80, "outbound": b"\x01" * 8000}


def packets(seed=0):
    return cut(TRACKS, random.Random(seed))


def test_packets_are_20_ms_on_the_calls_clock_counted_per_track():
    for track, mulaw in TRACKS.items():
        mine = [packet for packet in packets() if packet.track == track]
        assert b"".join(packet.mulaw for packet in mine) == mulaw
        assert [packet.chunk for packet in mine] == list(range(1, len(mine) + 1))
        assert all(abs(packet.timestamp_ms - packet.at_ms) <= 2 for packet in mine)


def test_without_faults_nothing_is_disturbed():
    assert disturb(packets(), Faults(), random.Random(0)) == packets()


def test_faults_happen_as_often_as_asked_and_the_same_seed_makes_the_same():
    many = packets() * 20
    faults = Faults(loss=0.1, swap=0.05, duplicate=0.05, jitter_ms=30)
    once = disturb(many, faults, random.Random(7))
    assert once == disturb(many, faults, random.Random(7))
    assert abs(len(once) / len(many) - 0.9 * 1.05) < 0.03
    assert [packet.at_ms for packet in once] != sorted(packet.at_ms for packet in many)


def test_a_swapped_packet_comes_right_after_the_next_of_its_track():
    swapped = [
        packet
        for packet in disturb(packets(), Faults(swap=1.0), random.Random(0))
        if packet.track == "outbound"
    ]
    assert [packet.chunk for packet in swapped[:6]] == [2, 1, 4, 3, 6, 5]


def test_jitter_makes_packets_late_and_never_early_and_keeps_the_connections_order():
    late = disturb(packets(), Faults(jitter_ms=50), random.Random(0))
    assert all(
        0 <= after.at_ms - before.at_ms <= 50.001 for before, after in zip(packets(), late, strict=True)
    )
    assert [packet.at_ms for packet in late] == sorted(packet.at_ms for packet in late)


def test_twiml_is_read_as_twilio_would():
    do = read_twiml(
        '<Response><Start><Stream url="wss://a.example/stream" track="both_tracks">'
        '<Parameter name="caller" value="+1"/></Stream></Start><Say>Hi</Say><Pause length="60"/></Response>'
    )
    assert (do.stream_url, do.tracks, do.parameters, do.seconds) == (
        "wss://a.example/stream",
        ("inbound", "outbound"),
        {"caller": "+1"},
        60.0,
    )


@pytest.mark.parametrize(
    "twiml",
    [
        "",
        "<html>",
        "<Response/>",
        '<Response><Start><Stream url="wss://a.example/stream?x=1"/></Start></Response>',
    ],
)
def test_twiml_twilio_would_not_take_is_one_sentence(twiml):
    with pytest.raises(CallError):
        read_twiml(twiml)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("http://127.0.0.1:1/stream", "--to"),
        ("nonsense", "--to"),
        ("ws://[x", "--to"),
        ("ws://:8080/stream", "--to"),
        ("ws://127.0.0.1:x/stream", "--to"),
        ("ws://127.0.0.1:0/stream", "--to"),
        ("ws://.x/stream", "--to"),
        (f"ws://{'a' * 70}.example/stream", "--to"),
        (f"ws://{'é' * 70}.example/stream", "--to"),
        ("ws://é\udcff.example/stream", "--to"),
        ("ws://127.0.0.1:9/stream", "make run"),
    ],
)
def test_a_call_that_cannot_be_placed_is_one_sentence(to, sentence):
    with pytest.raises(CallError, match=sentence):
        place_call([b"\xff" * 160], to=to, caller=Caller("CA1"))


@pytest.mark.parametrize(
    ("to", "stream"),
    [
        ("WS://LocalHost:80/stream", "ws://localhost/stream"),
        ("ws://localhost.:8080/stream/", "ws://localhost:8080/stream"),
        ("WSS://Calls.Example:443/a/stream", "wss://calls.example/a/stream"),
        ("ws://[::1]:8080/stream", "ws://[::1]:8080/stream"),
    ],
)
def test_a_server_may_be_named_in_any_spelling(to, stream):
    assert canonical_stream(to) == stream


def test_a_server_that_stops_in_the_middle_of_a_call_is_told_in_a_sentence(running, demo_channels):
    with running() as server:
        stopping = threading.Timer(0.5, server.switchboard.drain, [10])
        stopping.start()
        with pytest.raises(CallError, match="stopped or refused it"):
            place_call(demo_channels, to=server.stream, caller=Caller("CA1"))
        stopping.join()


def test_a_later_stream_begins_where_the_call_is_then(running):
    call = PhoneCall([b"\xff" * 8000 * 60], Caller("CA1"), seconds=120, speed=20)
    assert call.position == 0
    with running() as server:
        breaking = threading.Timer(0.3, server.switchboard.drain, [400])
        breaking.start()
        with pytest.raises(CallError):
            call.stream(Instructions(server.stream, ("inbound",), {}, 120))
        breaking.join()
    left = 60 - call.position
    with running() as server:
        sent = call.stream(Instructions(server.stream, ("inbound",), {}, 120), stream_id="MZ2")
        server.witness.wait_for_ends()
    assert left < 60
    assert sent <= max(0, left) * 50 + 1
    assert call.position >= 60
    assert (call.seconds, call.is_cut) == (60, False)


@contextmanager
def served(*answers):
    """Answer each POST with the next of these, and the last for ever; yield the stream and the paths."""
    asked, waiting = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(waiting.pop(0) if len(waiting) > 1 else waiting[0])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"ws://127.0.0.1:{server.server_port}/stream", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("answers", [1, MAX_REDIRECTS - 1])
def test_a_redirect_is_followed(answers):
    stream = b'<Response><Start><Stream url="wss://b.example/stream"/></Start></Response>'
    redirect = b'<Response><Redirect method="POST">hosts/b/call</Redirect></Response>'
    with served(*[redirect] * answers, stream) as (to, asked):
        do = ask_webhook(to, Caller("CA1"), "")
    assert do.stream_url == "wss://b.example/stream"
    assert asked[:2] == ["/call", "/hosts/b/call"]
    assert len(asked) == answers + 1


def test_a_call_that_is_redirected_for_ever_is_one_sentence():
    redirect = b"<Response><Redirect>/call</Redirect></Response>"
    with served(redirect) as (to, asked), pytest.raises(CallError, match="10 times"):
        ask_webhook(to, Caller("CA1"), "")
    assert len(asked) == MAX_REDIRECTS


def test_a_call_lasts_no_longer_than_the_twiml_holds_the_line(running, monkeypatch):
    with running(max_minutes=1) as server:
        placed = place_call([b"\xff" * 8000 * 61], to=server.stream, caller=Caller("CA1"), speed=1000)
        assert placed.cut
        assert placed.seconds == 60
        server.witness.wait_for_ends()
