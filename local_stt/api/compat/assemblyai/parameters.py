"""Read what a program asks AssemblyAI's file API for.

Source: https://www.assemblyai.com/docs/api-reference/transcripts/submit
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flask import abort

from ....config.parsers import spoken
from ....core.formatting.custom_spelling import Spelling
from ....core.privacy import Policy, Substitute, policies_of
from ....errors import UploadError
from ....formatters import TextOptions
from ....jobs.callbacks import Callback, check_address
from ....jobs.file_options import FileOptions
from ..parameters import key_terms

ECHOED = frozenset(
    (
        "audio_end_at",
        "audio_start_from",
        "auto_chapters",
        "auto_highlights",
        "boost_param",
        "content_safety",
        "custom_spelling",
        "disfluencies",
        "domain",
        "dual_channel",
        "entity_detection",
        "filter_profanity",
        "format_text",
        "iab_categories",
        "keyterms_prompt",
        "language_codes",
        "language_confidence_threshold",
        "language_detection",
        "multichannel",
        "prompt",
        "punctuate",
        "redact_pii",
        "redact_pii_audio",
        "redact_pii_audio_options",
        "redact_pii_audio_quality",
        "redact_pii_policies",
        "redact_pii_return_unredacted",
        "redact_pii_sub",
        "sentiment_analysis",
        "speaker_labels",
        "speaker_options",
        "speakers_expected",
        "speech_models",
        "speech_threshold",
        "summarization",
        "summary_model",
        "summary_type",
        "temperature",
        "webhook_auth_header_name",
        "webhook_url",
        "word_boost",
    )
)
"""Options that a transcript shows as they came.  Others may be secrets, or would not be read by an SDK"""

SPEECH_MODELS = ("best", "nano", "slam-1", "universal")
"""Values of `speech_model` that SDKs can read"""

MAX_SPELLINGS = 1000

OWN_HEADERS = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of a post that programs cannot choose"""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""A name of a header (RFC 9110 section 5.6.2)"""
_HEADER_VALUE = re.compile("[!-~]+( [!-~]+)*")


def options_of(asked: Mapping[str, Any]) -> FileOptions:
    """Read what changes the text itself; refuse what cannot be redacted, as ignoring it would tell it."""
    redact = _policies(asked)
    return FileOptions(
        mono=not (_flag(asked, "multichannel") or _flag(asked, "dual_channel")),
        redact=redact,
        substitute=_substitute(asked) if redact else None,
        text=TextOptions(
            key_terms=key_terms(
                "keyterms_prompt", (*_texts(asked, "keyterms_prompt"), *_texts(asked, "word_boost"))
            ),
            spelling=tuple(_spelling(asked)),
            keeps_fillers=_flag(asked, "disfluencies"),
            masks_profanity=_flag(asked, "filter_profanity"),
        ),
        since=_milliseconds(asked, "audio_start_from") or 0.0,
        until=_until(asked),
        min_speech=_share(asked, "speech_threshold"),
        is_kept_once=False,
    )


def callback_of(asked: Mapping[str, Any], id: str, hosts: Collection[str]) -> Callback | None:
    """Read where it is to be posted that a transcript is done; refuse an address that is not allowed.

    `hosts` are those that are allowed besides this machine.
    """
    url = asked.get("webhook_url")
    if not url:
        return None
    try:
        check_address(str(url), hosts)
    except UploadError as error:
        abort(400, f"webhook_url: {error}")
    headers = _header(asked.get("webhook_auth_header_name"), asked.get("webhook_auth_header_value"))
    done, failed = ({"transcript_id": id, "status": status} for status in ("completed", "error"))
    return Callback(str(url), done, failed, headers)


def _header(name: object, value: object) -> dict[str, str]:
    """Read the header of a post; refuse one that cannot be sent, or that the post has already."""
    if not name or not value:
        return {}
    if not (
        isinstance(name, str)
        and isinstance(value, str)
        and _HEADER_NAME.fullmatch(name)
        and _HEADER_VALUE.fullmatch(value)
    ):
        abort(400, "webhook_auth_header_name: the name or its value is none of HTTP.")
    if name.lower() in OWN_HEADERS:
        abort(400, f"webhook_auth_header_name: the post has a {name} of its own; choose another name.")
    return {name: value}


def echoed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a transcript shows of what was asked for."""
    shown = {name: value for name, value in asked.items() if name in ECHOED}
    if asked.get("speech_model") in SPEECH_MODELS:
        shown["speech_model"] = asked["speech_model"]
    return shown


def _policies(asked: Mapping[str, Any]) -> frozenset[Policy]:
    if not _flag(asked, "redact_pii"):
        return frozenset()
    named = _texts(asked, "redact_pii_policies")
    if not named:
        abort(400, "redact_pii_policies: name what is to be redacted, such as phone_number.")
    try:
        return policies_of(",".join(named))
    except ValueError as error:
        abort(400, f"redact_pii_policies {error}.")


def _substitute(asked: Mapping[str, Any]) -> Substitute:
    """Read what takes the place of redacted words; AssemblyAI's default is hashes."""
    name = asked.get("redact_pii_sub") or Substitute.HASH
    try:
        return Substitute(name)
    except ValueError:
        abort(400, f"redact_pii_sub: {str(name)[:20]!r} is not one of {', '.join(Substitute)}.")


def _spelling(asked: Mapping[str, Any]) -> Iterator[Spelling]:
    rules = asked.get("custom_spelling") or []
    if not isinstance(rules, list) or len(rules) > MAX_SPELLINGS:
        abort(400, f"custom_spelling: give a list of at most {MAX_SPELLINGS} rules.")
    for rule in rules:
        said, written = (rule.get("from"), rule.get("to")) if isinstance(rule, dict) else (None, None)
        said = [said] if isinstance(said, str) else said
        if not (isinstance(said, list) and isinstance(written, str) and written.strip()):
            abort(400, 'custom_spelling: a rule is {"from": ["said"], "to": "Written"}.')
        for phrase in said:
            try:
                words = tuple(spoken(str(phrase)).lower().split())
                text = " ".join(spoken(written).split())
            except ValueError as error:
                abort(400, f"custom_spelling {error}.")
            if not words:
                abort(400, "custom_spelling: there is a rule for nothing.")
            yield Spelling(words, text)


def _until(asked: Mapping[str, Any]) -> float | None:
    since, until = _milliseconds(asked, "audio_start_from") or 0.0, _milliseconds(asked, "audio_end_at")
    if until is not None and until <= since:
        abort(400, "audio_end_at: the end is not after the beginning (audio_start_from).")
    return until


def _milliseconds(asked: Mapping[str, Any], name: str) -> float | None:
    """Read a time of the file, and return it in seconds; None if it was not given."""
    value = asked.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        abort(400, f"{name}: {str(value)[:20]!r} is no number of milliseconds.")
    return value / 1000


def _share(asked: Mapping[str, Any], name: str) -> float:
    value = asked.get(name) or 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        abort(400, f"{name}: {str(value)[:20]!r} is not between 0 and 1.")
    return float(value)


def _flag(asked: Mapping[str, Any], name: str) -> bool:
    value = asked.get(name)
    if value is not None and not isinstance(value, bool):
        abort(400, f"{name}: {str(value)[:20]!r} is neither true nor false.")
    return bool(value)


def _texts(asked: Mapping[str, Any], name: str) -> Sequence[str]:
    values = asked.get(name) or []
    if not (isinstance(values, list) and all(isinstance(each, str) for each in values)):
        abort(400, f"{name}: give a list of texts.")
    return values
