"""The audio of calls at addresses that are signed, for programs that fetch them without the token.

An address holds for a quarter of an hour.
"""

import hashlib
import hmac
import time
from collections.abc import Callable

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from ...formatters import RedactedCopies
from ...net.guards import Guard
from ...store import Store
from ..audio_response import sent
from .errors import answer_errors, error_alone

VALID_SECONDS = 900

WAV = "audio/wav"


class SignedAddresses(Guard):
    """Signs addresses of calls' audio, and admits requests to them while they hold."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        """Sign with a key that is made of `secret`."""
        self._key = hmac.new(secret.encode(), b"signed audio", hashlib.sha256).digest()
        self._clock = clock

    def address(self, call_id: str, *, redacted: bool = False) -> str:
        """Return an address of a call's audio, or a redacted copy, on the host that the request names."""
        until = round(self._clock()) + VALID_SECONDS
        route = "signed_audio.redacted" if redacted else "signed_audio.audio"
        path = url_for(route, call_id=call_id)
        signature = self._signature(path, until)
        return f"{request.host_url.rstrip('/')}{path}?until={until}&signature={signature}"

    def refusal(self) -> ResponseReturnValue | None:
        """Raise an error with status 403 for an address that was not signed here, or holds no longer."""
        until = request.args.get("until", "")
        is_number = until.isascii() and until.isdigit() and len(until) < 15
        signature = request.args.get("signature", "")
        if not (
            is_number
            and hmac.compare_digest(signature.encode(), self._signature(request.path, int(until)).encode())
            and int(until) > self._clock()
        ):
            abort(403, "This address of a recording is wrong, or holds no longer: ask for a new one.")
        return None

    def _signature(self, path: str, until: int) -> str:
        return hmac.new(self._key, f"{path}:{until}".encode(), hashlib.sha256).hexdigest()


def signed_recordings(addresses: SignedAddresses, store: Store, copies: RedactedCopies) -> Blueprint:
    """Make the routes of signed addresses; `copies` redacts what was kept as it was."""
    blueprint = addresses.protect(Blueprint("signed_audio", __name__, url_prefix="/v2/audio"))
    answer_errors(blueprint, error_alone)

    @blueprint.get("/<call_id>.wav")
    def audio(call_id: str) -> Response:
        """Return the recording of a call: a mu-law WAV."""
        return sent(store.recording(call_id), WAV, f"{call_id}.wav")

    @blueprint.get("/<call_id>.redacted.wav")
    def redacted(call_id: str) -> Response:
        """Return a redacted copy of the recording of a call."""
        return sent(store.redacted_recording(call_id, copies.spans), WAV, f"{call_id}.wav")

    return blueprint
