"""Two programs that answer the same numbers: with one PostgreSQL, one Redis, and viewers on either."""

import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner
from simple_websocket import Client

from helpers import sse
from helpers.events import final, save_call, started
from helpers.recognizers import ScriptedRecognizer
from helpers.servers import Witness
from helpers.settings import settings_of
from helpers.sse import read
from helpers.waiting import wait_until
from local_stt.cli import main
from local_stt.cluster import connect
from local_stt.cluster.call_statuses import SharedCallStatuses
from local_stt.cluster.dial_limit import SharedDialLimit
from local_stt.cluster.tokens import SharedToken
from local_stt.config.loading import variable_names
from local_stt.engine import EngineRouter
from local_stt.engine.in_process import InProcessEngine
from local_stt.errors import DialError, SettingError
from local_stt.events import CallEnded, EndReason, PartialText
from local_stt.service.application import Application
from local_stt.telephony.call_flow import load_phonebook

NOWHERE = "redis://127.0.0.1:1/0"


def said(text):
    return PartialText("CA1", "inbound", text, 1.0)


@pytest.fixture
def host(postgres_url, redis_url, tmp_path):
    """Makes the program of a host, by its name."""

    def host(name, **chosen):
        settings = settings_of(
            **{"port": 0, "database_url": postgres_url, "redis_url": redis_url, "data_dir": tmp_path / name}
            | chosen
        )
        engine = EngineRouter(InProcessEngine(ScriptedRecognizer), {})
        return Application(settings, load_phonebook(settings), engine, Witness())

    return host


@pytest.fixture
def hosts(host):
    with host("a") as first, host("b") as second:
        yield first, second


def bearer(application):
    return {"Authorization": f"Bearer {application.viewers.token}"}


def watching(application, **headers):
    return sse.watching(application.server.local_url, **bearer(application) | headers)


def test_a_viewer_goes_on_at_another_host_without_loss_or_repeats(hosts):
    first, second = hosts
    with watching(first) as lines:
        for number in range(40):
            hosts[number % 2].hub.publish([said(str(number))])
        seen = read(lines, 25)
    second.hub.publish([said("last")])
    with watching(second, **{"Last-Event-ID": seen[-1][0]}) as lines:
        seen += read(lines, 16)
    texts = [event["text"] for _, _, event in seen]
    assert texts[-1] == "last"
    for which in (0, 1):
        assert [text for text in texts[:-1] if int(text) % 2 == which] == [
            str(number) for number in range(which, 40, 2)
        ]


def test_the_link_of_one_host_opens_all_and_calls_are_on_every_page(hosts):
    first, second = hosts
    first.hub.publish([started("CA1"), said("hello")])
    with requests.Session() as browser:
        browser.get(first.viewers.link(first.server.local_url), timeout=400)
        wait_until(lambda: browser.get(f"{second.server.local_url}/api/live", timeout=400).json()["calls"])
        (call,) = browser.get(f"{second.server.local_url}/api/live", timeout=400).json()["calls"]
        assert call["call_id"] == "CA1"
    assert first.viewers.token == second.viewers.token


def test_a_client_follows_a_call_of_another_host(hosts):
    first, second = hosts
    first.hub.publish([started("CA1")])
    wait_until(lambda: second.event_log.in_progress)
    websocket = Client(f"ws{second.server.local_url.removeprefix('http')}/client", headers=bearer(first))
    websocket.send("CA1")
    wait_until(lambda: second.viewers.broadcast.viewers == 1)
    first.hub.publish([said("hello"), CallEnded("CA1", EndReason.HUNG_UP, 1.0)])
    assert json.loads(websocket.receive(400)) == ["CA1"]
    assert json.loads(websocket.receive(400))["text"] == "hello"
    assert json.loads(websocket.receive(400))["type"] == "call-ended"


def test_a_session_token_opens_one_session_on_whichever_host(hosts):
    tokens = [each.viewers.guards([each.server.local_url]).session_tokens for each in hosts]
    token, other = (tokens[0].issue(60, 600) for _ in range(2))
    assert [each.admit(token) for each in (tokens[1], tokens[0], tokens[1])] == [600, None, None]
    assert [each.admit(other) for each in tokens] == [600, None]


def test_a_call_that_is_deleted_at_one_host_is_empty_at_all(hosts):
    first, second = hosts
    save_call(first.storage.store, "CA1", "a secret")
    start = second.event_log.newest
    first.hub.publish([final("a secret"), final("no secret", call_id="CA2")])
    wait_until(lambda: second.event_log.newest.number == 2)
    answer = requests.delete(f"{second.server.local_url}/api/calls/CA1", headers=bearer(second), timeout=400)
    assert answer.ok
    for each in hosts:
        wait_until(lambda host=each: host.event_log.newest.number == 3)
        kept = b"".join(entry.json for entry in each.event_log.after(start, 10))
        assert (b"a secret" in kept, b"no secret" in kept) == (False, True)


