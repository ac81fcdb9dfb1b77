"""Read addresses of audio that is here already, or at Twilio: nothing else is fetched."""

import re
from urllib.parse import urlsplit

from ...jobs.sources import KeptCall, Recording, Source, Uploaded

UPLOADS = "/v2/upload/"
"""Beginning of the path of an uploaded file"""

_UPLOADED = re.compile(re.escape(UPLOADS) + "([0-9a-f]{16})")
_RECORDING = re.compile(r"/2010-04-01/Accounts/AC[0-9a-f]{32}/Recordings/(RE[0-9a-f]{32})(\.\w+)?")
_CALL = re.compile(r"/api/calls/([A-Za-z0-9][A-Za-z0-9_.-]{0,63})/audio")


def source_of(address: str, host: str) -> Source | None:
    """Return what an address names, or None for any other.

    `host` is this server's, as the program knows it.  An uploaded file may be named by any host, as its name
    is a secret.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if found := _UPLOADED.fullmatch(parts.path):
        return Uploaded(found[1])
    if parts.netloc == "api.twilio.com" and (found := _RECORDING.fullmatch(parts.path)):
        return Recording(found[1])
    if parts.netloc == host and (found := _CALL.fullmatch(parts.path)):
        return KeptCall(found[1])
    return None


def refusal(name: str, host: str) -> str:
    """Say of a parameter that it names none of these."""
    return (
        f"{name}: nothing is fetched from elsewhere. Send the file itself, or name a recording of your "
        f"account at Twilio, or the audio of a call that is kept: http://{host}/api/calls/ID/audio."
    )
