"""What Twilio is told to do with a call."""

from twilio.twiml.voice_response import Start, Stream, VoiceResponse

LONGEST_PARAMETER = 400
"""Twilio allows a name and value of fewer than 500 characters together"""


def busy(*, message: str, language: str, forward_to: str) -> str:
    """TwiML for a caller who cannot be listened to now: a person instead, or a sentence."""
    response = VoiceResponse()
    if forward_to:
        response.dial(forward_to)
    else:
        response.say(message, language=language)
    return str(response)


def answer(
    *,
    stream_url: str,
    status_url: str,
    track: str,
    parameters: dict[str, str],
    greeting: str,
    language: str,
    seconds: int,
) -> str:
    """TwiML that streams the call here, greets, and holds the line for `seconds`.

    `<Start>` returns at once and a call ends with its last verb, so the `<Pause>` is what
    keeps it up (https://www.twilio.com/docs/voice/twiml/stream).  The stream begins before the
    greeting, so that the transcript shows the caller was told.
    """
    stream = Stream(
        url=stream_url,
        track=track,
        name="local_stt",
        status_callback=status_url,
        status_callback_method="POST",
    )
    for name, value in parameters.items():
        stream.parameter(name=name, value=value[:LONGEST_PARAMETER])
    start = Start()
    start.append(stream)
    response = VoiceResponse()
    response.append(start)
    if greeting:
        response.say(greeting, language=language)
    response.pause(length=seconds)
    return str(response)