def test_while_redis_is_away_viewers_are_informed_and_calls_go_on(host, link):
    with host("a", redis_url=f"redis://127.0.0.1:{link.port}/0") as weak, host("b") as other:
        with watching(weak) as lines, watching(other) as others:
            weak.hub.publish([said("before")])
            seen, elsewhere = read(lines, 1), read(others, 1)
            link.cut()
            assert read(lines, 1) == [(None, "interrupted", {})]
            weak.hub.publish([said(str(number)) for number in range(10)])
            text = requests.get(f"{weak.server.local_url}/metrics", headers=bearer(weak), timeout=400).text
            assert "\nlocal_stt_shared_events_waiting 10.0" in text
            assert "\nlocal_stt_redis_connected 0.0" in text
            assert "\nlocal_stt_shared_events_lost_total 0.0" in text
            link.mend()
            elsewhere += read(others, 10)
            later = read(lines, 11)
        assert [kind for _, kind, _ in later].count("resumed") == 1
        seen += [each for each in later if each[1] != "resumed"]
        assert seen == elsewhere
        text = requests.get(f"{weak.server.local_url}/metrics", headers=bearer(weak), timeout=400).text
        assert "\nlocal_stt_redis_connected 1.0" in text


PLACE = """
import sys
from local_stt.cluster import connect
from local_stt.cluster.dial_limit import SharedDialLimit
from local_stt.errors import DialError

limit, placed = SharedDialLimit(connect(sys.argv[1]), 25), 0
try:
    while True:
        limit.take()
        placed += 1
except DialError as error:
    assert "25 calls were placed within the hour" in str(error), error
print(placed)
"""


def test_all_hosts_together_place_no_more_calls_than_one_may(redis_url):
    programs = [
        subprocess.Popen([sys.executable, "-c", PLACE, redis_url], stdout=subprocess.PIPE) for _ in range(4)
    ]
    counts = [int(program.communicate(timeout=400)[0]) for program in programs]
    assert sum(counts) == 25
    with connect(redis_url) as client:
        assert SharedDialLimit(client, 25).left == 0
        limit = SharedDialLimit(client, 26)
        give_back = limit.take()
        assert limit.left == 0
        give_back()
        assert limit.left == 1


def test_an_hour_later_calls_may_be_placed_again(redis_url, monkeypatch):
    monkeypatch.setattr("local_stt.cluster.dial_limit.SECONDS_AN_HOUR", 1)
    with connect(redis_url) as client:
        limit = SharedDialLimit(client, 1)
        limit.take()
        wait_until(lambda: limit.left == 1)
        limit.take()


def test_without_redis_no_call_is_placed():
    with connect(NOWHERE) as client:
        limit = SharedDialLimit(client, 5)
        with pytest.raises(DialError, match=r"^The call is not placed, as the Redis .* \(.*\): see to it"):
            limit.take()
        assert limit.left == 0


def test_a_status_that_twilio_reports_to_one_host_is_known_to_all(redis_url):
    with connect(redis_url) as client, connect(redis_url) as other:
        first, second = SharedCallStatuses(client), SharedCallStatuses(other)
        assert first.note("CA1", "queued")
        assert second.note("CA1", "completed")
        assert not first.note("CA1", "ringing")
        assert [each.get("CA1") for each in (first, second)] == ["completed", "completed"]
        assert second.get("CA2") is None


def test_without_redis_a_host_knows_the_statuses_that_came_to_it():
    with connect(NOWHERE) as client:
        statuses = SharedCallStatuses(client)
        assert statuses.note("CA1", "ringing")
        assert statuses.get("CA1") == "ringing"


def test_a_token_that_redis_has_lost_is_put_back(redis_url, caplog):
    with connect(redis_url) as client:
        first = SharedToken(client)
        token = first.get()
        client.flushall()
        first.keep()
        second = SharedToken(client)
        assert second.get() == token
        client.flushall()
        assert SharedToken(client).get() != token
        first.keep()
        assert "set LOCAL_STT_TOKEN on all hosts" in caplog.text
        assert token not in caplog.text


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"redis_url": NOWHERE}, "REDIS_URL: no Redis answers at 127.0.0.1:1"),
        ({"keep_calls": False}, "LOCAL_STT_KEEP_CALLS"),
        ({"database_url": ""}, "set DATABASE_URL to a PostgreSQL"),
    ],
)
def test_what_several_hosts_need_is_asked_for(host, chosen, sentence):
    with pytest.raises(SettingError, match=sentence):
        host("a", **chosen)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("127.0.0.1:1", "REDIS_URL: no Redis answers at 127.0.0.1:1 ("),
        ("", "REDIS_URL: the server refuses its user or password"),
    ],
)
def test_a_redis_that_cannot_be_used_ends_the_command_with_one_sentence(
    tmp_path, monkeypatch, redis_url, address, sentence
):
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("REDIS_URL", f"redis://:a-secret@{address or urlsplit(redis_url).netloc}/0")
    with connect(redis_url) as client:
        client.config_set("requirepass", "another")
        try:
            result = CliRunner().invoke(main, ["run", "--no-tunnel", "--model", "demo-en"])
        finally:
            with connect(redis_url.replace("//", "//:another@")) as admitted:
                admitted.config_set("requirepass", "")
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "a-secret" not in result.output + result.stderr
