"""A stand-in for Twilio's REST API, as far as phone numbers, calls, streams and recordings go.

Checks what Twilio checks (path, credentials, fields) and remembers what was changed.
"""

import base64
import json
import re
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from stand_ins import twilio_recordings as recordings

ACCOUNT_SID = recordings.ACCOUNT_SID
AUTH_TOKEN = "t0" * 16


def number(digits, *, sid="PN" + "1" * 32, voice_url="https://before.example/voice", **fields):
    return {
        "sid": sid,
        "account_sid": ACCOUNT_SID,
        "phone_number": digits,
        "friendly_name": digits,
        "voice_url": voice_url,
        "voice_method": "GET",
        "voice_application_sid": None,
        "trunk_sid": None,
        **fields,
    }


class TwilioApi:
    """What the account looks like, and what was asked of it."""

    def __init__(self, *numbers):
        self.numbers = {each["sid"]: each for each in numbers}
        self.updates = []
        self.failing = None  # an HTTP status to answer with
        self.code = 1  # Twilio's own number of that error
        self.refusing = None  # an HTTP status to answer changes with
        self.bad_moments = []  # HTTP statuses to answer with, one a request, before all is well
        # 0 is no answer, after as long as it takes to place a call
        self.retry_after = "1"  # what a 429 says
        self.requests = []  # method and path of each
        self.calls = {}  # what was asked for, and the status, by SID
        self.seconds_to_place = 0.0  # a call
        self.streams = []  # what was asked for on calls in progress
        self.on_stream = lambda *_: None  # is given the SIDs of the call and the stream, and the form
        self.past_calls = []  # call resources, of calls that are over
        self.recordings = {}  # recording resources by SID
        self.media = {}  # by SID: the audio by RequestedChannels, where "" is what there is without
        self.media_failing = None  # an HTTP status to answer requests for audio with
        self.media_host = ""  # where requests for audio are sent on to
        self.media_breaks = []  # after so many bytes the connection ends, one number a request
        self.media_pauses = 0.0  # seconds after every 10,000 bytes
        self.most_a_page = 50
        self.url = ""


@contextmanager
def twilio_api(*numbers, host="127.0.0.1"):
    api = TwilioApi(*numbers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer()

        def do_POST(self):
            self.answer()

        def answer(self):
            status, body = respond(api, self)
            if not status:
                return  # the connection closes without an answer
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if status == 307:
                self.send_header("Location", body)
            if status == 429:
                self.send_header("Retry-After", api.retry_after)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            is_cut = isinstance(body, bytes) and api.media_breaks
            if is_cut:
                data = data[: api.media_breaks.pop(0)]
            for start in range(0, len(data), 10_000):
                self.wfile.write(data[start : start + 10_000])
                time.sleep(api.media_pauses)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    api.url = f"http://{host}:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def respond(api, request):
    form = {}
    if length := int(request.headers.get("Content-Length") or 0):
        form = {
            name: values[0] for name, values in parse_qs(request.rfile.read(length).decode(), True).items()
        }
    expected = "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    if request.headers.get("Authorization") != expected:
        return 401, {"code": 20003, "message": "Authenticate", "status": 401}
    api.requests.append((request.command, urlsplit(request.path).path))
    if api.bad_moments:
        status = api.bad_moments.pop(0)
        if not status:
            time.sleep(api.seconds_to_place)
        return status, {"code": 1, "message": "stand-in bad moment", "status": status}
    if api.failing:
        return api.failing, {"code": api.code, "message": "stand-in failure", "status": api.failing}
    if request.command == "GET" and (found := recordings.respond(api, request.path)):
        return found
    calls = re.fullmatch(
        f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls(/(CA\\w+))?(/Streams)?\\.json", urlsplit(request.path).path
    )
    if calls:
        return about_calls(api, request.command, calls[2], bool(calls[3]), form)
    prefix = f"/2010-04-01/Accounts/{ACCOUNT_SID}/IncomingPhoneNumbers"
    match = re.fullmatch(re.escape(prefix) + r"(/PN\w+)?\.json", urlsplit(request.path).path)
    if not match:
        return 404, {"code": 20404, "message": "not found", "status": 404}
    if not match[1]:
        return 200, {"incoming_phone_numbers": list(api.numbers.values()), "page": 0, "next_page_uri": None}
    record = api.numbers.get(match[1][1:])
    if record is None:
        return 404, {"code": 20404, "message": "not found", "status": 404}
    if request.command == "POST":
        if api.refusing:
            return api.refusing, {"code": 1, "message": "stand-in refusal", "status": api.refusing}
        unknown = set(form) - {"VoiceUrl", "VoiceMethod", "VoiceApplicationSid"}
        if unknown:
            return 400, {"code": 20001, "message": f"unknown {unknown}", "status": 400}
        api.updates.append(form)
        record["voice_url"] = form.get("VoiceUrl", record["voice_url"])
        record["voice_method"] = form.get("VoiceMethod", record["voice_method"])
        record["voice_application_sid"] = (
            form.get("VoiceApplicationSid", record["voice_application_sid"]) or None
        )
    return 200, record


CALL_FIELDS = {
    "To",
    "From",
    "Twiml",
    "TimeLimit",
    "StatusCallback",
    "StatusCallbackMethod",
    "StatusCallbackEvent",
}
STREAM_FIELDS = re.compile(r"Url|Track|StatusCallback|StatusCallbackMethod|Parameter\d+\.(Name|Value)")


def about_calls(api, method, sid, streams, form):
    """https://www.twilio.com/docs/voice/api/call-resource and …/stream-resource"""
    if method == "POST" and api.refusing:
        return api.refusing, {"code": 1, "message": "stand-in refusal", "status": api.refusing}
    if streams:
        call = api.calls.get(sid)
        if call is None:
            return 404, {"code": 20404, "message": "not found", "status": 404}
        if call["status"] != "in-progress":
            return 400, {"code": 21220, "message": "Call is not in-progress", "status": 400}
        unknown = [name for name in form if not STREAM_FIELDS.fullmatch(name)]
        if unknown or not form.get("Url", "").startswith("wss://") or "?" in form["Url"]:
            return 400, {"code": 31923, "message": f"Invalid stream {unknown}", "status": 400}
        api.streams.append({"CallSid": sid, **form})
        stream_sid = f"MZ{len(api.streams):032x}"
        api.on_stream(sid, stream_sid, form)
        return 201, {"sid": stream_sid, "call_sid": sid, "status": "in-progress"}
    if sid:
        if sid not in api.calls:
            return 404, {"code": 20404, "message": "not found", "status": 404}
        if method == "POST":
            if form != {"Status": "completed"}:
                return 400, {"code": 21201, "message": f"unknown {form}", "status": 400}
            api.calls[sid]["status"] = "completed"
        return 200, {"sid": sid, "status": api.calls[sid]["status"]}
    if method != "POST":
        return 405, {"code": 20004, "message": "method not allowed", "status": 405}
    if set(form) != CALL_FIELDS:
        return 400, {"code": 21200, "message": f"fields {set(form) ^ CALL_FIELDS}", "status": 400}
    if form["From"] not in {each["phone_number"] for each in api.numbers.values()}:
        return 400, {"code": 21210, "message": "'From' phone number not verified", "status": 400}
    time.sleep(api.seconds_to_place)
    sid = f"CA{len(api.calls):032x}"
    api.calls[sid] = {**form, "status": "queued"}
    return 201, {"sid": sid, "status": "queued"}
