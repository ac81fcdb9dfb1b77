"""What vosk-server's protocol says in one session.  No I/O.

Each audio message gets exactly one answer, in order, as most programs send one, wait, and send the next.

Source: https://github.com/alphacep/vosk-server/blob/master/websocket/asr_server.py
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ....core.call_record import mean_confidence
from ....core.media_stream import CALLER, UNREADABLE, EndTurns, Message, Start, Stop
from ....core.spacing import joined
from ....decoding.raw import MAX_RATE, MIN_RATE
from ....errors import BadMessage, StrayMessage
from ....events import AnyEvent, FinalText, PartialText, Word
from ..live.audio import LiveAudio
from ..live.messages import POLICY_VIOLATION, read_message, to_json
from ..submissions import Answer

DEFAULT_RATE = 8000

IDLE_TIMEOUT = 600.0
"""Seconds without a message after which a session ends: the protocol has no message that only keeps it"""

ANSWER_SECONDS = 0.06
"""Seconds for the recognizer to hear an audio message before the message is answered without news of it"""

RESET_SECONDS = 1.5
"""Seconds for the words before a `reset`"""

WAITED_SECONDS = 0.03
"""Seconds after an answer in which a program that has waited for it sends its next message"""


@dataclass(slots=True)
class _Owed:
    """An answer to give."""

    due: float
    """Time when it is given even if nothing was heard, on the session's clock"""
    is_final: bool = False


class VoskSession:
    """One session.  It is a call with one speaker."""

    idle_timeout = IDLE_TIMEOUT

    def __init__(self, call_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.start = Start(call_id, ("inbound",), {CALLER: "vosk"})
        self._rate, self._has_words, self._has_alternatives = DEFAULT_RATE, True, False
        self._audio: LiveAudio | None = None
        self._owed: deque[_Owed] = deque()
        self._answered_at = float("-inf")
        self._words: list[Word] = []  # final, not given out yet
        self._partial = ""
        self._has_news = False

    @property
    def is_waited_for(self) -> bool:
        """Whether the program waits for an answer, or has just got one."""
        return bool(self._owed) or self._clock() - self._answered_at < WAITED_SECONDS

    def receive(self, message: str | bytes) -> Iterator[Message]:
        """Yield what a message means.  Raises `BadMessage` for a rate that cannot be read here."""
        if isinstance(message, bytes):
            self._owed.append(_Owed(self._clock() + ANSWER_SECONDS))
            self._audio = self._audio or LiveAudio("linear16", self._rate)
            yield from self._audio.feed(message)
            return
        asked = read_message(message)
        if isinstance(asked.get("config"), dict):
            self._configure(asked["config"])
        elif asked.get("eof"):
            yield from self.end()
            yield Stop()
        elif asked.get("reset"):
            now = self._clock()
            for owed in self._owed:
                owed.due = now
            self._owed.append(_Owed(now + RESET_SECONDS, is_final=True))
            yield EndTurns()
        else:
            raise StrayMessage("a text message that is no config, eof or reset")

    def end(self) -> Iterator[Message]:
        """Yield the audio that is left."""
        if self._audio:
            yield from self._audio.flush()

    def replies(self) -> Iterator[str]:
        """Yield the answers that are due."""
        while self._owed and self._is_due(self._owed[0]):
            yield self._next_answer()

    def written(self, event: AnyEvent) -> Iterator[str]:
        """Note an event for the next answers."""
        match event:
            case PartialText():
                self._partial, self._has_news = event.text, True
            case FinalText():
                self._words += event.words
                self._partial, self._has_news = "", True
        yield from ()

    def last_words(self) -> Iterator[str]:
        """Yield the answers that are owed still, and the one to `eof`."""
        while self._owed:
            self._partial = ""
            yield self._next_answer(keeps_words=not self._owed[0].is_final)
        yield self._final()

    def failed(self, _: BadMessage) -> int:
        """Return the code that closes the connection."""
        return POLICY_VIOLATION

    def _configure(self, config: Answer) -> None:
        """Note what a program wants; the rate counts until audio has come."""
        try:
            self._rate = round(float(config.get("sample_rate", self._rate)))
            self._has_words = bool(config.get("words", self._has_words))
            self._has_alternatives = int(config.get("max_alternatives", self._has_alternatives)) > 0
        except UNREADABLE as error:
            raise StrayMessage("a config that cannot be read") from error
        if not MIN_RATE <= self._rate <= MAX_RATE:
            raise BadMessage(f"sample_rate: {self._rate} is not between {MIN_RATE} and {MAX_RATE}")

    def _is_due(self, owed: _Owed) -> bool:
        has_news = bool(self._words) if owed.is_final else self._has_news
        return has_news or owed.due <= self._clock()

    def _next_answer(self, *, keeps_words: bool = False) -> str:
        owed = self._owed.popleft()
        self._answered_at, self._has_news = self._clock(), False
        if owed.is_final or (self._words and not keeps_words):
            return self._final()
        return to_json({"partial": self._partial})

    def _final(self) -> str:
        """Write the final words that were not given out yet."""
        words, self._words = self._words, []
        text = joined(word.text for word in words)
        result = [_word(word) for word in words] if self._has_words else []
        if self._has_alternatives:
            for each in result:
                del each["conf"]
            confidence = mean_confidence(tuple(words)) if words else 1.0
            alternative = {"confidence": confidence} | ({"result": result} if result else {}) | {"text": text}
            return to_json({"alternatives": [alternative]})
        return to_json(({"result": result} if result else {}) | {"text": text})


def _word(word: Word) -> Answer:
    return {"conf": word.confidence, "end": word.end, "start": word.start, "word": word.text}
