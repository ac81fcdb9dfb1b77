"""Media Streams messages as Twilio writes them, for tests."""

import base64
import json


def start(call_id="CA1", tracks=("inbound", "outbound"), **parameters):
    return json.dumps(
        {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": "MZ1",
            "start": {
                "streamSid": "MZ1",
                "accountSid": "AC1",
                "callSid": call_id,
                "tracks": list(tracks),
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": parameters,
            },
        }
    )


def media(mulaw=b"\xff" * 160, *, track="inbound", chunk=1, at_ms=0):
    body = {
        "track": track,
        "chunk": str(chunk),
        "timestamp": str(at_ms),
        "payload": base64.b64encode(mulaw).decode(),
    }
    return json.dumps({"event": "media", "sequenceNumber": "2", "streamSid": "MZ1", "media": body})


def dtmf(digit, track="inbound_track"):
    return json.dumps({"event": "dtmf", "streamSid": "MZ1", "dtmf": {"track": track, "digit": digit}})


CONNECTED = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
STOP = json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"accountSid": "AC1", "callSid": "CA1"}})


def whole_call(mulaw, *, call_id="CA1", track="inbound", cut=160):
    """Every message of a call in which one side speaks."""
    yield CONNECTED
    yield start(call_id, (track,))
    for number, begin in enumerate(range(0, len(mulaw), cut)):
        yield media(mulaw[begin : begin + cut], track=track, chunk=number + 1, at_ms=begin // 8)
    yield STOP
