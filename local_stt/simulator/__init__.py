"""A stand-in for Twilio: places a call from audio, and does on the wire what Twilio does.

It asks the webhook what to do (signed, as Twilio signs), reads the TwiML, opens the stream it
names and sends `connected`, `start`, `media` and `stop` on the call's clock.  Faults on
request: what networks do to packets, and hang-ups without a word.
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
