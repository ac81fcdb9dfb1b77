"""What AssemblyAI's streaming protocol says in one session.  No I/O.

Source: https://www.assemblyai.com/docs/api-reference/streaming-api/streaming-api
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ....config.wording import as_key_terms
from ....core.formatting.key_terms import KeyTerm
from ....core.formatting.tokens import text_of, written_words
from ....core.media_stream import CALLER, MAX_CALL_MS, UNREADABLE, EndTurns, Message, Start, Stop
from ....core.readable import Formatter
from ....errors import BadMessage, StrayMessage
from ....events import AnyEvent, PartialText, Turn, Word
from ..live.audio import LiveAudio
from ..live.messages import as_texts, read_message, spread, to_json
from ..submissions import Answer

MAX_SECONDS = MAX_CALL_MS // 1000
"""Seconds that a session may last where its token does not say less"""

IDLE_TIMEOUT = 600
"""Seconds without a message after which a session ends, where a program does not say"""

BAD_MESSAGE, TOO_LONG = 3006, 3008
"""Codes of the errors that end a session"""

IGNORED = 1
"""Code of the warning that something which was asked for is not done"""

FormatterWith = Callable[[Sequence[KeyTerm]], Formatter | None]
"""Returns the formatter that also knows these terms; None if text is not to be formatted"""


@dataclass(frozen=True, slots=True)
class SessionWanted:
    """What a program asks for."""

    encoding: str
    rate: int
    is_formatted: bool = False
    key_terms: Sequence[KeyTerm] = ()
    ignored: Sequence[str] = ()
    """Names of parameters that are not done, and that the program should know of"""
    idle_timeout: int = IDLE_TIMEOUT
    max_seconds: int = MAX_SECONDS


class TooLongError(BadMessage):
    """A session has lasted as long as it may."""


class AssemblyaiSession:
    """One session.  It is a call with one speaker, whose turns are the session's."""

    def __init__(
        self,
        call_id: str,
        wanted: SessionWanted,
        formatter_with: FormatterWith,
        began_at: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`began_at` is the time of day, in seconds of Unix; `clock` counts from then on."""
        self.start = Start(call_id, ("inbound",), {CALLER: "AssemblyAI"})
        self.idle_timeout: float = min(wanted.idle_timeout, wanted.max_seconds)
        self._max_seconds, self._clock, self._began = wanted.max_seconds, clock, clock()
        self._audio = LiveAudio(wanted.encoding, wanted.rate)
        self._formatter_with = formatter_with
        self._formatter = formatter_with(wanted.key_terms)
        self._is_formatted = wanted.is_formatted
        self._turn_order = 0  # of the turn that is open, or comes next
        self._words: tuple[Word, ...] = ()  # of the turn, that are final
        self._text = ""
        self._said_until = 0.0
        self._is_speaking = False
        self._error: Answer | None = None
        self._answers: list[Answer] = [
            {"type": "Begin", "id": call_id, "expires_at": int(began_at) + wanted.max_seconds}
        ]
        self._warn([*wanted.ignored, *self._unformatted()])

    @property
    def is_waited_for(self) -> bool:
        """Whether the program waits for an answer: some give up where `Begin` takes a second."""
        return bool(self._answers)

    def receive(self, message: str | bytes) -> Iterator[Message]:
        """Yield what a message means.  Raises `TooLongError` if the session has lasted too long."""
        if self._seconds > self._max_seconds:
            raise TooLongError(f"The session has lasted {self._max_seconds} seconds, which is the most.")
        if isinstance(message, bytes):
            yield from self._audio.feed(message)
            return
        asked = read_message(message)
        match asked.pop("type", None):
            case "Terminate":
                yield from self.end()
                yield Stop()
            case "ForceEndpoint":
                yield EndTurns()
            case "UpdateConfiguration":
                self._configure(asked)
            case "KeepAlive":
                pass
            case _:
                raise StrayMessage("a text message whose type is not known")

    def end(self) -> Iterator[Message]:
        """Yield the audio that is left."""
        yield from self._audio.flush()

    def replies(self) -> Iterator[str]:
        """Yield `Begin`, and warnings."""
        answers, self._answers = self._answers, []
        yield from map(to_json, answers)

    def written(self, event: AnyEvent) -> Iterator[str]:
        """Yield AssemblyAI's messages for an event."""
        match event:
            case PartialText() if event.text:
                yield from self._speech_started(event.at)
                start = self._words[-1].end if self._words else self._said_until
                pending = spread(event.text, min(start, event.at), event.at)
                yield self._turn(self._text, self._words, pending)
            case Turn():
                yield from self._speech_started(event.start)
                yield from self._progress(event)

    def failed(self, error: BadMessage) -> int:
        """Note the error for the last words; return the code that closes the connection."""
        code = TOO_LONG if isinstance(error, TooLongError) else BAD_MESSAGE
        self._error = {"type": "Error", "error_code": code, "error": str(error)}
        return code

    def last_words(self) -> Iterator[str]:
        """Yield the error that has ended the session, or `Termination`."""
        yield to_json(
            self._error
            or {
                "type": "Termination",
                "audio_duration_seconds": round(self._audio.seconds),
                "session_duration_seconds": round(self._seconds),
            }
        )

    @property
    def _seconds(self) -> float:
        return self._clock() - self._began

    def _configure(self, asked: Answer) -> None:
        """Change what can be changed, and warn of the rest."""
        ignored = [name for name in asked if name not in ("format_turns", "keyterms_prompt")]
        if "format_turns" in asked:
            self._is_formatted = asked["format_turns"] is True
            ignored += self._unformatted()
        if "keyterms_prompt" in asked:
            try:
                self._formatter = self._formatter_with(as_key_terms(as_texts(asked["keyterms_prompt"])))
            except UNREADABLE:
                ignored.append("keyterms_prompt")
        self._warn(ignored)

    def _unformatted(self) -> list[str]:
        """Name what is asked for in vain where text is not formatted."""
        return ["format_turns"] if self._is_formatted and not self._formatter else []

    def _warn(self, ignored: Sequence[str]) -> None:
        if ignored:
            said = f"Not done here: {', '.join(name[:40] for name in ignored[:20])}."
            self._answers.append({"type": "Warning", "warning_code": IGNORED, "warning": said})

    def _speech_started(self, at: float) -> Iterator[str]:
        """Yield that the turn has begun, unless that is known."""
        if not self._is_speaking:
            self._is_speaking = True
            yield to_json({"type": "SpeechStarted", "timestamp": _ms(at)})

    def _progress(self, turn: Turn) -> Iterator[str]:
        """Yield what is final of a turn; if it is over, also as people write it."""
        confidence = turn.end_of_turn_confidence
        self._words, self._text, self._said_until = turn.words, turn.text, turn.end
        yield self._turn(turn.text, turn.words, confidence=confidence, is_over=turn.end_of_turn)
        if turn.end_of_turn:
            if self._is_formatted and self._formatter:
                tokens = self._formatter.tokens(turn.words, ends=True)
                words = written_words(turn.words, tokens)
                yield self._turn(
                    text_of(tokens), words, confidence=confidence, is_over=True, is_formatted=True
                )
            self._turn_order += 1
            self._words, self._text, self._is_speaking = (), "", False

    def _turn(
        self,
        text: str,
        words: Sequence[Word],
        pending: Sequence[Word] = (),
        *,
        confidence: float = 0.0,
        is_over: bool = False,
        is_formatted: bool = False,
    ) -> str:
        return to_json(
            {
                "type": "Turn",
                "turn_order": self._turn_order,
                "turn_is_formatted": is_formatted,
                "end_of_turn": is_over,
                "end_of_turn_confidence": confidence,
                "transcript": text,
                "words": [
                    *(_word(word, is_final=True) for word in words),
                    *(_word(word, is_final=False) for word in pending),
                ],
            }
        )


def _word(word: Word, *, is_final: bool) -> Answer:
    return {
        "text": word.text,
        "start": _ms(word.start),
        "end": _ms(word.end),
        "confidence": word.confidence,
        "word_is_final": is_final,
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
