"""Numbers, texts and structures that nobody means, sent to every address of the server."""

import contextlib
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.response import Response

from helpers.dialing import OURS, dialer_of
from helpers.events import recording, save_call
from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import uploads_of
from local_stt.cli.call import call
from local_stt.core.media_stream import parse
from local_stt.demo import RECORDING
from local_stt.errors import CallError, DialError, StrayMessage, TelephonyError
from local_stt.simulator.webhook import read_twiml
from local_stt.store import open_store
from local_stt.telephony.client import ask, refused
from local_stt.telephony.outbound import e164
from local_stt.webhooks.backoff import MAX_ASKED_DELAY, asked_for
from stand_ins.twilio_api import number, twilio_api

DIGITS = "9" * 5000
"""More than Python makes a number of"""

NESTED = "[" * 6000
"""Deeper than Python reads JSON, and small enough to be read"""

NUMBERS = [DIGITS, "-" + DIGITS, "1e999", "nan", "inf", "-1", "0x10", "1_0", "٣", "²", "9" * 18, "2147483648"]
TEXTS = ["", "\ud800", "%00", "\x7f", "a" * 4000, "../../etc/passwd", "{}", '"', "'", "*" * 300]
VALUES = [*NUMBERS, *TEXTS]

BODIES = [
    NESTED,
    NESTED.replace("[", '{"to":')[:16_000],
    DIGITS,
    f'{{"to": {DIGITS}}}',
    f'{{"to": "{DIGITS}"}}',
    f'{{"to": "+1{"2" * 200}"}}',
    '{"to": NaN, "connect": Infinity}',
    '{"to": 1e999}',
    '{"to": "\\ud800", "announcement": "\\ud800"}',
    '{"to": "+12025550123", "connect": "\\u0000"}',
    "null",
    "\xff\xfe",
    "",
]

HEADERS = {
    "Range": [
        f"bytes={DIGITS}-",
        f"bytes=0-{DIGITS}",
        f"bytes=-{DIGITS}",
        f"bytes={DIGITS}-{DIGITS}",
        "bytes=" + "0-1," * 3000,
        f"bytes=9-0{DIGITS}",
        "bytes=٣-",
        f"frames={DIGITS}-{DIGITS}",
    ],
    "If-Range": [DIGITS, f"Sun, 06 Nov {DIGITS[:4400]} 08:49:37 GMT", f'"{DIGITS}"'],
    "If-Modified-Since": [f"Sun, 06 Nov {DIGITS[:4400]} 08:49:37 GMT", "Mon, 31 Feb 0000 99:99:99 GMT"],
    "If-None-Match": [f'W/"{DIGITS}"', '"' * 5000],
    "Last-Event-ID": [DIGITS, f"00000000-{DIGITS}", "00000000-٣", "-"],
    "Content-Length": [DIGITS, "-1", "1e3", "٣", "+5", "99999999999999999999"],
    "Content-Type": [
        "multipart/form-data; boundary=" + "x" * 9000,
        "application/json; charset=" + DIGITS,
        "application/json; charset=utf-7",
        f"multipart/form-data; boundary*0={DIGITS}; boundary*{DIGITS}=x",
        "application/x-www-form-urlencoded; charset=idna",
    ],
    "Cookie": ["local_stt=" + DIGITS, "=;" * 5000, '"\\' * 3000],
    "Accept": [f"text/html;q={DIGITS}", "q=;" * 4000],
    "Authorization": ["Basic " + DIGITS, f"Digest a={DIGITS}", "Bearer \xff", "Digest " + "a=," * 3000],
    "Origin": ["https://[::1", "https://x:" + DIGITS, "null"],
    "Host": ["x:" + DIGITS, "[::1", "", "\xff"],
    "X-Forwarded-Proto": ["https" * 900],
    "X-Twilio-Signature": [DIGITS],
    "X-Twilio-Webhooks-Signature-Settings": [DIGITS, "algorithm=" + DIGITS],
    "Sec-WebSocket-Version": [DIGITS],
    "Transfer-Encoding": ["chunked"],
    "Expect": ["100-continue"],
}

PARTICULAR = ("/audio", "/events", "/dial", "/recordings", "/call")
"""How addresses end at which headers mean most: all values are sent there, elsewhere the first of each"""

