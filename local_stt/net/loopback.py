"""Recognizes the names of this machine for itself, and keeps requests to it off proxies."""

import re
import socket
from collections.abc import MutableMapping
from ipaddress import IPv6Address

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine for itself, the most reliable first"""

_EXCEPTIONS = (*LOOPBACK, "127.0.0.0/8", "[::1]")
"""Their names in `NO_PROXY`: requests understands the network, urllib wants the brackets"""

_SETTINGS = ("no_proxy", "NO_PROXY")
"""Environment variables; the first that is set counts, for requests as for urllib"""

_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.]+?)\.?)(?::\d*)?")
"""The value of a `Host` header that may be this machine's, in its parts"""


def is_loopback(host: str) -> bool:
    """Check whether a `Host` header names this machine, with any port and in any spelling.

    Addresses may be written as browsers and curl take them: `127.1`, `0x7f000001`, `[0::1]`.
    """
    parts = _HOST.fullmatch(host)
    if parts is None:
        return False
    if parts["ipv6"]:
        return _is_loopback_ipv6(parts["ipv6"])
    return parts["name"].lower() == "localhost" or _is_loopback_ipv4(parts["name"])


def _is_loopback_ipv6(address: str) -> bool:
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return False
    return (parsed.ipv4_mapped or parsed).is_loopback


def _is_loopback_ipv4(address: str) -> bool:
    try:
        return socket.inet_aton(address)[0] == 127
    except OSError:
        return False


def keep_off_proxies(environ: MutableMapping[str, str]) -> None:
    """Keep this process and its children from using the proxies of `environ` for this machine.

    If it sets no proxy nothing is changed: an exception alone would hide the system's proxies on macOS.
    """
    if not any(name.lower().endswith("_proxy") for name in environ):
        return
    given = next((environ[name] for name in _SETTINGS if environ.get(name)), "")
    if given.strip() == "*":
        return
    exceptions = ",".join([*filter(None, [given]), *_EXCEPTIONS])
    environ.update(dict.fromkeys(_SETTINGS, exceptions))
