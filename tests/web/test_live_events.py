"""Live events, over real connections to a real server."""

import contextlib
import json
import socket
import time
import types
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests
from simple_websocket import Client, ConnectionClosed

from helpers import sse
from helpers.servers import VIEWERS_TOKEN
from helpers.sse import read
from helpers.waiting import wait_until
from local_stt.events import CallEnded, CallStarted, EndReason, PartialText, to_dict
from local_stt.net.http_server import MAX_MESSAGE_BYTES, WebSocketLine
from local_stt.simulator import Caller, place_call
from local_stt.store import open_store
from local_stt.web import Viewers
from local_stt.web.event_log import MISSED, Entry, EventLog, Position
from local_stt.web.live_events import ClientViewer, position

TOKEN = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}


def started(call_id):
    return CallStarted(call_id, ("inbound",))


def said(call_id, text):
    return PartialText(call_id, "inbound", text, 1.0)


def ended(call_id):
    return CallEnded(call_id, EndReason.HUNG_UP, 1.0)


def watching(server, query="", **headers):
    return sse.watching(server.http, query, **TOKEN | headers)


def test_viewers_get_the_wire_form_of_every_event(running, demo_channels):
    with running() as server, watching(server) as lines:
        place_call([demo_channels[0][: 8 * 8000]], to=server.stream, caller=Caller("CA1"), speed=8)
        server.witness.wait_for_ends()
        count = len(server.witness.events)
        assert count > 3
        assert [data for _, _, data in read(lines, count)] == [
            json.loads(json.dumps(to_dict(event))) for event in server.witness.events
        ]


def test_one_call_can_be_chosen(running):
    with running() as server, watching(server, "?call=CA2") as lines:
        for event in (started("CA1"), started("CA2"), said("CA1", "no"), said("CA2", "yes")):
            server.event_log(event)
        assert [kind for _, kind, _ in read(lines, 2)] == ["call-started", "partial"]


def test_whoever_comes_back_misses_and_repeats_nothing(running):
    with running() as server:
        with watching(server) as lines:
            for number in range(5):
                server.event_log(said("CA1", str(number)))
            seen = read(lines, 3)
        server.event_log(said("CA1", "5"))
        with watching(server, **{"Last-Event-ID": seen[-1][0]}) as lines:
            assert [data["text"] for _, _, data in seen + read(lines, 3)] == list("012345")


def test_whoever_comes_back_too_late_is_told_so(running):
    with running(max_kept=3) as server:
        for number in range(10):
            server.event_log(said("CA1", str(number)))
        for last in (f"{server.event_log.newest.epoch}-2", "00000000-5", "rubbish"):
            with watching(server, **{"Last-Event-ID": last}) as lines:
                server.event_log(said("CA1", "new"))
                assert [kind for _, kind, _ in read(lines, 2)] == ["missed", "partial"]


def test_events_that_were_lost_on_their_way_are_missed_by_all(running):
    with running() as server, watching(server, "?call=CA1") as lines:
        server.event_log(said("CA1", "before"))
        server.event_log.add([Entry(2, "", MISSED, b"{}"), Entry(3, "CA1", "partial", b'{"text": "after"}')])
        got = read(lines, 3)
        assert [kind for _, kind, _ in got] == ["partial", "missed", "partial"]
        epoch = server.event_log.newest.epoch
        assert [number for number, *_ in got] == [f"{epoch}-{number}" for number in (1, 2, 3)]


def test_viewers_are_informed_of_an_interruption_and_stay_where_they_are(running):
    with running() as server, watching(server) as lines:
        server.event_log(said("CA1", "before"))
        (before,) = read(lines, 1)
        server.event_log.set_interrupted(True)
        wait_until(
            lambda: requests.get(server.http + "/api/live", headers=TOKEN, timeout=400).json()["interrupted"]
        )
        assert [next(lines) for _ in range(3)] == ["event: interrupted", "data: {}", ""]
        with watching(server, **{"Last-Event-ID": before[0]}) as late:
            wait_until(lambda: "event: interrupted" in next(late))
            server.event_log.set_interrupted(False)
            server.event_log(said("CA1", "after"))
            for each in (lines, late):
                wait_until(lambda lines=each: "event: resumed" in next(lines))
                assert [next(each) for _ in range(2)] == ["data: {}", ""]
                assert [data["text"] for *_, data in read(each, 1)] == ["after"]