FIELDS = [
    "CallSid",
    "From",
    "To",
    "Direction",
    "DialCallStatus",
    "DialCallDuration",
    "CallStatus",
    "Timestamp",
    "SequenceNumber",
    "AccountSid",
    "RecordingSid",
    "RecordingStatus",
    "RecordingDuration",
    "StreamEvent",
    "StreamError",
]


class Program:
    """A server with all that one can have, and its app."""

    def __init__(self, server, app, call_id):
        self.port = int(server.http.rpartition(":")[2])
        self.app, self.call_id = app, call_id
        self.usual = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {VIEWERS_TOKEN}"}

    def status(self, method, target, headers=(), body=b""):
        """The status of the answer; the rest of it is not read, as it may have no end."""
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in dict(headers).items()),
        ]
        head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass")
        with socket.create_connection(("127.0.0.1", self.port), timeout=300) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(head + body)
                if not target.startswith("/api/events"):  # whose viewers leave so
                    connection.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while b"\r\n" not in answer and (more := connection.recv(4096)):
                    answer += more
        found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        return int(found[1]) if found else 0

    def routes(self):
        """Every address, with each of its methods."""
        for rule in self.app.url_map.iter_rules():
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule

    def real(self, method, rule):
        """An address of this kind that there is."""
        if "/static/" in rule.rule:
            return filled(rule, "main.js")
        target = filled(rule, "another" if method == "DELETE" else self.call_id)
        asks = {"/words": "search=a", "/search": "q=a", "/recordings": "name=a.wav", "/enter": "token=x"}
        query = next((query for ending, query in asks.items() if target.endswith(ending)), "")
        return f"{target}?{query}"


def filled(rule, value):
    """An address of this kind with a value in its places."""
    return re.sub(r"<[^>]*>", quoted(value), rule.rule)


def quoted(value):
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture(scope="module")
def program(running, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nasty")
    with contextlib.ExitStack() as stack:
        store = open_store(folder)
        stack.callback(store.close)
        call_id = recording().call_id
        save_call(store, call_id)
        store.recordings.make_folder()
        store.recordings.path(call_id).write_bytes(RECORDING.read_bytes())
        api = stack.enter_context(twilio_api(number(OURS)))
        uploads = uploads_of(store, folder, max_bytes=10**6)
        dialer = dialer_of(api, folder, max_per_hour=10**6)
        server = stack.enter_context(running(store=store, uploads=uploads, dialer=dialer))
        yield Program(server, server.app, call_id)


def check(program, log, requests):
    """Send requests; none may be answered as if this program were at fault, or leave a traceback."""

    def fault(asked):
        method, target, headers, body = asked
        status = program.status(method, target, program.usual | headers, body)
        return (status, method, target[:100], str(headers)[:100], body[:60]) if status >= 500 else None

    with ThreadPoolExecutor(8) as pool:
        faults = [each for each in pool.map(fault, requests) if each]
    assert (faults[:20], log[:3]) == ([], [])


def test_addresses_that_are_there_are_answered(program):
    answered = {
        (method, rule.rule): program.status(method, program.real(method, rule), program.usual)
        for method, rule in program.routes()
        if method == "GET"
    }
    found = {rule for (_, rule), status in answered.items() if status == 200}
    assert {f"/api/calls/<call_id>/{name}" for name in ("audio", "waveform", "words", "sentences")} <= found
    assert {"/", "/api/events", "/api/search", "/static/<path:name>"} <= found


def test_nasty_places_are_no_fault_of_this_program(program, log):
    check(
        program,
        log,
        (
            (method, filled(rule, value), {}, b"")
            for method, rule in program.routes()
            for value in (VALUES if rule.arguments else [])
        ),
    )


def test_nasty_questions_are_no_fault_of_this_program(program, log):
    described = program.app.test_client().get("/api/openapi.json", headers=program.usual).json["paths"]
    asked = [
        (re.sub("{.*?}", program.call_id, path), parameter["name"])
        for path, methods in described.items()
        for parameter in methods.get("get", {}).get("parameters", [])
        if parameter["in"] == "query"
    ]
    assert ("/api/calls", "since") in asked
    targets = [
        ("GET", f"{path}?{name}={quoted(value)}", {}, b"")
        for path, name in [*asked, ("/enter", "token")]
        for value in VALUES
    ]
    check(program, log, targets)


def test_nasty_headers_are_no_fault_of_this_program(program, log):
    check(
        program,
        log,
        (
            (method, program.real(method, rule), {name: value}, b"12345")
            for method, rule in program.routes()
            for name, values in HEADERS.items()
            for value in (values if rule.rule.endswith(PARTICULAR) else values[:1])
        ),
    )


def test_nasty_bodies_are_no_fault_of_this_program(program, log):
    def bodies():
        for text in BODIES:
            for kind in ("application/json", "application/octet-stream"):
                yield kind, text.encode("utf-8", "surrogatepass")
        for value in VALUES:
            form = "&".join(f"{name}={quoted(value)}" for name in FIELDS)
            yield "application/x-www-form-urlencoded", form.encode()

    check(
        program,
        log,
        (
            (method, program.real(method, rule), {"Content-Type": kind, "Content-Length": len(body)}, body)
            for method, rule in program.routes()
            for kind, body in (bodies() if method in ("POST", "DELETE") else ())
        ),
    )


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"bytes={DIGITS}-", 416),
        (f"bytes=-{DIGITS}", 200),
        (f"bytes=0-{DIGITS}", 416),
    ],
)
def test_a_range_of_thousands_of_digits_is_answered_as_one_beyond_the_end(program, header, status):
    target = f"/api/calls/{program.call_id}/audio"
    assert program.status("GET", target, program.usual | {"Range": header}) == status


