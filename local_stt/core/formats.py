"""Write a call as text that other programs read: JSON, plain text, SRT, WebVTT.  No I/O.

Each format has one renderer for the command line, the API and the page.
SRT as VideoLAN describes it; WebVTT: https://www.w3.org/TR/webvtt1/.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from ..events import Redaction, Word
from .call_record import CallRecord, Match, Utterance, names_of
from .captions import CHARS_PER_CAPTION, captions, in_order, speaker_and_text

Render = Callable[[CallRecord, Sequence[Utterance], int], str]


def call_to_dict(call: CallRecord) -> dict[str, Any]:
    """Convert a call to its JSON form.  Its duration is in milliseconds."""
    fields = asdict(call)
    seconds = fields.pop("seconds")
    for name in ("handling", "edited_model", "has_gap", "is_redacted", "matches", "match_count"):
        fields.pop(name, None)
    return {
        **fields,
        "badges": [str(badge) for badge in call.badges],
        "topics": list(call.topics),
        "tags": list(call.tags),
        "state": str(call.state),
        "tracks": list(call.tracks),
        "duration": milliseconds(seconds),
        "second_pass": str(call.second_pass),
        "edition": str(call.edition),
        "text_model": call.text_model,
    }


def utterance_to_dict(utterance: Utterance) -> dict[str, Any]:
    """Convert an utterance to its JSON form.  Times are in milliseconds."""
    return {
        "speaker": utterance.speaker,
        "track": utterance.track,
        "text": utterance.text,
        "formatted": utterance.formatted,
        "start": milliseconds(utterance.start),
        "end": milliseconds(utterance.end),
        "confidence": utterance.confidence,
        "words": [word_to_dict(word, utterance.speaker) for word in utterance.words],
        "tokens": [asdict(token) for token in utterance.tokens],
        "redactions": [redaction_to_dict(each) for each in utterance.redactions],
        "kind": str(utterance.kind),
    }


def word_to_dict(word: Word, speaker: str) -> dict[str, Any]:
    """Convert a word to its JSON form.  Times are in milliseconds."""
    return {
        "text": word.text,
        "start": milliseconds(word.start),
        "end": milliseconds(word.end),
        "confidence": word.confidence,
        "speaker": speaker,
    }


def redaction_to_dict(redaction: Redaction) -> dict[str, Any]:
    """Convert a redaction to its JSON form.  Times are in milliseconds."""
    return {
        "policy": redaction.policy,
        "start": milliseconds(redaction.start),
        "end": milliseconds(redaction.end),
    }


def match_to_dict(match: Match) -> dict[str, Any]:
    """Convert an utterance that a search found to its JSON form.  Times are in milliseconds."""
    return {
        "call_id": match.call_id,
        "started_at": match.started_at,
        "caller": match.caller,
        "callee": match.callee,
        "speaker": match.speaker,
        "track": match.track,
        "start": milliseconds(match.start),
        "end": milliseconds(match.end),
        "text": match.text,
        "marks": [list(mark) for mark in match.marks],
        "formatted": match.formatted,
        "formatted_marks": [list(mark) for mark in match.formatted_marks],
    }


def milliseconds(seconds: float) -> int:
    """Convert seconds to milliseconds, rounded to the nearest."""
    return round(seconds * 1000)


def to_json(call: CallRecord, utterances: Sequence[Utterance], _: int = CHARS_PER_CAPTION) -> str:
    """Write a call and its utterances, with their words, as JSON."""
    whole = {
        "call": call_to_dict(call),
        "utterances": [utterance_to_dict(each) for each in in_order(utterances)],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def to_text(
    call: CallRecord, utterances: Sequence[Utterance], _: int = CHARS_PER_CAPTION, *, times: bool = True
) -> str:
    """Write a line for each utterance: time, speaker, text.  What is not speech is in brackets."""
    names = names_of(call)
    return "".join(
        f"{_time(each.start) if times else ''}{_line(*speaker_and_text(each, names))}\n"
        for each in in_order(utterances)
    )


def to_srt(call: CallRecord, utterances: Sequence[Utterance], max_chars: int = CHARS_PER_CAPTION) -> str:
    """Write SubRip captions that begin with the speaker."""
    names = names_of(call)
    return "".join(
        f"{number}\n{_clock(each.start, ',')} --> {_clock(each.end, ',')}\n"
        f"{_line(each.speaker, each.text)}\n\n"
        for number, each in enumerate(captions(utterances, max_chars, names), 1)
    )


def to_vtt(call: CallRecord, utterances: Sequence[Utterance], max_chars: int = CHARS_PER_CAPTION) -> str:
    """Write WebVTT captions with the speaker as a voice."""
    cues = (
        f"{_clock(each.start, '.')} --> {_clock(each.end, '.')}\n"
        f"{_voice(each.speaker)}{_escaped(each.text)}\n\n"
        for each in captions(utterances, max_chars, names_of(call))
    )
    return "WEBVTT\n\n" + "".join(cues)


FORMATS: dict[str, tuple[str, Render]] = {
    "json": ("application/json", to_json),
    "txt": ("text/plain; charset=utf-8", to_text),
    "srt": ("application/x-subrip; charset=utf-8", to_srt),
    "vtt": ("text/vtt; charset=utf-8", to_vtt),
}
"""Media type and renderer by name of the format, which is also the extension of its files"""


def _time(seconds: float) -> str:
    return f"[{_clock(seconds, '.')[:-4]}] "


def _line(speaker: str, text: str) -> str:
    return f"{speaker}: {text}" if speaker else text


def _voice(speaker: str) -> str:
    return f"<v {_escaped(speaker)}>" if speaker else ""


def _clock(seconds: float, point: str) -> str:
    """Format a time as hours, minutes, seconds and milliseconds."""
    whole, thousandths = divmod(milliseconds(seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"


def _escaped(text: str) -> str:
    """Escape text so that WebVTT finds no markup and no end of the cue in it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(escaped.split())
