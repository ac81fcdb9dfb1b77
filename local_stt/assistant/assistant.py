"""Answer about one kept call at a time, with a language model."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..config.settings import AssistantSettings
from ..core.call_record import CallRecord, Utterance
from ..core.readable import formatted
from ..errors import AssistantError, SettingError
from ..formatters import Formatters, RedactedCopies
from . import prompts
from .answer_text import answer_text
from .client import ChatClient, Completion
from .parts import BYTES_A_TOKEN, in_parts, lines_of, shortened
from .prompts import Order, Task

MAX_WAITING = 4
"""Orders that may wait while one is answered"""

MAX_PARTS = 32
"""Parts of a call; each is a request of its own"""

ANSWER_SHARE = 4
"""The answer gets this part of the context: a quarter"""

NOTES_SHARE = 4
"""Notes on a part have at most this part of its length, so that all notes come to fit into one request"""

MIN_PART = 1000
"""Bytes of the call that must fit into a request"""

NOT_SET = "No language model is set up here: LLM_URL and LLM_MODEL name one."


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer about a call.  What was said may have led the model astray: it is a text and no more."""

    text: str
    model: str
    input_tokens: int
    output_tokens: int


class Assistant:
    """Answers orders, one at a time.  The model gets redacted text alone."""

    def __init__(self, settings: AssistantSettings, formatters: Formatters, copies: RedactedCopies) -> None:
        self._settings, self._formatters, self._copies = settings, formatters, copies
        self._client = ChatClient(settings)
        self.model, self.host = settings.llm_model, self._client.host
        self._places = threading.BoundedSemaphore(1 + MAX_WAITING)
        self._turn = threading.Lock()

    def answer(self, call: CallRecord, said: Sequence[Utterance], order: Order) -> Answer:
        """Answer an order about a call.

        Raises `AssistantError` if the model does not answer, if too many others wait, if the call or the
        order is too long for the model, and for a question without words.
        """
        if order.task is Task.QUESTION and not order.question.strip():
            raise AssistantError("The question is empty: ask something about the call.", 422)
        redacted = formatted(self._copies.lines(call, said), self._formatters.for_call(call))
        lines = list(lines_of(redacted))
        if not lines:
            raise AssistantError("Nothing was said on this call.", 409)
        with self._in_turn():
            return self._answered(lines, order)

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait until no other order is answered.  Raises `AssistantError` if too many wait, or too long."""
        busy = AssistantError("The language model at LLM_URL has too much to do: try again in a moment.", 503)
        if not self._places.acquire(blocking=False):
            raise busy
        try:
            if not self._turn.acquire(timeout=self._settings.llm_timeout_seconds):
                raise busy
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _answered(self, lines: list[str], order: Order) -> Answer:
        """Answer about the lines of a call, or about notes on its parts if it is long."""
        spent: list[Completion] = []
        size = self._part_size(order)
        parts = in_parts(lines, size)
        if len(parts) > MAX_PARTS:
            raise AssistantError(
                "This call is too long for the language model: LLM_CONTEXT_TOKENS says how much it reads.",
                422,
            )
        while len(parts) > 1:
            notes = []
            for number, part in enumerate(parts, 1):
                spent.append(self._ask(prompts.about_part(order, part, number, len(parts))))
                notes.append(shortened(answer_text(spent[-1].written), size // NOTES_SHARE))
            parts = in_parts([f"Part {number}: {note}" for number, note in enumerate(notes, 1)], size)
        spent.append(self._ask(prompts.about(order, parts[0])))
        text = answer_text(spent[-1].written)
        if not text:
            remedy = "raise LLM_CONTEXT_TOKENS" if spent[-1].is_cut else "try another LLM_MODEL"
            raise AssistantError(f"The language model at LLM_URL gave an empty answer: {remedy}.", 502)
        tokens = (sum(each.input_tokens for each in spent), sum(each.output_tokens for each in spent))
        return Answer(text, self.model, *tokens)

    def _part_size(self, order: Order) -> int:
        """Return the bytes of a call that fit into a request beside the order and the answer."""
        read = self._settings.llm_context_tokens - self._answer_tokens
        size = read * BYTES_A_TOKEN - prompts.length_of(order)
        if size < MIN_PART:
            raise AssistantError(
                "This question is too long for the language model: LLM_CONTEXT_TOKENS says what it reads.",
                422,
            )
        return size

    @property
    def _answer_tokens(self) -> int:
        return self._settings.llm_context_tokens // ANSWER_SHARE

    def _ask(self, messages: list[prompts.Message]) -> Completion:
        return self._client.complete(messages, self._answer_tokens)


def assistant_of(
    settings: AssistantSettings, formatters: Formatters, copies: RedactedCopies
) -> Assistant | None:
    """Make the assistant that the settings ask for; None where there is none.

    Raises `SettingError` if one setting lacks another.
    """
    if not settings.llm_url:
        return None
    if not settings.llm_model:
        raise SettingError("LLM_URL is set, but not LLM_MODEL: name the model that answers there.")
    return Assistant(settings, formatters, copies)
