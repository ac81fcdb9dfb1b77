"""Tells requests of this machine from those that were forwarded to it.

Without a Twilio auth token the server asks for no signature and trusts its own machine.  It must not trust
what comes through a tunnel of the user's own, or by a name that an attacker's DNS points here.
"""

from collections.abc import Iterable

from .loopback import is_loopback

ADVICE = (
    "without TWILIO_AUTH_TOKEN this server takes calls from its own machine alone. To be reached through a "
    "tunnel or a proxy, set TWILIO_AUTH_TOKEN, and LOCAL_STT_PUBLIC_URL (--public-url) to its address; to "
    "watch calls from elsewhere, send the token of viewers (LOCAL_STT_TOKEN)."
)

REFUSAL = f"This request does not come from the server's own machine, and {ADVICE}"

FORWARDED = (
    "cdn-loop",
    "cf-",
    "client-ip",
    "fastly-",
    "fly-",
    "forwarded",
    "ngrok-",
    "tailscale-",
    "true-client-ip",
    "via",
    "x-amz-cf-",
    "x-amzn-trace-id",
    "x-azure-",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-",
    "x-forwarded",
    "x-original-",
    "x-proxyuser-ip",
    "x-real-ip",
)
"""Beginnings of the names of headers that proxies and tunnels add, in small letters"""


def is_from_here(host: str, headers: Iterable[str], protocol: str) -> bool:
    """Check whether a request was made on this machine, for this machine.

    `host` is the value of its `Host` header, empty if there is none; `headers` are the names of all headers.
    HTTP/1.0 counts as forwarded: nginx passes requests on with it, under the name of this machine and
    without another sign, and no client of today speaks it.
    """
    is_forwarded = any(name.lower().startswith(FORWARDED) for name in headers)
    return is_loopback(host) and not is_forwarded and protocol != "HTTP/1.0"
