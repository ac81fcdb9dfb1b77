"""A stand-in for Twilio: places a call from audio, and sends what Twilio sends.

It asks the webhook what to do (signed, as Twilio signs), reads the TwiML, opens the stream that it names, and
sends `connected`, `start`, `media` and `stop` on the call's clock.  On request it simulates faults: those of
networks, and hang-ups without a `stop`.

- `call`: plays a call, and streams it from where it is
- `packets`: cuts audio into packets, and disturbs them
- `webhook`: asks the webhook, and reads TwiML
"""

from .call import PhoneCall, PlacedCall, place_call
from .packets import Faults, Packet, cut, disturb
from .webhook import Caller, Instructions, ask_webhook, read_twiml

__all__ = [
    "Caller",
    "Faults",
    "Instructions",
    "Packet",
    "PhoneCall",
    "PlacedCall",
    "ask_webhook",
    "cut",
    "disturb",
    "place_call",
    "read_twiml",
]
