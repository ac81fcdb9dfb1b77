"""Answers that drip or do not end are given up, for every client, and nothing is left of the request."""

import importlib
import io
import threading

import pytest
import requests

from helpers.waiting import wait_until
from helpers.webhooks import KEY
from local_stt.errors import CallError, DialError, DownloadError, TelephonyError
from local_stt.model_files import fetch_list
from local_stt.net import bounded_http
from local_stt.net.bounded_http import Bounds, bounded_session, whole_body
from local_stt.simulator import webhook
from local_stt.simulator.webhook import Caller, ask_webhook
from local_stt.system.instance import Instance
from local_stt.telephony import client, recording_download
from local_stt.telephony.account import Account
from local_stt.telephony.recordings import TwilioRecordings
from local_stt.webhooks import JsonEndpoint, endpoint
from stand_ins.dripping import HEAD, dripping_server

STATUS = (b"HTTP/1.1 200 OK\r\n", b"X")
HEADERS = (HEAD + b"X-More: ", b"x")
BODY = (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x")
CHUNKS = (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")
ENDLESS = (HEAD + b"\r\n", b"x" * 65536)

DRIPS = pytest.mark.parametrize(
    "drip", [STATUS, HEADERS, BODY, CHUNKS], ids=["status", "headers", "body", "chunks"]
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


@DRIPS
def test_an_answer_that_drips_ends_as_a_whole(drip):
    with dripping_server(*drip) as url, pytest.raises(requests.RequestException):
        whole_body(bounded_session(Bounds(0.3)).get(url, stream=True, timeout=60), 10**6)


def test_an_answer_must_come_as_fast_as_is_said(monkeypatch):
    monkeypatch.setattr(bounded_http, "GRACE_SECONDS", 0.2)
    with dripping_server(*BODY) as url, pytest.raises(requests.RequestException):
        whole_body(bounded_session(Bounds(600, 10_000)).get(url, stream=True, timeout=60), 10**6)


def test_an_answer_without_an_end_is_not_read_on():
    with (
        dripping_server(*ENDLESS, pause=0) as url,
        pytest.raises(requests.RequestException, match="more than"),
    ):
        whole_body(bounded_session(Bounds(600)).get(url, stream=True, timeout=60), 10**6)


def test_answers_within_bounds_come_whole(mirror):
    mirror.files["/some"] = b"all of it" * 100_000
    with bounded_session(Bounds(600, 1)) as session:
        for _ in range(2):  # over one connection or two
            body = whole_body(session.get(f"{mirror.url}/some", stream=True, timeout=60), 10**6)
            assert body == mirror.files["/some"]


def test_behind_a_proxy_too(monkeypatch):
    with dripping_server(*BODY) as url:
        monkeypatch.delenv("NO_PROXY")
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, url)
        with pytest.raises(requests.RequestException):
            whole_body(bounded_session(Bounds(0.3)).get("http://far.example/", stream=True, timeout=60), 100)


SID, TOKEN = "AC" + "0" * 32, "token"


@DRIPS
def test_a_twilio_that_drips_is_a_sentence(drip, monkeypatch):
    monkeypatch.setattr(client, "TOTAL_TIMEOUT", 0.2)
    with dripping_server(*drip) as url, pytest.raises(TelephonyError, match="could not be reached"):
        Account(SID, TOKEN, url, sleep=lambda _: None).call_status("CA1")


def test_a_twilio_without_an_end_is_a_sentence(monkeypatch):
    monkeypatch.setattr(client, "MAX_BYTES", 100_000)
    with dripping_server(*ENDLESS, pause=0) as url, pytest.raises(TelephonyError):
        Account(SID, TOKEN, url, sleep=lambda _: None).call_status("CA1")


@DRIPS
def test_a_recording_that_drips_is_a_sentence_and_no_thread_goes_on(drip, monkeypatch):
    """The hour for all is not up."""
    monkeypatch.setattr(bounded_http, "GRACE_SECONDS", 0.1)
    with dripping_server(*drip) as url, pytest.raises(TelephonyError):
        TwilioRecordings(SID, TOKEN, url, sleep=lambda _: None).save("RE1", io.BytesIO())


def test_a_recording_without_an_end_is_a_sentence(monkeypatch):
    monkeypatch.setattr(recording_download, "MAX_BYTES", 100_000)
    with dripping_server(*ENDLESS, pause=0) as url, pytest.raises(TelephonyError, match="may have"):
        TwilioRecordings(SID, TOKEN, url, sleep=lambda _: None).save("RE1", io.BytesIO())


@pytest.mark.parametrize("drip", [STATUS, HEADERS], ids=["status", "headers"])
def test_a_receiver_that_drips_is_given_up_and_leaves_no_thread(drip, monkeypatch):
    monkeypatch.setattr(endpoint, "RESPONSE_TIMEOUT", 0.2)
    with dripping_server(*drip) as url, pytest.raises(requests.RequestException):
        JsonEndpoint(url, KEY).post("1", {}, at=0)


@DRIPS
def test_a_list_of_models_that_drips_is_a_sentence_and_leaves_no_thread(drip, monkeypatch):
    monkeypatch.setattr(bounded_http, "GRACE_SECONDS", 0.5)
    with dripping_server(*drip) as url:
        before = set(threading.enumerate())
        with pytest.raises(DownloadError):
            fetch_list(url, seconds=0.2)
        asked = [each for each in threading.enumerate() if each not in before and "drip" not in each.name]
        wait_until(lambda: not any(each.is_alive() for each in asked))


def test_a_list_of_models_without_an_end_is_a_sentence():
    with dripping_server(*ENDLESS, pause=0) as url, pytest.raises(DownloadError):
        fetch_list(url, seconds=60)


@DRIPS
def test_a_server_on_this_machine_that_drips_is_a_sentence(drip, monkeypatch):
    dial = importlib.import_module("local_stt.cli.dial")
    monkeypatch.setattr(dial, "RESPONSE_TIMEOUT", 0.2)
    monkeypatch.setattr(webhook, "RESPONSE_TIMEOUT", 0.2)
    with dripping_server(*drip) as url:
        with pytest.raises(DialError, match="does not answer"):
            dial._asked(Instance(url, "token"), "GET", "/api/dial/1")
        with pytest.raises(CallError, match="No server answers"):
            ask_webhook(url.replace("http", "ws") + "/stream", Caller("CA1"), "")
