"""The part of the stand-in for Twilio's REST API that is about recordings and past calls.

Checks paths and fields as Twilio does: a list takes the filters that are documented and no others.
"""

import re
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

ACCOUNT_SID = "AC" + "a1" * 16
ACCOUNT = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
NOT_FOUND = 404, {"code": 20404, "message": "not found", "status": 404}
PAGING = {"PageSize", "Page", "PageToken"}


def past_call(sid, caller, callee, began, *, direction="inbound", parent=None, seconds=60):
    return {
        "sid": sid,
        "account_sid": ACCOUNT_SID,
        "from": caller,
        "to": callee,
        "direction": direction,
        "parent_call_sid": parent,
        "status": "completed",
        "start_time": format_datetime(began),
        "end_time": format_datetime(began + timedelta(seconds=seconds)),
        "date_created": format_datetime(began),
        "began": began,
    }


def recording(sid, call_sid, made, **fields):
    return {
        "sid": sid,
        "account_sid": ACCOUNT_SID,
        "call_sid": call_sid,
        "status": "completed",
        "channels": 2,
        "duration": "10",
        "error_code": None,
        "encryption_details": None,
        "date_created": format_datetime(made),
        "start_time": format_datetime(made),
        "began": made,
        **fields,
    }


def respond(api, target):
    """The answer to a GET, or None if it is about something else."""
    path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
    if match := re.fullmatch(ACCOUNT + r"/Calls/(CA\w+)\.json", path):
        return next(((200, shown(each)) for each in api.past_calls if each["sid"] == match[1]), None)
    if path == f"{ACCOUNT}/Calls.json":
        return listed(api, path, query, "calls", api.past_calls, {"To": "to", "From": "from"}, "StartTime>")
    if path == f"{ACCOUNT}/Recordings.json":
        made = sorted(api.recordings.values(), key=lambda each: each["began"], reverse=True)
        return listed(api, path, query, "recordings", made, {"CallSid": "call_sid"}, "DateCreated>")
    if match := re.fullmatch(ACCOUNT + r"/Recordings/(RE\w+)\.(json|wav)", path):
        found = api.recordings.get(match[1])
        if found is None:
            return NOT_FOUND
        return (200, shown(found)) if match[2] == "json" else media(api, match[1], path, query)
    return None


def shown(record):
    """The day it began is kept as a date too, which is the stand-in's own."""
    return {name: value for name, value in record.items() if name != "began"}


def listed(api, path, query, name, records, filters, since):
    if unknown := set(query) - {*filters, since, *PAGING}:
        return 400, {"code": 20001, "message": f"unknown {unknown}", "status": 400}
    if not 1 <= int(query.get("PageSize", 50)) <= 1000:
        return 400, {"code": 20001, "message": "Page size must be 1 to 1000", "status": 400}
    for field, key in filters.items():
        records = [each for each in records if query.get(field, each[key]) == each[key]]
    if since in query:  # only the day counts
        records = [each for each in records if f"{each['began']:%Y-%m-%d}" >= query[since][:10]]
    number, size = int(query.get("Page", 0)), min(api.most_a_page, int(query.get("PageSize", 50)))
    left = records[(number + 1) * size :]
    onward = {**query, "Page": number + 1, "PageToken": "PA1"}
    return 200, {
        name: [shown(each) for each in records[number * size :][:size]],
        "page": number,
        "next_page_uri": f"{path}?{urlencode(onward)}" if left else None,
    }


def media(api, sid, path, query):
    if api.media_failing:
        status = api.media_failing
        return status, {"code": 1, "message": "stand-in failure", "status": status}
    if query.get("RequestedChannels", "") not in api.media[sid]:
        return 400, {"code": 20001, "message": "RequestedChannels is not supported", "status": 400}
    if api.media_host:
        return 307, f"{api.media_host}/{sid}?{urlencode(query)}"
    return 200, api.media[sid][query.get("RequestedChannels", "")]


@contextmanager
def media_host(api):
    """Another host, which has the audio.  It notes the credentials that each request brings."""
    notices = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            notices.append(self.headers.get("Authorization"))
            sid, query = self.path[1:].split("?")
            data = api.media[sid][dict(parse_qsl(query)).get("RequestedChannels", "")]
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    api.media_host = f"http://localhost:{server.server_port}"
    try:
        yield notices
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
