"""Cuts a call's audio into packets as Twilio does, and disturbs them as a bad network does."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..audio import SILENCE

PACKET = 160
"""Bytes of mu-law in the 20 ms of a packet, as Twilio cuts it"""

PACKET_MS = 20

FIRST_TIMESTAMPS = {"inbound": 102, "outbound": 155}
"""First timestamp of each track in milliseconds, as seen on a real call: neither 0 nor the same"""

TIMESTAMP_WANDER_MS = 2
"""Milliseconds by which timestamps stray: real ones are not 20 ms apart to the millisecond"""


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of a network.  Those without a unit are shares of packets, from 0 to 1."""

    loss: float = 0.0
    swap: float = 0.0
    duplicate: float = 0.0
    jitter_ms: float = 0.0
    """Longest that a packet is held up before it is sent"""
    stop: bool = True
    """Whether a `stop` message is sent; without one the connection just ends"""


@dataclass(frozen=True, slots=True)
class Packet:
    """One media message, and when it is sent."""

    at_ms: float
    track: str
    chunk: int
    timestamp_ms: int
    mulaw: bytes


def cut(tracks: dict[str, bytes], rng: random.Random) -> list[Packet]:
    """Cut tracks of 8 kHz mu-law into packets as Twilio does, in the order of the call's clock."""
    packets = []
    for name, mulaw in tracks.items():
        first = FIRST_TIMESTAMPS[name]
        for number, start in enumerate(range(0, len(mulaw), PACKET)):
            at = first + number * PACKET_MS
            wander = rng.randint(-TIMESTAMP_WANDER_MS, TIMESTAMP_WANDER_MS)
            payload = mulaw[start : start + PACKET].ljust(PACKET, SILENCE)
            packets.append(Packet(at, name, number + 1, at + wander, payload))
    return sorted(packets, key=lambda packet: packet.at_ms)


def disturb(packets: Sequence[Packet], faults: Faults, rng: random.Random) -> list[Packet]:
    """Return packets as they come out of a bad network.

    Some are lost, some are swapped with the next of their track, some come twice, and all are a little late.
    """
    arrived: list[Packet] = []
    overtaken: dict[str, Packet] = {}
    for packet in packets:
        if rng.random() < faults.loss:
            continue
        if packet.track not in overtaken and rng.random() < faults.swap:
            overtaken[packet.track] = packet
            continue
        arrived += [packet] * (2 if rng.random() < faults.duplicate else 1)
        if packet.track in overtaken:
            arrived.append(replace(overtaken.pop(packet.track), at_ms=packet.at_ms))
    arrived += overtaken.values()
    if not faults.jitter_ms:
        return arrived
    late = [packet.at_ms + rng.uniform(0, faults.jitter_ms) for packet in arrived]
    for index in range(1, len(late)):  # on one connection no packet overtakes another
        late[index] = max(late[index], late[index - 1])
    return [replace(packet, at_ms=at) for packet, at in zip(arrived, late, strict=True)]
