"""Those who guess the token of viewers are counted, and keep nobody out who has it."""

import threading

import pytest
import requests

from helpers.clock import Clock
from helpers.http import ask
from helpers.metrics import figures
from helpers.servers import VIEWERS_TOKEN
from helpers.twilio import TOKEN, VALID
from local_stt.metrics import Metrics
from local_stt.web import Viewers
from local_stt.web.access import Access
from local_stt.web.event_log import EventLog
from local_stt.web.wrong_tokens import MAX_OF_ALL, MAX_OF_ONE, WINDOW_SECONDS, WrongTokens

RIGHT = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}
COOKIE = Access(VIEWERS_TOKEN, [])


def test_an_address_is_refused_after_some_wrong_tokens_and_others_are_not():
    wrong = WrongTokens(Clock())
    assert [wrong.add("a") for _ in range(MAX_OF_ONE + 2)] == [False] * MAX_OF_ONE + [True] * 2
    assert not wrong.add("b")
    assert wrong.count == MAX_OF_ONE + 3


def test_all_are_refused_after_many_wrong_tokens_of_many_addresses():
    wrong = WrongTokens(Clock())
    assert not any(wrong.add(str(n)) for n in range(MAX_OF_ALL))
    assert all(wrong.add(str(n)) for n in range(10 * MAX_OF_ALL))
    assert len(wrong._recent) == MAX_OF_ALL


def test_after_a_while_wrong_tokens_are_forgotten_and_stay_counted():
    clock = Clock()
    wrong = WrongTokens(clock)
    for _ in range(MAX_OF_ONE):
        wrong.add("a")
    assert wrong.add("a")
    clock.now += WINDOW_SECONDS
    assert not wrong.add("a")
    assert wrong.count == MAX_OF_ONE + 2


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/live", {"Authorization": "Bearer wrong"}),
        ("/api/live", {"Authorization": "bearer  wrong"}),
        ("/metrics", {"Authorization": "Bearer wrong"}),
        ("/", {"Authorization": "", "Cookie": f"{COOKIE.cookie_name}=wrong"}),
        ("/enter?token=wrong", {"Authorization": ""}),
        ("/enter?token=wrong", RIGHT),
        ("/client", {"Authorization": "Bearer wrong"} | VALID),
        ("/stream", {"Authorization": "Bearer wrong"} | VALID),
        ("/stream", {"Authorization": "", "Cookie": f"{COOKIE.cookie_name}=wrong"} | VALID),
    ],
)
def test_a_wrong_token_is_counted_wherever_it_is_shown_and_is_refused_with_429_in_the_end(
    running, caplog, path, headers
):
    with running(auth_token=TOKEN) as server:
        statuses = [ask(server, "GET", path, **headers).status for _ in range(MAX_OF_ONE)]
        assert set(statuses) <= {401, 403}
        last = ask(server, "GET", path, **headers)
        assert (last.status, last.headers["Retry-After"]) == (429, str(WINDOW_SECONDS))
        assert metric(server) == MAX_OF_ONE + 1
    (record,) = [record for record in caplog.records if "wrong token" in record.getMessage()]
    assert record.getMessage() == "A request with a wrong token was refused"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/", {"Cookie": "local_stt_0badc0de=of-another-run"}),
        ("/", {"Authorization": "Basic dXNlcjpwYXNz"}),
        ("/enter", {}),
        ("/enter?token=", {}),
        ("/call", {"Authorization": "Bearer wrong"}),
        ("/nothing", {"Authorization": "Bearer wrong"}),
    ],
)
def test_what_is_no_token_or_shown_where_none_is_asked_for_is_no_guess(running, path, headers):
    with running(auth_token=TOKEN) as server:
        for _ in range(MAX_OF_ONE + 1):
            assert ask(server, "GET", path, **{"Authorization": ""} | headers).status in (401, 403)
        assert metric(server) == 0


def test_a_request_that_comes_from_elsewhere_is_counted_once(running):
    with running() as server:
        for path, more in [("/", {}), ("/enter?token=wrong", {}), ("/stream", VALID)]:
            headers = {"Host": "evil.example", "Authorization": "Bearer wrong"} | more
            assert ask(server, "GET", path, **headers).status == 403
        assert metric(server) == 3


def test_whoever_has_the_token_is_admitted_at_once_in_a_flood_of_wrong_ones(running):
    def guess(server, over):
        while not over.is_set():
            requests.get(server.http + "/", headers={"Authorization": "Bearer wrong"}, timeout=400)

    with running(auth_token=TOKEN) as server:
        over = threading.Event()
        guessing = [threading.Thread(target=guess, args=(server, over)) for _ in range(8)]
        for thread in guessing:
            thread.start()
        try:
            for _ in range(20):
                assert ask(server, "GET", "/api/live").status == 200
                assert ask(server, "GET", f"/enter?token={VIEWERS_TOKEN}", Authorization="").status == 303
                cookie = f"{COOKIE.cookie_name}={COOKIE.cookie_value}"
                assert ask(server, "GET", "/", Authorization="", Cookie=cookie).status == 200
                assert ask(server, "GET", "/client", **VALID).status == 101
        finally:
            over.set()
            for thread in guessing:
                thread.join()


def test_metrics_show_how_many_wrong_tokens_there_were():
    metrics = Metrics()
    metrics.watch(Viewers(VIEWERS_TOKEN, EventLog(10)).measurements())
    assert figures(metrics)["local_stt_wrong_tokens_total"] == 0


def metric(server):
    """Return the wrong tokens that the server has counted."""
    text = requests.get(server.http + "/metrics", headers=RIGHT, timeout=400).text
    (line,) = [line for line in text.splitlines() if line.startswith("local_stt_wrong_tokens_total ")]
    return float(line.split()[1])
