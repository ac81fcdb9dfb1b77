"""The names of this machine on itself, and how requests to it stay off proxies."""

from collections.abc import MutableMapping

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The surest first"""

_EXCEPTIONS = (*LOOPBACK, "127.0.0.0/8", "[::1]")
"""How `NO_PROXY` names them: requests understands the network, urllib wants the brackets"""

_SETTINGS = ("no_proxy", "NO_PROXY")
"""The first that is set counts, for requests as for urllib"""


def keep_off_proxies(environ: MutableMapping[str, str]) -> None:
    """Except this machine from the proxies that the environment sets, for this process and its children.

    Without a proxy there nothing is changed: an exception alone would hide the system's proxies on macOS.
    """
    if not any(name.lower().endswith("_proxy") for name in environ):
        return
    given = next((environ[name] for name in _SETTINGS if environ.get(name)), "")
    if given.strip() == "*":
        return
    exceptions = ",".join([*filter(None, [given]), *_EXCEPTIONS])
    environ.update(dict.fromkeys(_SETTINGS, exceptions))
