"""Connect to hosts that are near: this machine itself, and those of private networks.

The address to which is connected is the one that was checked: a name may get another address a moment later.
"""

import socket
from ipaddress import IPv6Address, ip_address, ip_network

from .timeouts import within

LOOKUP_SECONDS = 10.0

NEAR = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    )
)
"""RFC 1122, 4291, 1918 and 4193.  Link-local addresses are not among them: clouds have secrets there."""


SECRETS = tuple(map(ip_address, ("fd00:ec2::254", "fd20:ce::254")))
"""Where AWS and Google Cloud have a machine's secrets, within private networks"""


class FarAddressError(OSError):
    """A host has an address that is not near."""


def is_near(address: str) -> bool:
    """Check whether an IP address is this machine's own, or one of a private network."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed not in SECRETS and any(parsed in network for network in NEAR)


def connect_near(host: str, port: int, timeout: float | None) -> socket.socket:
    """Connect to the first address of a host that answers.

    Raises `FarAddressError` if one of its addresses is not near, and `OSError` if none answers.
    """
    found = within(LOOKUP_SECONDS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    addresses = [str(address[0]) for *_, address in found]
    if not all(map(is_near, addresses)):
        raise FarAddressError(f"{host} is neither this machine nor in a private network")
    return _first_answer(addresses, port, timeout)


def _first_answer(addresses: list[str], port: int, timeout: float | None) -> socket.socket:
    failure = OSError("there is no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure
