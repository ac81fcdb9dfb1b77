"""Write the text of a file as OpenAI's audio API does.  No I/O.

Source: https://platform.openai.com/docs/api-reference/audio
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import ascii_uppercase

from ....core.call_record import CallRecord, Utterance
from ....core.formats import to_srt, to_vtt
from ....core.spacing import joined
from ..submissions import MARKS, Answer, FileText


def whole_text(said: Sequence[Utterance]) -> str:
    """Join what was said to one text."""
    return joined(each.formatted for each in said)


def usage(call: CallRecord) -> Answer:
    """Return the length of the audio, in whole seconds, as what was used."""
    return {"type": "duration", "seconds": math.ceil(call.seconds)}


def plain(text: FileText) -> Answer:
    """Write the answer in the format `json`."""
    return {"text": whole_text(text.said), "usage": usage(text.call)}


def verbose(text: FileText, language: str, granularities: Sequence[str]) -> Answer:
    """Write the answer in the format `verbose_json`, with `segment`s, `word`s or both."""
    answer: Answer = {
        "task": "transcribe",
        "language": language,
        "duration": text.call.seconds,
        "text": whole_text(text.said),
        "usage": usage(text.call),
    }
    if "segment" in granularities or not granularities:
        answer["segments"] = [_segment(number, each) for number, each in enumerate(text.said)]
    if "word" in granularities:
        answer["words"] = [
            {"word": piece.text.strip(MARKS) or piece.text, "start": piece.start, "end": piece.end}
            for each in text.said
            for piece in each.pieces
        ]
    return answer


def _segment(number: int, said: Utterance) -> Answer:
    """Write an utterance as a segment; what only Whisper knows has the values of no doubt."""
    return {
        "id": number,
        "seek": 0,
        "start": said.start,
        "end": said.end,
        "text": said.formatted,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": round(math.log(max(said.confidence, 1e-4)), 4),
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def diarized(text: FileText) -> Answer:
    """Write the answer in the format `diarized_json`: each channel of the file is a speaker."""
    return {
        "task": "transcribe",
        "duration": text.call.seconds,
        "text": whole_text(text.said),
        "segments": [
            {
                "type": "transcript.text.segment",
                "id": f"seg_{number}",
                "start": each.start,
                "end": each.end,
                "text": each.formatted,
                "speaker": _letter(text.call.tracks.index(each.track)),
            }
            for number, each in enumerate(text.said)
        ],
        "usage": usage(text.call),
    }


def _letter(channel: int) -> str:
    """Name the speaker of a channel: A, B, …, and after Z by number."""
    return ascii_uppercase[channel] if channel < len(ascii_uppercase) else f"Speaker {channel + 1}"


def subtitles(text: FileText, name: str) -> str:
    """Write captions in the format `srt` or `vtt`, without speakers."""
    render = {"srt": to_srt, "vtt": to_vtt}[name]
    return render(text.call, [replace(each, track="") for each in text.said])


def deltas(text: FileText) -> Iterator[Answer]:
    """Yield the events of a stream: the text piece by piece, and then the whole."""
    for number, each in enumerate(text.said):
        yield {"type": "transcript.text.delta", "delta": f"{' ' if number else ''}{each.formatted}"}
    yield {"type": "transcript.text.done", "text": whole_text(text.said), "usage": usage(text.call)}


def error(status: int, said: str) -> Answer:
    """Write an error."""
    kinds = {401: "invalid_request_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    code = {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status)
    return {"error": {"message": said, "type": kind, "param": None, "code": code}}
