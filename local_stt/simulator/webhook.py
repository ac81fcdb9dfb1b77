"""Asks the webhook as Twilio does when the phone rings, and reads the TwiML that it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import requests

from ..config.parsers import canonical
from ..core.media_stream import MAX_CALL_MS
from ..errors import CallError
from ..net.bounded_http import Bounds, bounded_session, whole_body
from ..system.installation import command
from ..telephony.signature import sign

ACCOUNT_SID = "AC" + "0" * 32

RESPONSE_TIMEOUT = 10.0

MAX_BYTES = 64 * 1024
"""Bytes of TwiML: as many as Twilio reads"""

MAX_REDIRECTS = 10
"""Answers that send a call on to another address, until it is taken for a loop"""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller and the number that they call, as Twilio would report them to the webhook."""

    call_id: str
    number: str = "+15550100001"
    called: str = "+15550100002"


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the TwiML asks for: where to stream which tracks, and how many seconds the line stays open."""

    stream_url: str
    tracks: tuple[str, ...]
    parameters: dict[str, str]
    seconds: float


def ask_webhook(to: str, caller: Caller, auth_token: str) -> Instructions:
    """Ask the webhook (POST /call) as Twilio does when the phone rings, and follow its `<Redirect>`.

    Raises `CallError`.
    """
    url = _webhook(to)
    form = {
        "CallSid": caller.call_id,
        "AccountSid": ACCOUNT_SID,
        "From": caller.number,
        "To": caller.called,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    }
    for _ in range(MAX_REDIRECTS):
        twiml = _posted(url, form, auth_token)
        target = _redirect(twiml)
        if target is None:
            return read_twiml(twiml)
        url = urljoin(url, target)
    raise CallError(f"The webhook redirects the call more than {MAX_REDIRECTS} times, at last to {url}.")


def _posted(url: str, form: Mapping[str, str], auth_token: str) -> str:
    """Return the TwiML that is answered to a form."""
    try:
        headers = sign(auth_token, url, form) if auth_token else {}
        with bounded_session(Bounds(RESPONSE_TIMEOUT)) as session:
            response = session.post(url, form, headers=headers, timeout=RESPONSE_TIMEOUT, stream=True)
            twiml = whole_body(response, MAX_BYTES).decode("utf-8", "replace")
    except (requests.exceptions.InvalidURL, ValueError) as error:  # a host that no packet can be sent to
        raise CallError(f"Nothing can be sent to {url}: name another server with --to.") from error
    except requests.RequestException as error:
        raise CallError(
            f"No server answers at {url}: start one with `{command('run')}`, or name it with --to."
        ) from error
    if response.status_code == 403:
        raise CallError(f"{url} refused the signature (403): TWILIO_AUTH_TOKEN must be the server's.")
    if response.status_code != 200:
        raise CallError(
            f"{url} answered {response.status_code}, not TwiML: is it local_stt that listens there?"
        )
    return twiml


def canonical_stream(to: str) -> str:
    """Return the address of a stream in one spelling.  Raises `CallError` for any other text."""
    try:
        address = urlsplit(to)
        if address.scheme in ("ws", "wss") and address.hostname and address.port != 0:
            return canonical(address).rstrip("/")
    except ValueError as error:  # unmatched brackets, an invalid port or name
        raise _not_an_address(to) from error
    raise _not_an_address(to)


def _webhook(to: str) -> str:
    """Return the webhook of the server whose stream is at `to`."""
    stream = urlsplit(canonical_stream(to))._replace(query="", fragment="").geturl()
    return f"http{stream.removeprefix('ws').removesuffix('/stream')}/call"


def _not_an_address(to: str) -> CallError:
    return CallError(f"--to is {to!r}, which is not an address of the form ws://127.0.0.1:8080/stream.")


def read_twiml(twiml: str) -> Instructions:
    """Read from TwiML what Twilio would do, as far as streaming goes.

    Raises `CallError` for TwiML that does not stream the call, or that Twilio would refuse.
    """
    response = _parsed(twiml)
    stream = response.find("Start/Stream")
    if stream is None:
        raise CallError("The webhook's TwiML does not stream the call: there is no <Start><Stream>.")
    url = stream.get("url", "")
    if "?" in url:
        raise CallError(f"Twilio would refuse the stream's URL {url}: it has a query string (error 31920).")
    track = stream.get("track", "inbound_track")
    tracks = ("inbound", "outbound") if track == "both_tracks" else (track.removesuffix("_track"),)
    parameters = {each.get("name", ""): each.get("value", "") for each in stream.findall("Parameter")}
    seconds = sum(_length(pause.get("length", "1")) for pause in response.findall("Pause"))
    if response.find("Dial") is not None:  # somebody takes the call, and speaks for as long as the caller
        seconds = MAX_CALL_MS / 1000
    return Instructions(url, tracks, parameters, seconds)


def _redirect(twiml: str) -> str | None:
    """Return where TwiML sends the call before it streams it; None if it does not."""
    response = _parsed(twiml)
    redirect = response.find("Redirect")
    if redirect is None or response.find("Start/Stream") is not None:
        return None
    return (redirect.text or "").strip()


def _parsed(twiml: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(twiml)  # noqa: S314  (from the server under test)
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise CallError(f"The webhook answered something that is not TwiML ({error}).") from error


def _length(text: str) -> float:
    """Return how many seconds a pause lasts.  Raises `CallError`."""
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise CallError(f"Twilio would refuse the TwiML: it has a pause of {text!r:.40} seconds.")
    return float(text)
