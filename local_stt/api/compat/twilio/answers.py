"""Write transcripts as Twilio's Conversational Intelligence does.  No I/O.

Source: https://www.twilio.com/docs/conversational-intelligence/api
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from ....core.analysis.sentences import sentences
from ....core.call_record import Utterance
from ....jobs.transcripts import Transcript
from ....jobs.upload import UploadState
from ..submissions import MARKS, Answer, FileText
from .operator_results import OPERATORS
from .service_file import Service

STATUSES = {
    UploadState.QUEUED: "queued",
    UploadState.WORKING: "in-progress",
    UploadState.DONE: "completed",
    UploadState.FAILED: "failed",
}

CODES = {400: 20001, 401: 20003, 403: 20003, 404: 20404, 409: 20409, 413: 20413, 429: 20429, 503: 20503}
"""Twilio's codes of errors, by their status (https://www.twilio.com/docs/api/errors)"""


def moment(at: int) -> str:
    """Write milliseconds since 1970 as Twilio's SDKs read them: without a fraction."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def transcript(kept: Transcript, account: str, language: str, seconds: float | None, address: str) -> Answer:
    """Write a transcript; `seconds` is None until it is done, and `address` is that of its resource."""
    asked = kept.request
    return {
        "sid": kept.id,
        "account_sid": account,
        "service_sid": asked["service_sid"],
        "date_created": moment(kept.created_at),
        "date_updated": moment(kept.completed_at or kept.created_at),
        "media_start_time": asked["media_start_time"],
        "status": STATUSES[kept.state],
        "channel": asked["channel"],
        "data_logging": False,
        "language_code": language,
        "customer_key": asked["customer_key"],
        "duration": None if seconds is None else round(seconds),
        "redaction": asked["redaction"],
        "url": address,
        "links": {
            "sentences": f"{address}/Sentences",
            "media": f"{address}/Media",
            "operator_results": f"{address}/OperatorResults",
        },
    }


def in_sentences(
    transcript_sid: str, text: FileText, said: Sequence[Utterance], *, words: bool
) -> list[Answer]:
    """Write what was said; with `words` each sentence has the times of its words."""
    found = []
    for index, sentence in enumerate(sentences(said)):
        number = hashlib.sha256(f"{transcript_sid}:{index}".encode()).hexdigest()[:32]
        found.append(
            {
                "media_channel": text.call.tracks.index(sentence.track) + 1,
                "sentence_index": index,
                "start_time": sentence.start / 1000,
                "end_time": sentence.end / 1000,
                "transcript": sentence.text,
                "sid": f"GX{number}",
                "confidence": sentence.confidence,
                "words": [
                    {
                        "word": piece.text.strip(MARKS) or piece.text,
                        "start_time": piece.start / 1000,
                        "end_time": piece.end / 1000,
                    }
                    for piece in sentence.pieces
                ]
                if words
                else None,
            }
        )
    return found


def service(kept: Service, account: str, address: str) -> Answer:
    """Write a service; `address` is that of its resource."""
    fields = asdict(kept)
    created, updated = fields.pop("created_at"), fields.pop("updated_at")
    return {
        **fields,
        "account_sid": account,
        "date_created": moment(created),
        "date_updated": moment(updated),
        "data_logging": False,
        "webhook_url": "",
        "webhook_http_method": "POST",
        "read_only_attached_operator_sids": [each.sid for each in OPERATORS],
        "url": address,
    }


def page(
    key: str, found: Sequence[Answer], number: int, size: int, addresses: Mapping[str, str | None]
) -> Answer:
    """Write a page of a list; `addresses` are those of this page and its neighbours."""
    return {key: list(found), "meta": {"key": key, "page": number, "page_size": size, **addresses}}


def error(status: int, said: str) -> Answer:
    """Write an error."""
    code = CODES.get(status, 20500 if status >= 500 else 20001)
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": said, "more_info": more, "status": status}
