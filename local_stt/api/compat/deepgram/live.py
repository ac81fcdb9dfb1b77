"""The route of Deepgram's streaming API.

Source: https://developers.deepgram.com/reference/speech-to-text/listen-streaming
"""

import re
import secrets

from flask import Blueprint, abort, request

from ....core.media_stream import TRACKS
from ....decoding.raw import ENCODINGS, MAX_RATE, MIN_RATE
from ....formatters import Formatters
from ....net.guards import Guard
from ....telephony.switchboard import Switchboard
from ..errors import answer_errors
from ..live.line import LiveSessions
from ..live.route import live_route
from ..parameters import bounded, flag, texts
from ..submissions import Submissions
from . import answers
from .parameters import file_options, is_formatted
from .session import DeepgramSession, LiveWanted

DEFAULT_RATE = 8000


def deepgram_live(
    guard: Guard,
    switchboard: Switchboard,
    sessions: LiveSessions,
    submissions: Submissions,
    formatters: Formatters,
) -> Blueprint:
    """Make the route of live sessions, which are calls like any other."""
    blueprint = guard.protect(Blueprint("deepgram_live", __name__, url_prefix="/v1"))
    answer_errors(blueprint, answers.error)

    def open_session() -> DeepgramSession:
        wanted, options = _wanted(), file_options()
        if options.redact:
            abort(400, "redact: what is redacted of live audio is a setting here (LOCAL_STT_REDACT).")
        model = submissions.model
        formatter = formatters.for_model(model, options=options.text)
        return DeepgramSession(f"deepgram-{secrets.token_hex(8)}", wanted, model, formatter)

    live_route(blueprint, "/listen", switchboard, sessions, open_session)
    return blueprint


def _wanted() -> LiveWanted:
    """Read what a program asks for; refuse audio that cannot be read here."""
    encoding = request.args.get("encoding", "")
    if encoding not in ENCODINGS:
        abort(400, f"encoding: {encoding[:20]!r} is not one of {', '.join(ENCODINGS)}.")
    if texts("callback"):
        abort(400, "callback: nothing is sent elsewhere from here; read this connection.")
    return LiveWanted(
        encoding,
        bounded("sample_rate", DEFAULT_RATE, MIN_RATE, MAX_RATE),
        bounded("channels", 1, 1, len(TRACKS)),
        multichannel=flag("multichannel"),
        interim_results=flag("interim_results"),
        is_formatted=is_formatted(),
        utterance_end=bool(re.search("[1-9]", request.args.get("utterance_end_ms", ""))),
        vad_events=flag("vad_events"),
        tags=texts("tag"),
    )
