"""Write transcripts as AssemblyAI's file API does.  No I/O.

Its SDKs read times as whole milliseconds, and speakers and channels as texts.

Source: https://www.assemblyai.com/docs/api-reference/transcripts/get
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ....core.analysis.sentences import sentences
from ....core.call_record import Utterance
from ....core.captions import paragraphs
from ....core.formats import milliseconds
from ....core.formatting import Language
from ....core.spacing import joined
from ....events import Word
from ....jobs.transcripts import Transcript
from ....jobs.upload import UploadState
from ..submissions import MARKS, Answer, FileText, confidence_of
from . import understanding

STATUSES = {
    UploadState.QUEUED: "queued",
    UploadState.WORKING: "processing",
    UploadState.DONE: "completed",
    UploadState.FAILED: "error",
}

DELETED_AUDIO = "http://deleted_by_user"
DELETED_TEXT = "Deleted by user."


def is_multichannel(shown: Mapping[str, Any]) -> bool:
    """Tell whether each channel was to have utterances of its own."""
    return bool(shown.get("multichannel") or shown.get("dual_channel"))


def transcript(kept: Transcript, text: FileText | None, model: str, language: Language) -> Answer:
    """Write a transcript; `text` is None until it is done."""
    shown = kept.request.get("shown", {})
    answer: Answer = {
        **shown,
        "id": kept.id,
        "audio_url": DELETED_AUDIO if kept.is_deleted else kept.request["audio_url"],
        "status": STATUSES[kept.state],
        "language_code": language.code.lower().replace("-", "_"),
        "language_model": model,
        "acoustic_model": model,
        "text": DELETED_TEXT if kept.is_deleted else None,
        "words": None,
        "utterances": None,
        "confidence": None,
        "audio_duration": None,
        "error": kept.error,
        "webhook_auth": bool(shown.get("webhook_auth_header_name")),
        "webhook_status_code": kept.callback_status,
        **understanding.NOTHING,
    }
    if text is None:
        return answer
    said = written(text, shown)
    is_split = is_multichannel(shown)
    channels = {track: _channel(text, track) for track in text.call.tracks} if is_split else {}
    notes = [{"message": text.note}] if text.note else []
    return answer | {
        **understanding.results(shown, said, language, channels),
        "text": joined(each.formatted for each in said),
        "words": list(_words(text, said, with_channel=is_split)),
        "utterances": [_spoken(text, each) for each in paragraphs(said)] if is_split else None,
        "confidence": confidence_of(said),
        "audio_duration": round(text.call.seconds),
        "audio_channels": len(text.call.tracks),
        "speech_model_used": model,
        "metadata": {"warnings": [*notes, *understanding.warnings(shown)]},
    }


def written(text: FileText, shown: Mapping[str, Any]) -> list[Utterance]:
    """Return what was said, with its tokens only where text is to be formatted."""
    if shown.get("format_text", True):
        return text.said
    return [replace(each, tokens=()) for each in text.said]


def without_speakers(said: Sequence[Utterance]) -> list[Utterance]:
    """Return what was said without who said it, as captions are to have it."""
    return [replace(each, track="") for each in said]


def _words(text: FileText, said: Sequence[Utterance], *, with_channel: bool) -> Iterator[Answer]:
    """Yield all words by their time; where text is formatted, a number of several words is one."""
    found = [(piece, each.track) for each in said for piece in each.pieces]
    for piece, track in sorted(found, key=lambda each: each[0].start):
        channel = _channel(text, track) if with_channel else None
        yield _word(piece, piece.text, channel)


def _word(piece: Word | Utterance, text: str, channel: str | None) -> Answer:
    start, end = milliseconds(piece.start), milliseconds(piece.end)
    return _said(text, start, end, piece.confidence, channel)


def _said(text: str, start: int, end: int, confidence: float, channel: str | None) -> Answer:
    """Write a word, or several; times are in milliseconds."""
    return {
        "text": text,
        "start": start,
        "end": end,
        "confidence": confidence,
        "speaker": channel,
        "channel": channel,
    }


def _channel(text: FileText, track: str) -> str:
    return str(text.call.tracks.index(track) + 1)


def _spoken(text: FileText, said: Utterance, *, is_split: bool = True) -> Answer:
    channel = _channel(text, said.track) if is_split else None
    words = [_word(piece, piece.text, channel) for piece in said.pieces]
    return _word(said, said.formatted, channel) | {"words": words}


def in_sentences(kept: Transcript, text: FileText) -> Answer:
    """Write the sentences of a transcript."""
    said = written(text, kept.request["shown"])
    is_split = is_multichannel(kept.request["shown"])
    found = []
    for sentence in sentences(said):
        channel = _channel(text, sentence.track) if is_split else None
        words = [_said(each.text, each.start, each.end, each.confidence, channel) for each in sentence.pieces]
        whole = _said(sentence.text, sentence.start, sentence.end, sentence.confidence, channel)
        found.append(whole | {"words": words})
    return _part(kept, text, said, "sentences", found)


def in_parts(kept: Transcript, text: FileText) -> Answer:
    """Write the paragraphs of a transcript."""
    said = written(text, kept.request["shown"])
    is_split = is_multichannel(kept.request["shown"])
    found = [_spoken(text, each, is_split=is_split) for each in paragraphs(said)]
    return _part(kept, text, said, "paragraphs", found)


def _part(kept: Transcript, text: FileText, said: list[Utterance], name: str, found: list[Answer]) -> Answer:
    return {
        "id": kept.id,
        "confidence": confidence_of(said),
        "audio_duration": text.call.seconds,
        name: found,
    }


def word_search(kept: Transcript, text: FileText, phrases: Sequence[str]) -> Answer:
    """Write where phrases were said; those that were not are left out."""
    words = list(_words(text, written(text, kept.request["shown"]), with_channel=False))
    said = [_plain(word["text"]) for word in words]
    matches: list[Answer] = []
    for phrase in dict.fromkeys(" ".join(each.split()) for each in phrases if each.strip()):
        wanted = [_plain(word) for word in phrase.split()]
        places = [at for at in range(len(said) - len(wanted) + 1) if said[at : at + len(wanted)] == wanted]
        if places:
            spans = [[words[at]["start"], words[at + len(wanted) - 1]["end"]] for at in places]
            matches.append({"text": phrase, "count": len(places), "timestamps": spans, "indexes": places})
    total = sum(match["count"] for match in matches)
    return {"id": kept.id, "total_count": total, "matches": matches}


def _plain(word: str) -> str:
    return word.strip(MARKS).casefold()


def page(
    listed: Sequence[Transcript], limit: int, *, current: str, older: str | None, newer: str | None, base: str
) -> Answer:
    """Write a page of the list; `older` and `newer` are the addresses of its neighbours."""
    return {
        "page_details": {
            "limit": limit,
            "result_count": len(listed),
            "current_url": current,
            "prev_url": older,
            "next_url": newer,
        },
        "transcripts": [
            {
                "id": each.id,
                "resource_url": f"{base}/{each.id}",
                "status": STATUSES[each.state],
                "created": _moment(each.created_at),
                "completed": _moment(each.completed_at) if each.completed_at else None,
                "audio_url": DELETED_AUDIO if each.is_deleted else each.request["audio_url"],
                "error": each.error,
            }
            for each in listed
        ],
    }


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def sync(text: FileText, *, with_times: bool) -> Answer:
    """Write the answer of the API that takes a file and gives its text at once."""
    words = [
        {
            "text": piece.text,
            "start": milliseconds(piece.start) if with_times else None,
            "end": milliseconds(piece.end) if with_times else None,
            "confidence": piece.confidence,
        }
        for each in text.said
        for piece in each.pieces
    ]
    return {
        "text": joined(each.formatted for each in text.said),
        "confidence": confidence_of(text.said),
        "audio_duration_ms": milliseconds(text.call.seconds),
        "session_id": text.submission.id,
        "words": words,
    }


def sync_error(status: int, said: str) -> Answer:
    """Write an error of the API that answers at once."""
    return {"status": status, "title": said, "detail": said}
