"""The addresses of this server, as Twilio knows them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Addresses:
    """This server's addresses, as Twilio knows them."""

    base: str
    """Beginning of them all, such as `https://name.example`; set once, before anything is served"""
    own: str = ""
    """Beginning of the addresses of this host and no other; empty if it has none"""

    @property
    def of_host(self) -> str:
        """Beginning of the addresses that lead to this host, as far as there are any."""
        return self.own or self.base

    @property
    def bases(self) -> list[str]:
        """All beginnings under which requests come."""
        return [self.base, *filter(None, [self.own])]

    @property
    def call(self) -> str:
        """Address that Twilio asks what to do with an incoming call."""
        return call_at(self.base)

    @property
    def stream(self) -> str:
        """Address of the WebSocket of streams."""
        return stream_at(self.of_host)

    @property
    def status(self) -> str:
        """Address to which Twilio reports the status of streams."""
        return f"{self.base}/stream-status"

    @property
    def dialed(self) -> str:
        """Address that Twilio asks what to do after another telephone rang."""
        return f"{self.base}/dialed"

    @property
    def call_status(self) -> str:
        """Address to which Twilio reports the status of calls that were placed from here."""
        return f"{self.of_host}/call-status"


def call_at(base: str) -> str:
    """Return the address that Twilio asks what to do with an incoming call."""
    return f"{base}/call"


def stream_at(base: str) -> str:
    """Return the address of the WebSocket of streams."""
    return f"ws{base.removeprefix('http')}/stream"
