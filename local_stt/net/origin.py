"""Checks which server a page comes from, as browsers say in `Origin`.

https://www.rfc-editor.org/rfc/rfc6454
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
"""Ports by scheme, where an address names none"""


def is_same_origin(origin: str, bases: Iterable[str]) -> bool:
    """Check whether a page of this origin was served at one of these addresses, which may have a path."""
    place = _origin_parts(origin)
    return place is not None and place in map(_origin_parts, bases)


def _origin_parts(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port; None for no address, such as the `null` of a page without an origin."""
    try:
        parts = urlsplit(address)
        scheme, host = parts.scheme, (parts.hostname or "").rstrip(".")  # both in small letters
        port = parts.port or DEFAULT_PORTS.get(scheme)
    except ValueError:  # unmatched brackets, an invalid port
        return None
    return (scheme, host, port) if host else None
