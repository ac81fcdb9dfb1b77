"""Make Twilio's and Deepgram's messages as WebSocket frames before the call, so that playing it costs little.

Calls that play the same audio share their media frames except for the stream's id, which is in every message.
The id comes at the very end of the message.  It is masked in four ways, one for each place in the four-byte
mask at which it may begin.
"""

import json
import random
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from local_stt.audio import PHONE_RATE
from local_stt.simulator import Packet, cut

PACKET_MS = 20
MASK = bytes.fromhex("37fa213d")
"""The mask of all frames, as RFC 6455 requires one of clients; a fixed one will do, as there is no proxy"""

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8


@dataclass(frozen=True, slots=True)
class Media:
    """The frame of a media message up to the stream's id."""

    due: float
    """Seconds of the call's clock at which it is sent: when its last sample has been spoken"""
    head: bytes
    phase: int
    """Byte of the mask at which the rest begins"""


def mask(data: bytes, phase: int = 0) -> bytes:
    """Apply the mask to data (RFC 6455, section 5.3), from byte `phase` of the mask on."""
    key = (MASK * (len(data) // 4 + 2))[phase : phase + len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(key)).to_bytes(len(data))


def frame(opcode: int, payload: bytes) -> bytes:
    """Make a whole client frame."""
    return _header(opcode, len(payload)) + mask(payload)


def media_frames(tracks: dict[str, bytes], stream_id_length: int) -> list[Media]:
    """Make the frames of all packets of the tracks (8 kHz mu-law), in the order in which they are sent."""
    packets = cut(tracks, random.Random(0))  # noqa: S311  (timestamps that wander, not secrets)
    return [_media(packet, sequence, stream_id_length) for sequence, packet in enumerate(packets, 2)]


def audio_frames(tracks: dict[str, bytes]) -> list[Media]:
    """Make the frames of a live session's audio, whose channels are the tracks (8 kHz mu-law)."""
    mixed = bytearray(len(tracks) * max(map(len, tracks.values())))
    for channel, mulaw in enumerate(tracks.values()):
        mixed[channel :: len(tracks)] = mulaw
    step = len(tracks) * PHONE_RATE * PACKET_MS // 1000
    places = range(0, len(mixed), step)
    return [
        Media(PACKET_MS * number / 1000, frame(BINARY, bytes(mixed[at : at + step])), 0)
        for number, at in enumerate(places, 1)
    ]


def close_stream() -> bytes:
    """Make the frame that ends a live session."""
    return _message({"type": "CloseStream"})


def tails(stream_id: str) -> list[bytes]:
    """Make the end of this stream's media messages, masked for each phase."""
    return [mask(_tail(stream_id), phase) for phase in range(4)]


def first_frames(call_id: str, stream_id: str, tracks: list[str]) -> bytes:
    """Make the frames of `connected` and `start`."""
    start = {
        "accountSid": "AC" + "0" * 32,
        "streamSid": stream_id,
        "callSid": call_id,
        "tracks": tracks,
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {},
    }
    connected = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    started = {"event": "start", "sequenceNumber": "1", "start": start, "streamSid": stream_id}
    return _message(connected) + _message(started)


def last_frames(call_id: str, stream_id: str, sequence: int) -> bytes:
    """Make the frame of `stop`, and the one that closes the WebSocket."""
    stop = {"accountSid": "AC" + "0" * 32, "callSid": call_id}
    stopped = {"event": "stop", "sequenceNumber": str(sequence), "stop": stop, "streamSid": stream_id}
    return _message(stopped) + frame(CLOSE, (1000).to_bytes(2))


def _message(message: Mapping[str, object]) -> bytes:
    return frame(TEXT, json.dumps(message).encode())


def _media(packet: Packet, sequence: int, stream_id_length: int) -> Media:
    media = {
        "track": packet.track,
        "chunk": str(packet.chunk),
        "timestamp": str(packet.timestamp_ms),
        "payload": b64encode(packet.mulaw).decode(),
    }
    message = {"event": "media", "sequenceNumber": str(sequence), "media": media}
    text = json.dumps(message)[:-1].encode()
    header = _header(TEXT, len(text) + len(_tail("")) + stream_id_length)
    return Media((packet.at_ms + PACKET_MS) / 1000, header + mask(text), len(text) % 4)


def _tail(stream_id: str) -> bytes:
    return f', "streamSid": "{stream_id}"}}'.encode()


def _header(opcode: int, length: int) -> bytes:
    """Make the header of a masked frame in one fragment (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes([0x80 | opcode, 0x80 | length]) + MASK
    return bytes([0x80 | opcode, 0x80 | 126]) + length.to_bytes(2) + MASK
