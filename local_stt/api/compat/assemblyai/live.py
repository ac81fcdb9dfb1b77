"""The routes of AssemblyAI's streaming API, version 3.

Source: https://www.assemblyai.com/docs/api-reference/streaming-api/streaming-api
"""

import secrets
import time
from collections.abc import Callable

from flask import Blueprint, abort, g, request

from ....decoding.raw import MAX_RATE, MIN_RATE
from ....formatters import Formatters, TextOptions
from ....model_files.languages import closeness
from ....net.guards import Guard
from ....telephony.switchboard import Switchboard
from ..errors import answer_errors, error_alone
from ..live.line import LiveSessions
from ..live.route import live_route
from ..parameters import bounded, flag, key_terms, listed, texts
from ..submissions import Answer, Submissions
from .session import IDLE_TIMEOUT, MAX_SECONDS, AssemblyaiSession, SessionWanted

ENCODINGS = {"pcm_s16le": "linear16", "pcm_mulaw": "mulaw"}
"""Names of encodings here, by AssemblyAI's"""

DEFAULT_RATE = 16000

MIN_IDLE_TIMEOUT, MAX_IDLE_TIMEOUT = 5, 3600
"""Bounds of `inactivity_timeout`, in seconds"""

MAX_VALID_SECONDS = 600
"""Seconds for which a token may be valid"""

MIN_SESSION_SECONDS, MAX_SESSION_SECONDS = 60, 10800
"""Bounds of the length that a token gives its session"""

MISSED = (
    "end_of_turn_confidence_threshold",
    "min_end_of_turn_silence_when_confident",
    "min_turn_silence",
    "max_turn_silence",
    "vad_threshold",
    "speaker_labels",
    "filter_profanity",
    "prompt",
    "llm_gateway",
    "session_heartbeat",
    "acknowledge_silence",
)
"""Parameters whose effect a program would miss"""

IssueToken = Callable[[int, int], str]
"""Makes a token that is valid for some seconds, for one session of some seconds"""


def assemblyai_live(
    guard: Guard,
    switchboard: Switchboard,
    sessions: LiveSessions,
    submissions: Submissions,
    formatters: Formatters,
) -> Blueprint:
    """Make the route of live sessions.  `guard` sets `g.session_seconds` where a session may last less."""
    blueprint = guard.protect(Blueprint("assemblyai_live", __name__, url_prefix="/v3"))
    answer_errors(blueprint, error_alone)

    def open_session() -> AssemblyaiSession:
        model = submissions.model
        wanted = _wanted(formatters.language_of_model(model).code)
        return AssemblyaiSession(
            f"assemblyai-{secrets.token_hex(8)}",
            wanted,
            lambda terms: formatters.for_model(model, options=TextOptions(tuple(terms))),
            time.time(),
        )

    live_route(blueprint, "/ws", switchboard, sessions, open_session)
    return blueprint


def assemblyai_tokens(guard: Guard, issue: IssueToken) -> Blueprint:
    """Make the route of tokens, which open one session each."""
    blueprint = guard.protect(Blueprint("assemblyai_tokens", __name__, url_prefix="/v3"))
    answer_errors(blueprint, error_alone)

    @blueprint.get("/token")
    def token() -> Answer:
        """Return a token for another program, which shall not know that of this server."""
        valid = bounded("expires_in_seconds", 0, 1, MAX_VALID_SECONDS)
        most = bounded(
            "max_session_duration_seconds", MAX_SESSION_SECONDS, MIN_SESSION_SECONDS, MAX_SESSION_SECONDS
        )
        return {"token": issue(valid, most), "expires_in_seconds": valid}

    return blueprint


def _wanted(language: str) -> SessionWanted:
    """Read what a program asks for; refuse audio that cannot be read here."""
    encoding = request.args.get("encoding") or "pcm_s16le"
    if encoding not in ENCODINGS:
        abort(400, f"encoding: {encoding[:20]!r} is not one of {', '.join(ENCODINGS)}.")
    if flag("redact_pii") or texts("redact_pii_policies"):
        abort(400, "redact_pii: what is redacted of live audio is a setting here (LOCAL_STT_REDACT).")
    if texts("webhook_url"):
        abort(400, "webhook_url: nothing is sent elsewhere from here; read this connection.")
    return SessionWanted(
        ENCODINGS[encoding],
        bounded("sample_rate", DEFAULT_RATE, MIN_RATE, MAX_RATE),
        is_formatted=flag("format_turns"),
        key_terms=key_terms("keyterms_prompt", listed("keyterms_prompt")),
        ignored=_missed(language),
        idle_timeout=bounded("inactivity_timeout", IDLE_TIMEOUT, MIN_IDLE_TIMEOUT, MAX_IDLE_TIMEOUT),
        max_seconds=g.get("session_seconds", MAX_SECONDS),
    )


def _missed(language: str) -> list[str]:
    """Name what is asked for and not done: a language that the model does not speak, and other things."""
    missed = [name for name in MISSED if request.args.get(name, "").lower() not in ("", "false")]
    for name, codes in (
        ("language_codes", listed("language_codes")),
        ("language_code", texts("language_code")),
    ):
        if codes and not any(closeness(language, code) for code in codes):
            missed.append(name)
    return missed