def test_positions():
    event_log = EventLog()
    for number in range(3):
        event_log(said("CA1", str(number)))
    epoch = event_log.newest.epoch
    assert position(event_log, "") == Position(epoch, 3)
    assert position(event_log, f"{epoch}-1") == Position(epoch, 1)
    assert [len(event_log.after(Position(epoch, number), 10)) for number in (1, 3, 9)] == [2, 0, 0]
    assert event_log.after(position(event_log, "x"), 10) is None
    assert event_log.after(position(event_log, "00000000-3"), 10) is None


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_calls_in_progress_are_listed_whether_calls_are_kept_or_not(running, tmp_path, is_kept):
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(closing(open_store(tmp_path))) if is_kept else None
        server = stack.enter_context(running(store=store))
        before = time.time() * 1000 - 1
        server.event_log(CallStarted("CA1", ("inbound",), "+15550001", "+15550002"))
        server.event_log(started("CA2"))
        server.event_log(ended("CA2"))
        found = requests.get(server.http + "/api/live", headers=TOKEN, timeout=400).json()
        assert before <= found["calls"][0].pop("started_at") <= time.time() * 1000 + 1
        call = {"call_id": "CA1", "caller": "+15550001", "callee": "+15550002", "tracks": ["inbound"]}
        assert found == {"calls": [call], "kept": is_kept, "interrupted": False}
        assert requests.get(server.http + "/api/live", timeout=400).status_code == 401


def test_at_an_address_the_server_does_not_know_a_viewer_reads_and_changes_nothing(running, tmp_path):
    """As at http://192.168.1.5:8080 of a server that listens on 0.0.0.0."""
    with (
        closing(open_store(tmp_path)) as store,
        running(store=store) as server,
        requests.Session() as browser,
    ):
        port = urlsplit(server.http).port
        browser.get(f"{server.http}/enter?token={VIEWERS_TOKEN}", timeout=400)
        assert browser.get(server.http + "/api/calls", timeout=400).status_code == 200
        there = {"Origin": f"http://192.168.1.5:{port}"}
        refused = browser.delete(server.http + "/api/calls/CA1", headers=there, timeout=400)
        assert refused.status_code == 403
        assert "does not know itself by this address" in refused.json()["error"]
        at_home = {"Origin": server.http}
        assert browser.delete(server.http + "/api/calls/CA1", headers=at_home, timeout=400).status_code == 404


def client(server, **options):
    return Client(server.stream.replace("/stream", "/client"), headers=TOKEN, **options)


def test_a_client_gets_the_list_chooses_a_call_and_follows_it_to_its_end(running):
    with running() as server:
        for call_id in ("CA1", "CA2", "CA3"):
            server.event_log(started(call_id))
        server.event_log(ended("CA3"))
        websocket = client(server)
        websocket.send("CA2")
        wait_until(lambda: server.watching.viewers == 1)
        for event in (said("CA1", "no"), said("CA2", "yes"), ended("CA2")):
            server.event_log(event)
        # Only now: simple-websocket's client overlooks what came together with the handshake's answer.
        assert json.loads(websocket.receive(5)) == ["CA1", "CA2"]
        assert json.loads(websocket.receive(5))["text"] == "yes"
        assert json.loads(websocket.receive(5))["type"] == "call-ended"
        with pytest.raises(ConnectionClosed):
            websocket.receive(5)


def test_a_client_that_only_listens_is_not_taken_for_dead(running, monkeypatch):
    monkeypatch.setattr(WebSocketLine.__init__, "__defaults__", (0.2, MAX_MESSAGE_BYTES))
    with running() as server:
        server.event_log(started("CA1"))
        websocket = client(server)
        websocket.send("CA1")
        wait_until(lambda: server.watching.viewers == 1)
        time.sleep(1)
        server.event_log(ended("CA1"))
        assert json.loads(websocket.receive(5)) == ["CA1"]
        assert json.loads(websocket.receive(5))["type"] == "call-ended"


def test_a_client_that_chooses_no_call_in_progress_is_let_go_at_once(running):
    with running() as server:
        server.event_log(started("CA1"))
        websocket = client(server)
        websocket.send("CA9")
        assert json.loads(websocket.receive(5)) == ["CA1"]
        with pytest.raises(ConnectionClosed):
            websocket.receive(5)


