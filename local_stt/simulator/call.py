"""Places a whole call: the webhook, the stream, and every message on the call's clock."""

import base64
import contextlib
import json
import random
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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


class PhoneCall:
    """A call at the other end: its clock runs from the first stream on, whether anything streams it or not.

    A later stream begins where the call is then, as Twilio's do.  Safe to share between threads.
    """

    def __init__(
        self,
        channels: Sequence[bytes],
        caller: Caller,
        *,
        seconds: float,
        auth_token: str = "",
        faults: Faults | None = None,
        speed: float = 1.0,
        seed: int = 0,
    ) -> None:
        """Play `channels`, which are 8 kHz mu-law: the caller, and the callee if there are two.

        The line stays open for `seconds`.  `speed` is how many seconds of the call pass in one second.
        """
        self.caller = caller
        self._auth_token, self._faults, self._speed = auth_token, faults or Faults(), speed
        self._held = int(seconds * 1000 / PACKET_MS) * PACKET
        self._longest = max(len(channel) for channel in channels)
        heard = (channel[: self._held] for channel in channels)
        self._tracks = dict(zip(("inbound", "outbound"), heard, strict=False))
        self._rng = random.Random(seed)  # noqa: S311  (faults, not secrets)
        self._began: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds that the call lasts."""
        return min(self._longest, self._held) / PHONE_RATE

    @property
    def is_cut(self) -> bool:
        """Whether the line does not stay open until the audio's end."""
        return self._longest > self._held

    @property
    def position(self) -> float:
        """Seconds of the call that have passed; none before its first stream."""
        began = self._began
        return 0.0 if began is None else (time.monotonic() - began) * self._speed

    def stream(
        self,
        do: Instructions,
        to: str = "",
        *,
        stream_id: str = "",
        progress: Callable[[float, float], None] = lambda *_: None,
    ) -> int:
        """Stream the call from now to its end, and return how many packets were sent.

        The stream is at `to`, or where the instructions say.  Raises `CallError` if it is refused or breaks.
        """
        headers = sign(self._auth_token, do.stream_url, {}) if self._auth_token else {}
        with _connected(to or do.stream_url, headers) as websocket:
            start = int(self.position * 1000 / PACKET_MS) * PACKET
            if self._began is None:
                self._began = time.monotonic()
            heard = {name: mulaw[start:] for name, mulaw in self._tracks.items() if name in do.tracks}
            packets = disturb(cut(heard, self._rng), self._faults, self._rng)
            stream_id = stream_id or "MZ" + self.caller.call_id.removeprefix("CA")
            messages = _messages(stream_id, self.caller, do, packets, self._faults)
            end = packets[-1].at_ms if packets else 0.0
            _speak(websocket, messages, end, self._faults, self._speed, progress)
        return len(packets)


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

    The arguments are those of `PhoneCall`.  With `instructions` the webhook is not asked.  Raises `CallError`
    when the call cannot be placed.
    """
    do = instructions or ask_webhook(to, caller, auth_token)
    call = PhoneCall(
        channels,
        caller,
        seconds=do.seconds,
        auth_token=auth_token,
        faults=faults,
        speed=speed,
        seed=seed,
    )
    sent = call.stream(do, canonical_stream(to), progress=progress)
    return PlacedCall(caller.call_id, call.seconds, sent, cut=call.is_cut)


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
        _close(websocket)


def _close(websocket: Client) -> None:
    """Close a connection by way of its thread, which reads.

    `Client.close` would close the socket while the thread still reads it.  With TLS, that thread would then
    read from a connection that was opened meanwhile, and got the same file descriptor.
    """
    with contextlib.suppress(ConnectionClosed, OSError):
        super(Client, websocket).close()
    with contextlib.suppress(OSError):
        websocket.sock.shutdown(socket.SHUT_RDWR)
    websocket.thread.join()


def _speak(
    websocket: Client,
    messages: Iterable[tuple[float, dict[str, Any]]],
    end: float,
    faults: Faults,
    speed: float,
    progress: Callable[[float, float], None],
) -> None:
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
