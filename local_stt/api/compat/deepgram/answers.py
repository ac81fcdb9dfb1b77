"""Write the text of a file as Deepgram does.  No I/O.

Source: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ....core.call_record import Utterance
from ....core.captions import find_phrase, in_paragraphs
from ....core.formatting.tokens import is_redaction
from ....core.spacing import joined
from ..submissions import MARKS, Answer, FileText, confidence_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a program asks for."""

    multichannel: bool = False
    """Whether each channel has a transcript of its own"""
    is_formatted: bool = False
    """Whether text is written as people do"""
    paragraphs: bool = False
    utterances: bool = False
    search: Sequence[str] = ()
    """Phrases to find"""
    tags: Sequence[str] = ()
    warnings: Sequence[Answer] = ()


def answer(text: FileText, model: str, wanted: Wanted) -> Answer:
    """Write the whole answer."""
    channels = _channels(text, wanted)
    results: Answer = {"channels": [_channel(said, wanted) for said in channels]}
    if wanted.utterances:
        results["utterances"] = [
            _utterance(text, each, channel, wanted)
            for channel, each in sorted(
                ((channel, each) for channel, said in enumerate(channels) for each in said),
                key=lambda found: found[1].start,
            )
        ]
    return {"metadata": _metadata(text, model, wanted), "results": results}


def _channels(text: FileText, wanted: Wanted) -> list[list[Utterance]]:
    """Divide what was said by channels, or take all channels as one."""
    if not wanted.multichannel:
        return [text.said]
    return [[each for each in text.said if each.track == track] for track in text.call.tracks]


def _metadata(text: FileText, model: str, wanted: Wanted) -> Answer:
    missing = [{"parameter": "audio", "type": "incomplete", "message": text.note}] if text.note else []
    return {
        **metadata(
            text.submission.id,
            model,
            sha256=text.submission.sha256,
            created=datetime.fromtimestamp(text.call.started_at / 1000, UTC),
            duration=text.call.seconds,
            channels=len(text.call.tracks),
            tags=wanted.tags,
        ),
        "warnings": [*wanted.warnings, *missing],
    }


def metadata(
    request_id: str,
    model: str,
    *,
    sha256: str,
    created: datetime,
    duration: float,
    channels: int,
    tags: Sequence[str],
) -> Answer:
    """Describe a file or a live session; `sha256` is of its bytes, `duration` in seconds."""
    number = model_number(model)
    return {
        "transaction_key": "deprecated",
        "request_id": request_id,
        "sha256": sha256,
        "created": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration": duration,
        "channels": channels,
        "models": [number],
        "model_info": {number: model_info(model)},
        **({"tags": list(tags)} if tags else {}),
    }


def model_number(model: str) -> str:
    """Return a number for a model, which is always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"local_stt:{model}"))


def model_info(model: str) -> Answer:
    """Describe the model."""
    return {"name": model, "version": "1", "arch": "vosk"}


def _channel(said: list[Utterance], wanted: Wanted) -> Answer:
    alternative: Answer = {
        "transcript": _text(said, wanted),
        "confidence": confidence_of(said),
        "words": [word for each in said for word in _words(each, wanted)],
    }
    if wanted.paragraphs:
        alternative["paragraphs"] = _paragraphs(said, wanted)
    found: Answer = {"alternatives": [alternative]}
    if wanted.search:
        found["search"] = [_hits(said, phrase) for phrase in wanted.search]
    return found


def _text(said: Sequence[Utterance], wanted: Wanted) -> str:
    return joined(each.formatted if wanted.is_formatted else each.text for each in said)


def _words(said: Utterance, wanted: Wanted) -> Iterator[Answer]:
    """Yield words; where text is formatted, a number of several words is one."""
    for piece in said.pieces if wanted.is_formatted else said.words:
        yield {
            "word": bare(piece.text) if wanted.is_formatted else piece.text,
            "start": piece.start,
            "end": piece.end,
            "confidence": piece.confidence,
            **({"punctuated_word": piece.text} if wanted.is_formatted else {}),
        }


def bare(text: str) -> str:
    """Return a written word without its marks, in small letters."""
    word = text.strip(MARKS)
    return word if is_redaction(word) else word.lower() or text


def _paragraphs(said: Sequence[Utterance], wanted: Wanted) -> Answer:
    found = [list(each) for each in in_paragraphs(said)]
    return {
        "transcript": "\n\n".join(_text(each, wanted) for each in found),
        "paragraphs": [
            {
                "sentences": [
                    {"text": _text([line], wanted), "start": line.start, "end": line.end} for line in each
                ],
                "num_words": sum(len(line.words) for line in each),
                "start": each[0].start,
                "end": each[-1].end,
            }
            for each in found
        ],
    }


def _hits(said: Sequence[Utterance], phrase: str) -> Answer:
    hits = [
        {
            "confidence": min(word.confidence for word in found.words),
            "start": found.words[0].start,
            "end": found.words[-1].end,
            "snippet": joined(word.text for word in found.words),
        }
        for found in find_phrase(said, phrase)
    ]
    return {"query": phrase, "hits": hits}


def _utterance(text: FileText, said: Utterance, channel: int, wanted: Wanted) -> Answer:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{text.submission.id}:{said.track}:{said.start}")),
        "start": said.start,
        "end": said.end,
        "confidence": said.confidence,
        "channel": channel,
        "transcript": _text([said], wanted),
        "words": list(_words(said, wanted)),
    }


ERRORS = {
    400: "Bad Request",
    401: "INVALID_AUTH",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    413: "PAYLOAD_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
    503: "SERVICE_UNAVAILABLE",
}
"""Deepgram's codes of errors, by their status"""


def error(status: int, said: str) -> Answer:
    """Write an error."""
    code = ERRORS.get(status, "INTERNAL_SERVER_ERROR" if status >= 500 else "Bad Request")
    return {"err_code": code, "err_msg": said, "request_id": str(uuid.uuid4())}
