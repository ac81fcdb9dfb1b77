"""What Deepgram's streaming protocol says in one session.  No I/O.

Source: https://developers.deepgram.com/reference/speech-to-text/listen-streaming
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ....core.call_record import mean_confidence
from ....core.formatting.tokens import written_words
from ....core.media_stream import CALLER, EndTurns, Message, Start, Stop
from ....core.readable import Formatter
from ....core.spacing import joined
from ....errors import BadMessage, StrayMessage
from ....events import AnyEvent, FinalText, PartialText, Word
from ..live.audio import LiveAudio
from ..live.messages import POLICY_VIOLATION, read_message, spread
from ..submissions import Answer
from .answers import bare, metadata, model_info, model_number

IDLE_TIMEOUT = 30.0
"""Seconds without a message after which a session ends; Deepgram's wait ten"""

FINALIZE_SECONDS = 1.5
"""Seconds after which `Finalize` is answered where nothing was left to say"""


@dataclass(frozen=True, slots=True)
class LiveWanted:
    """What a program asks for."""

    encoding: str
    rate: int
    channels: int
    multichannel: bool = False
    """Whether each channel is a speaker"""
    interim_results: bool = False
    is_formatted: bool = False
    utterance_end: bool = False
    vad_events: bool = False
    tags: Sequence[str] = ()


class DeepgramSession:
    """One session.  It is a call whose tracks are the channels."""

    idle_timeout = IDLE_TIMEOUT
    is_waited_for = False

    def __init__(
        self,
        call_id: str,
        wanted: LiveWanted,
        model: str,
        formatter: Formatter | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted, self._model, self._formatter, self._clock = wanted, model, formatter, clock
        is_mono = wanted.channels > 1 and not wanted.multichannel
        self._audio = LiveAudio(wanted.encoding, wanted.rate, wanted.channels, mono=is_mono)
        self._tracks = self._audio.tracks
        self.start = Start(call_id, self._tracks, {CALLER: "Deepgram"})
        self._digest = hashlib.sha256()
        self._said_until = dict.fromkeys(self._tracks, 0.0)
        self._speaking: set[str] = set()
        self._finalize_by: dict[str, float] = {}  # when a track must be answered
        self._answers: list[Answer] = []

    def receive(self, message: str | bytes) -> Iterator[Message]:
        """Yield what a message means.  An empty binary message ends the session, as it once did there."""
        if isinstance(message, bytes):
            if message:
                self._digest.update(message)
                yield from self._audio.feed(message)
            else:
                yield from self._close()
            return
        match _kind(message):
            case "CloseStream":
                yield from self._close()
            case "Finalize":
                self._finalize_by = dict.fromkeys(self._tracks, self._clock() + FINALIZE_SECONDS)
                yield EndTurns()
            case "Configure":
                self._answers.append(
                    {
                        "type": "ConfigureFailure",
                        "request_id": self.start.call_id,
                        "code": "NOT_SUPPORTED",
                        "description": "A session cannot be changed here: open another.",
                    }
                )

    def end(self) -> Iterator[Message]:
        """Yield the audio that is left."""
        yield from self._audio.flush()

    def replies(self) -> Iterator[str]:
        """Yield answers to messages, and to `Finalize` if nothing was left to say."""
        for answer in self._answers:
            yield json.dumps(answer)
        self._answers = []
        for track in [each for each, until in self._finalize_by.items() if self._clock() > until]:
            del self._finalize_by[track]
            yield self._results(track, (), "", self._said_until[track], is_final=True, from_finalize=True)

    def written(self, event: AnyEvent) -> Iterator[str]:
        """Yield Deepgram's messages for an event."""
        match event:
            case PartialText() if event.text:
                yield from self._partial(event)
            case FinalText() if event.words:
                yield from self._final(event)

    def last_words(self) -> Iterator[str]:
        """Yield `Metadata`, which ends every session."""
        described = metadata(
            self.start.call_id,
            self._model,
            sha256=self._digest.hexdigest(),
            created=datetime.now(UTC),
            duration=self._audio.seconds,
            channels=len(self._tracks),
            tags=self._wanted.tags,
        )
        yield json.dumps({"type": "Metadata", **described})

    def failed(self, _: BadMessage) -> int:
        """Return the code that closes the connection."""
        return POLICY_VIOLATION

    def _close(self) -> Iterator[Message]:
        yield from self.end()
        yield Stop()

    def _partial(self, partial: PartialText) -> Iterator[str]:
        start = min(self._said_until[partial.track], partial.at)
        yield from self._speech_started(partial.track, partial.at)
        if self._wanted.interim_results:
            words = spread(partial.text, start, partial.at)
            yield self._results(partial.track, words, partial.text, start, is_final=False)

    def _final(self, final: FinalText) -> Iterator[str]:
        words, text = self._as_written(final)
        is_asked = self._finalize_by.pop(final.track, None) is not None
        yield from self._speech_started(final.track, final.start)
        start = min(self._said_until[final.track], final.start)
        yield self._results(final.track, words, text, start, is_final=True, from_finalize=is_asked)
        self._said_until[final.track] = final.end
        self._speaking.discard(final.track)
        if self._wanted.utterance_end:
            channel = [self._tracks.index(final.track), len(self._tracks)]
            yield json.dumps({"type": "UtteranceEnd", "channel": channel, "last_word_end": final.end})

    def _speech_started(self, track: str, at: float) -> Iterator[str]:
        """Yield that a speaker has begun, unless that is known."""
        if self._wanted.vad_events and track not in self._speaking:
            channel = self._tracks.index(track)
            yield json.dumps({"type": "SpeechStarted", "channel": [channel], "timestamp": at})
        self._speaking.add(track)

    def _as_written(self, final: FinalText) -> tuple[Sequence[Word], str]:
        if not (self._wanted.is_formatted and self._formatter):
            return final.words, final.text
        tokens = self._formatter.tokens(final.words, ends=True)
        words = written_words(final.words, tokens)
        return words, joined(word.text for word in words)

    def _results(
        self,
        track: str,
        words: Sequence[Word],
        text: str,
        start: float,
        *,
        is_final: bool,
        from_finalize: bool = False,
    ) -> str:
        end = words[-1].end if words else start
        is_formatted = is_final and self._wanted.is_formatted and self._formatter is not None
        alternative = {
            "transcript": text,
            "confidence": mean_confidence(tuple(words)),
            "words": [_word(word, is_formatted=is_formatted) for word in words],
        }
        return json.dumps(
            {
                "type": "Results",
                "channel_index": [self._tracks.index(track), len(self._tracks)],
                "start": round(start, 3),
                "duration": round(end - start, 3),
                "is_final": is_final,
                "speech_final": is_final,
                "from_finalize": from_finalize,
                "channel": {"alternatives": [alternative]},
                "metadata": {
                    "request_id": self.start.call_id,
                    "model_uuid": model_number(self._model),
                    "model_info": model_info(self._model),
                },
            },
            ensure_ascii=False,
        )


def _word(word: Word, *, is_formatted: bool) -> Answer:
    text = bare(word.text) if is_formatted else word.text
    return {
        "word": text,
        "start": word.start,
        "end": word.end,
        "confidence": word.confidence,
        "punctuated_word": word.text,
    }


def _kind(message: str) -> str:
    """Return the type of a message.  Raises `StrayMessage` for one that is none."""
    asked = read_message(message)
    if "type" not in asked:
        raise StrayMessage("a text message without a type")
    return str(asked["type"])