@pytest.mark.parametrize("body", [NESTED, f'{{"to": {DIGITS}}}'])
def test_json_that_cannot_be_read_is_the_senders_error(program, body):
    headers = program.usual | {"Content-Type": "application/json", "Content-Length": len(body)}
    assert program.status("POST", "/api/dial", headers, body.encode()) == 400


@pytest.mark.parametrize("text", [NESTED, '{"event":' * 2000, f'{{"event": {DIGITS}}}'])
def test_messages_of_a_stream_that_cannot_be_read_are_stray(text):
    with pytest.raises(StrayMessage):
        parse(text)
    for name in ("timestamp", "chunk"):
        with pytest.raises(StrayMessage):
            parse(json.dumps({"event": "media", "media": {"track": "inbound", "payload": "", name: DIGITS}}))


@pytest.mark.parametrize("asked", VALUES)
def test_a_receiver_may_ask_for_any_pause(asked):
    assert 0 <= asked_for(asked, 1e9) <= MAX_ASKED_DELAY
    assert 0 <= asked_for(f"Sun, 06 Nov {asked} 08:49:37 GMT", 1e9) <= MAX_ASKED_DELAY


@pytest.mark.parametrize("body", [NESTED, DIGITS, f'{{"code": {DIGITS}}}', '{"code": "x"}', "null", "[]"])
@pytest.mark.parametrize("status", [200, 401, 429, 500])
def test_twilios_answers_may_be_anything(body, status):
    def answered():
        json.loads(body)
        raise TwilioRestException(status, "/", code=json.loads(body))

    with pytest.raises(TelephonyError):
        ask(answered)
    assert "Twilio" in str(refused(status, TwilioException("", Response(status, body))))


@pytest.mark.parametrize("length", [DIGITS, "-1", "nan", "1e9", "x", ""])
def test_twiml_with_a_pause_that_is_none_is_refused(length):
    stream = '<Start><Stream url="wss://a.example/stream"/></Start>'
    with pytest.raises(CallError, match="pause"):
        read_twiml(f'<Response>{stream}<Pause length="{length}"/></Response>')


@pytest.mark.parametrize("option", ["--speed", "--loss", "--swap", "--seed", "--jitter"])
@pytest.mark.parametrize("value", [DIGITS, "nan", "1e999", "٣" * 5000])
def test_options_of_call_are_refused_in_a_sentence(option, value):
    done = CliRunner().invoke(call, [option, value, "--to", "ws://127.0.0.1:9/stream"])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("value", VALUES)
def test_what_is_no_number_to_call_is_refused_in_a_sentence(value):
    with pytest.raises(DialError, match="number"):
        e164(value)
    with pytest.raises(DialError, match="number"):
        e164(f"+{value}")
