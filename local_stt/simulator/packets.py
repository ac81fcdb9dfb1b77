"""A call's audio as the packets Twilio would make of it, and what a bad network does to them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..audio import SILENCE

PACKET = 160
"""Bytes of mu-law in 20 ms, as Twilio cuts it"""

PACKET_MS = 20

FIRST_TIMESTAMPS = {"inbound": 102, "outbound": 155}
"""Streams do not begin at 0, nor both tracks at the same time; these were seen on a real call"""

TIMESTAMP_WANDER_MS = 2
"""Nor are real timestamps 20 ms apart to the millisecond"""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong on the way.  Shares are from 0 to 1."""

    loss: float = 0.0
    swap: float = 0.0
    duplicate: float = 0.0
    jitter_ms: float = 0.0
    """Packets are held up to this long before they are sent"""
    stop: bool = True
    """False: the connection just dies at the end"""


@dataclass(frozen=True, slots=True)
class Packet:
    """One media message and when it goes out."""

    at_ms: float
    track: str
    chunk: int
    timestamp_ms: int
    mulaw: bytes


def cut(tracks: dict[str, bytes], rng: random.Random) -> list[Packet]:
    """Tracks as the packets Twilio would make of them, in the order of the call's clock."""
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
    """Packets as they come out of a bad network: some lost, some swapped with the next of their
    track, some twice, all a little late."""
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
    for index in range(1, len(late)):  # one connection: nothing overtakes on the wire itself
        late[index] = max(late[index], late[index - 1])
    return [replace(packet, at_ms=at) for packet, at in zip(arrived, late, strict=True)]
