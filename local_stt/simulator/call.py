"""Places a whole call: the webhook, the stream, and every message on the call's clock."""

import base64
import contextlib
import json
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simple_websocket import Client, ConnectionClosed
from simple_websocket import ConnectionError as HandshakeError

from ..audio import PHONE_RATE
from ..errors import CallError
from ..telephony.signature import sign
from .packets import PACKET, PACKET_MS, Faults, Packet, cut, disturb
from .webhook import ACCOUNT_SID, Caller, Instructions, ask_webhook, canonical_stream


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """The outcome of a call."""

    call_id: str
    seconds: float
    sent: int
    cut: bool
    """Whether the TwiML did not keep the line open until the audio's end"""


def place_call(
    channels: Sequence[bytes],
    *,
    to: str,
    caller: Caller,
    auth_token: str = "",
    faults: Faults | None = None,
    speed: float = 1.0,
    seed: int = 0,
    progress: Callable[[float, float], None] = lambda *_: None,
    instructions: Instructions | None = None,
) -> PlacedCall:
    """Call the server whose stream is at `to` (ws:// or wss://) and play the channels to it.

    `channels` are 8 kHz mu-law: the caller, and the callee if there are two.  `speed` is how
    many seconds of the call pass in one second.  With `instructions` the webhook is not asked.  Raises
    `CallError` when the call cannot be placed.
    """
    faults = faults or Faults()
    do = instructions or ask_webhook(to, caller, auth_token)
    held = int(do.seconds * 1000 / PACKET_MS) * PACKET
    tracks = dict(zip(("inbound", "outbound"), (channel[:held] for channel in channels), strict=False))
    heard = {name: mulaw for name, mulaw in tracks.items() if name in do.tracks}
    rng = random.Random(seed)  # noqa: S311  (faults, not secrets)
    packets = disturb(cut(heard, rng), faults, rng)
    headers = sign(auth_token, do.stream_url, {}) if auth_token else {}
    with _connected(canonical_stream(to), headers) as websocket:
        _speak(websocket, caller, do, packets, faults, speed, progress)
    longest = max(len(channel) for channel in channels)
    return PlacedCall(caller.call_id, min(longest, held) / PHONE_RATE, len(packets), cut=longest > held)


@contextlib.contextmanager
def _connected(to: str, headers: dict[str, str]) -> Iterator[Client]:
    try:
        websocket = Client.connect(to, headers=headers)
    except HandshakeError as error:
        raise CallError(
            f"{to} refused the stream ({error}): TWILIO_AUTH_TOKEN must be the server's."
        ) from error
    except OSError as error:
        raise CallError(f"{to} does not answer ({error}).") from error
    try:
        yield websocket
    finally:
        with contextlib.suppress(ConnectionClosed, OSError):
            websocket.close()


def _speak(
    websocket: Client,
    caller: Caller,
    do: Instructions,
    packets: Sequence[Packet],
    faults: Faults,
    speed: float,
    progress: Callable[[float, float], None],
) -> None:
    stream_id = "MZ" + caller.call_id.removeprefix("CA")
    messages = _messages(stream_id, caller, do, packets, faults)
    end = packets[-1].at_ms if packets else 0.0
    began = time.monotonic()
    try:
        for at_ms, message in messages:
            time.sleep(max(0.0, at_ms / 1000 / speed - (time.monotonic() - began)))
            websocket.send(json.dumps(message))
            progress(at_ms / 1000, end / 1000)
        if not faults.stop:
            websocket.sock.shutdown(socket.SHUT_RDWR)
    except (ConnectionClosed, OSError) as error:
        raise CallError(
            "The stream was closed before the call was over: "
            "the server stopped or refused it, and its log says why."
        ) from error


def _messages(
    stream_id: str, caller: Caller, do: Instructions, packets: Sequence[Packet], faults: Faults
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield when each message of the call is sent, in milliseconds of the call's clock, and the message.

    All numbers are strings but those of the media format
    (https://www.twilio.com/docs/voice/media-streams/websocket-messages).
    """
    yield 0, {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    start = {
        "accountSid": ACCOUNT_SID,
        "streamSid": stream_id,
        "callSid": caller.call_id,
        "tracks": list(do.tracks),
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": PHONE_RATE, "channels": 1},
        "customParameters": do.parameters,
    }
    yield 0, {"event": "start", "sequenceNumber": "1", "start": start, "streamSid": stream_id}
    sequence = 1
    for sequence, packet in enumerate(packets, 2):
        media = {
            "track": packet.track,
            "chunk": str(packet.chunk),
            "timestamp": str(packet.timestamp_ms),
            "payload": base64.b64encode(packet.mulaw).decode(),
        }
        message = {"event": "media", "sequenceNumber": str(sequence), "media": media, "streamSid": stream_id}
        yield packet.at_ms, message
    if faults.stop:
        stop = {"accountSid": ACCOUNT_SID, "callSid": caller.call_id}
        end = packets[-1].at_ms if packets else 0
        yield (
            end,
            {"event": "stop", "sequenceNumber": str(sequence + 1), "stop": stop, "streamSid": stream_id},
        )
