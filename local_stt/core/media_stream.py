"""Parse the messages of Twilio Media Streams: text in, values out.  No I/O.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadDigit, StrayMessage

TRACKS = ("inbound", "outbound")

MAX_CALL_MS = 24 * 60 * 60 * 1000
"""Upper bound of a call's length: Twilio ends every call before, so a later timestamp is wrong"""

CALLER, CALLEE, DIRECTION, BEGAN, HEARD = "caller", "callee", "direction", "began_ms", "heard_ms"
"""Names of the `<Parameter>`s that describe the call; see `Start`"""

TICKET = "ticket"
"""Name of the `<Parameter>` that shows that this server asked for the stream"""

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""Exceptions that a malformed message may cause while it is read"""

_KEY = re.compile(r"[0-9*#A-D]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_ID_OF_NO_CALL = re.compile(r"RE[0-9a-f]{32}|file-.*", re.IGNORECASE)
"""Ids under which recordings and files are kept, beside those of calls"""


@dataclass(frozen=True, slots=True)
class Start:
    """The message that begins a stream and identifies its call."""

    call_id: str
    tracks: tuple[str, ...]
    parameters: dict[str, str]
    """Values of the `<Parameter>`s of our own TwiML by name; each is one line of printable text"""
    direction: str = "inbound"
    """`outbound` if the call was placed from here"""
    began_ms: int = 0
    """Position in the call at which the stream begins, in ms; more than 0 if an earlier stream broke"""
    heard_ms: int = 0
    """Position in the call up to which the earlier stream's audio came, in ms"""
    ticket: str = field(default="", repr=False)
    """Proof that this server asked for the stream; not among the `parameters`"""


@dataclass(frozen=True, slots=True)
class Media:
    """A packet of one track's audio, usually 20 ms."""

    track: str
    timestamp_ms: int
    """Milliseconds from the start of the stream to the first sample"""
    chunk: int | None
    """Number of the packet on its track, from 1; None from senders that do not give it"""
    mulaw: bytes
    """8 kHz G.711 mu-law, one byte a sample"""


@dataclass(frozen=True, slots=True)
class Digit:
    """A key of the telephone that was pressed (DTMF)."""

    track: str
    digit: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The message that ends a stream."""


@dataclass(frozen=True, slots=True)
class Other:
    """A message with nothing to transcribe: `connected`, `mark`, or a kind that is not known."""

    name: str


@dataclass(frozen=True, slots=True)
class EndTurns:
    """A wish to end the turns of all speakers now.  Twilio has no such message; other programs do."""


Message = Start | Media | Digit | Stop | Other | EndTurns


Received = str | bytes | Message
"""A message as Twilio sends it, or one that is parsed already"""


def parse(text: Received) -> Message:
    """Parse one message, unless it is parsed already.

    Raises `StrayMessage` for a message that Twilio would not send, and `BadDigit` if that is only a digit.
    An unknown kind of message becomes `Other`, so that a new kind does not end calls.
    """
    if not isinstance(text, str | bytes):
        return text
    try:
        packet = json.loads(text)
        match packet["event"]:
            case "start":
                return _start(packet["start"])
            case "media":
                return _media(packet["media"])
            case "dtmf":
                return _digit(packet)
            case "stop":
                return Stop()
            case str(name):
                return Other(name)
            case _:
                raise TypeError("the event has no name")
    except UNREADABLE as error:
        raise StrayMessage(f"unreadable media stream message: {_shortened(error)}") from error


def _start(start: dict[str, Any]) -> Start:
    _require_phone_audio(start.get("mediaFormat", {}))
    tracks = start.get("tracks", ["inbound"])
    if not isinstance(tracks, list):
        raise TypeError("tracks is not a list")
    given = start.get("customParameters") or {}
    parameters = {str(name): one_line(value) for name, value in given.items()}
    ticket = parameters.pop(TICKET, "")
    return Start(
        call_id=_identifier(start["callSid"]),
        tracks=tuple(_track(name) for name in tracks),
        parameters=parameters,
        direction="outbound" if parameters.get(DIRECTION) == "outbound" else "inbound",
        began_ms=_moment(parameters.get(BEGAN, 0)),
        heard_ms=_moment(parameters.get(HEARD, 0)),
        ticket=ticket,
    )


def _require_phone_audio(form: dict[str, Any]) -> None:
    encoding = form.get("encoding", "audio/x-mulaw")
    rate, channels = int(form.get("sampleRate", 8000)), int(form.get("channels", 1))
    if (encoding, rate, channels) != ("audio/x-mulaw", 8000, 1):
        raise ValueError(f"expected audio/x-mulaw at 8000 Hz with 1 channel, not {form}")


def _media(media: dict[str, Any]) -> Media:
    return Media(
        track=_track(media["track"]),
        timestamp_ms=_moment(media["timestamp"]),
        chunk=_number(media["chunk"]) if "chunk" in media else None,
        mulaw=base64.b64decode(media["payload"], validate=True),
    )


def _digit(packet: dict[str, Any]) -> Digit:
    try:
        dtmf = packet["dtmf"]
        digit = str(dtmf["digit"])
        if not _KEY.fullmatch(digit):
            raise ValueError(f"no key of a telephone: {digit!r}")
        return Digit(_track(dtmf.get("track", "inbound")), digit)
    except UNREADABLE as error:
        raise BadDigit(f"unreadable key: {_shortened(error)}") from error


def _moment(milliseconds: object) -> int:
    """Read a time on the call's clock, in milliseconds."""
    moment = _number(milliseconds)
    if moment > MAX_CALL_MS:
        raise ValueError(f"{moment} ms is past any call's end")
    return moment


def _track(name: object) -> str:
    # Messages say "inbound"; TwiML and dtmf messages say "inbound_track".
    track = str(name).removesuffix("_track")
    if track not in TRACKS:
        raise ValueError(f"no such track: {name!r}")
    return track


def _number(value: object) -> int:
    """Read a count as Twilio writes it (a string of digits) or as others do (a number)."""
    digits = str(value)
    if isinstance(value, bool) or not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
        raise ValueError(f"not a count: {value!r}")
    return int(digits)


def _identifier(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"not an identifier: {value!r}")
    if _ID_OF_NO_CALL.fullmatch(value):
        raise ValueError(f"the id of a recording or a file, and not of a call: {value!r}")
    return value


def one_line(value: object) -> str:
    """Make text from outside safe to show and to pass on: one line of at most 500 printable characters."""
    return "".join(letter for letter in str(value)[:500] if letter.isprintable())


def _shortened(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    return text if len(text) <= 200 else text[:200] + "…"
