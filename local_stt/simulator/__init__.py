"""A stand-in for Twilio: places a call from audio, and sends what Twilio sends.

It asks the webhook what to do (signed, as Twilio signs), reads the TwiML, opens the stream that it names, and
sends `connected`, `start`, `media` and `stop` on the call's clock.  On request it simulates faults: those of
networks, and hang-ups without a `stop`.
"""

from .call import PlacedCall, place_call
from .packets import Faults, Packet, cut, disturb
from .webhook import Caller, Instructions, read_twiml

__all__ = [
    "Caller",
    "Faults",
    "Instructions",
    "Packet",
    "PlacedCall",
    "cut",
    "disturb",
    "place_call",
    "read_twiml",
]
