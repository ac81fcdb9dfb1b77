"""Writes TwiML, which says what Twilio does with a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twilio.twiml.voice_response import Dial, Start, Stream, VoiceResponse

MAX_PARAMETER_LETTERS = 400
"""Letters of a value; Twilio allows a name and a value of fewer than 500 characters together"""

MAX_DIALING_SECONDS = 14_400
"""Seconds of a dialed call: Twilio's own limit"""


@dataclass(frozen=True, slots=True)
class Streaming:
    """The stream that a call's audio goes to."""

    url: str
    status_url: str
    track: str
    """`inbound_track`, `outbound_track` or `both_tracks`"""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Hold:
    """The line is kept open, and nobody speaks."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Another telephone rings; its owner and the caller speak with each other."""

    number: str
    seconds: int
    """Time to ring before nobody has answered"""
    action_url: str
    """Address that Twilio asks what to do then, and when they have spoken"""
    caller_id: str = ""
    """Number that the telephone shows; empty for the caller's, which a call placed from here cannot have"""


@dataclass(frozen=True, slots=True)
class Meet:
    """The caller joins all others in a conference."""

    room: str


Then = Hold | Ring | Meet


def answer(streaming: Streaming | None, says: Sequence[str], language: str, then: Then | None) -> str:
    """Return TwiML that streams the call here, says something, and goes on; or hangs up if nothing follows.

    `<Start>` returns at once, and a call ends with its last verb.  So `then` keeps it up
    (https://www.twilio.com/docs/voice/twiml/stream).  The stream begins before the first word, so that the
    transcript shows what the caller heard.
    """
    response = VoiceResponse()
    if streaming:
        response.append(_start(streaming))
    for text in filter(None, says):
        response.say(text, language=language)
    match then:
        case Hold():
            response.pause(length=then.seconds)
        case Ring():
            response.append(_dial(then))
        case Meet():
            dial = Dial(time_limit=MAX_DIALING_SECONDS)
            dial.conference(then.room)
            response.append(dial)
        case None:
            response.hangup()
    return str(response)


def busy(*, message: str, language: str, forward_to: str) -> str:
    """Return TwiML for a caller whose call cannot be taken: it forwards to a person, or says a sentence."""
    response = VoiceResponse()
    if forward_to:
        response.dial(forward_to)
    else:
        response.say(message, language=language)
    return str(response)


def redirect(url: str) -> str:
    """Return TwiML that has Twilio ask at another address what to do with the call."""
    response = VoiceResponse()
    response.redirect(url, method="POST")
    return str(response)


def _start(streaming: Streaming) -> Start:
    stream = Stream(
        url=streaming.url,
        track=streaming.track,
        name="local_stt",
        status_callback=streaming.status_url,
        status_callback_method="POST",
    )
    for name, value in streaming.parameters.items():
        stream.parameter(name=name, value=value[:MAX_PARAMETER_LETTERS])
    start = Start()
    start.append(stream)
    return start


def _dial(ring: Ring) -> Dial:
    """Make the verb that rings a telephone; without a caller id it shows the caller's number.

    https://www.twilio.com/docs/voice/twiml/dial
    """
    known = {"caller_id": ring.caller_id} if ring.caller_id else {}
    dial = Dial(
        timeout=ring.seconds,
        action=ring.action_url,
        method="POST",
        time_limit=MAX_DIALING_SECONDS,
        **known,
    )
    dial.number(ring.number)
    return dial