def test_a_call_that_ends_between_the_list_and_the_choice_is_told_to_its_end(running):
    with running() as server:
        server.event_log(started("CA1"))
        websocket = client(server)
        time.sleep(0.3)  # it has its list
        server.event_log(said("CA1", "late"))
        server.event_log(ended("CA1"))
        websocket.send("CA1")
        got = [json.loads(websocket.receive(5)) for _ in range(3)]
        assert [each if isinstance(each, list) else each["type"] for each in got] == [
            ["CA1"],
            "partial",
            "call-ended",
        ]


def test_a_client_that_missed_the_end_is_let_go(running):
    """It stalls while more happens than is remembered."""
    event_log = EventLog(3)
    event_log(started("CA1"))
    ours, theirs = socket.socketpair()
    line = types.SimpleNamespace(read_messages=lambda: [], hang_up=lambda: None)
    viewer = ClientViewer(types.SimpleNamespace(sock=ours, ws=None), line, event_log, event_log.newest, "CA1")
    event_log(ended("CA1"))
    for number in range(5):
        event_log(said("CA2", str(number)))
    viewer.step()
    assert viewer.is_over.is_set()
    ours.close()
    theirs.close()


def test_a_viewer_knows_where_it_is_before_the_first_event(running):
    with running() as server:
        server.event_log(said("CA1", "before"))
        with server.connect() as connection:
            request = "GET /api/events HTTP/1.1\r\nHost: localhost\r\n"
            connection.sendall(f"{request}Authorization: Bearer {VIEWERS_TOKEN}\r\n\r\n".encode())
            got = b""
            while b"id: " not in got or not got.endswith(b"\n\n"):
                got += connection.recv(4096)
        assert got.endswith(f"id: {server.event_log.newest.epoch}-1\n\n".encode())
        assert requests.head(f"{server.http}/api/events", headers=TOKEN, timeout=400).status_code == 200
        assert requests.get(f"{server.http}/api/events?x=y", headers=TOKEN, timeout=400).status_code == 422


def test_a_client_without_the_token_is_refused(running):
    valid = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    with running() as server:
        assert requests.get(server.http + "/client", headers=valid, timeout=400).status_code == 401
        assert requests.get(server.http + "/api/events", timeout=400).status_code == 401


def test_a_viewer_that_takes_nothing_is_let_go_and_others_notice_nothing(running, monkeypatch):
    monkeypatch.setattr("local_stt.web.live_events.STALL_TIMEOUT", 5)
    with running(max_kept=100_000) as server:
        stalled = server.connect()
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.sendall(
            b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + VIEWERS_TOKEN.encode()
            + b"\r\n\r\n"
        )
        with watching(server) as lines:
            for number in range(400):
                server.event_log(said("CA1", "x" * 20_000 + str(number)))
            assert read(lines, 400)[-1][2]["text"].endswith("399")
        deadline = time.monotonic() + 400
        while server.watching.viewers:
            assert time.monotonic() < deadline
            server.event_log(said("CA1", "more"))
            time.sleep(0.1)
        stalled.close()


def test_tokens_are_in_no_log(running, caplog):
    with running() as server, caplog.at_level("DEBUG", "local_stt"):
        for token in (VIEWERS_TOKEN, "another-that-is-wrong"):
            requests.get(server.http + f"/enter?token={token}", timeout=400, allow_redirects=False)
        requests.get(server.http + "/api/nothing", headers=TOKEN, timeout=400)
        assert "GET /enter 303" in caplog.text
        assert VIEWERS_TOKEN not in caplog.text
        assert "another-that-is-wrong" not in caplog.text


def test_a_token_that_the_user_chose_is_not_printed():
    chosen = Viewers(VIEWERS_TOKEN, EventLog())
    assert VIEWERS_TOKEN not in chosen.link("http://x")
    fresh = Viewers("", EventLog())
    assert len(fresh.link("http://x")) > 40


def test_metrics_need_the_token(running):
    with running() as server:
        assert requests.get(server.http + "/metrics", timeout=400).status_code == 401
        response = requests.get(server.http + "/metrics", headers=TOKEN, timeout=400)
        assert "local_stt_calls_started_total 0.0" in response.text
