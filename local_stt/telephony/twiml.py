"""What Twilio is told to do with a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from twilio.twiml.voice_response import Dial, Start, Stream, VoiceResponse

MAX_PARAMETER_LETTERS = 400
"""Twilio allows a name and value of fewer than 500 characters together"""

MAX_DIALING_SECONDS = 14_400
"""Twilio's own limit of a dialed call"""


@dataclass(frozen=True, slots=True)
class Streaming:
    """Where the call's audio goes."""

    url: str
    status_url: str
    track: str
    """`inbound_track`, `outbound_track` or `both_tracks`"""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Hold:
    """The line is kept up, and nobody speaks."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Another telephone rings; its owner and the caller speak with each other."""

    number: str
    seconds: int
    """After which nobody has answered"""
    action_url: str
    """Asked what to do then, and when they have spoken"""
    caller_id: str = ""
    """What the telephone shows: empty for whoever called, which a call placed from here cannot have"""


@dataclass(frozen=True, slots=True)
class Meet:
    """The caller joins all others in a room."""

    room: str


Then = Hold | Ring | Meet


def answer(streaming: Streaming | None, says: Sequence[str], language: str, then: Then | None) -> str:
    """TwiML that streams the call here, says something, and goes on; or hangs up if nothing follows.

    `<Start>` returns at once and a call ends with its last verb, so what follows is what keeps
    it up (https://www.twilio.com/docs/voice/twiml/stream).  The stream begins before the
    first word, so that the transcript shows what the caller was told.
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
    """TwiML for a caller who cannot be listened to now: a person instead, or a sentence."""
    response = VoiceResponse()
    if forward_to:
        response.dial(forward_to)
    else:
        response.say(message, language=language)
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
    """Without a caller id it shows the number of whoever called.

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
