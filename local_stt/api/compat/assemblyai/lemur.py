"""The routes of LeMUR, which AssemblyAI has given up, answered by the user's own language model.

Source: `lemur.py` and `types.py` of version 0.64 of https://github.com/AssemblyAI/assemblyai-python-sdk
"""

import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ....assistant import Answer as Written
from ....assistant import Assistant, Order, Task
from ....assistant.assistant import NOT_SET
from ....net.guards import Guard
from ..errors import answer_errors, error_alone
from ..parameters import json_body
from ..submissions import Answer, FileText

MAX_KEPT = 100
"""Answers that can be asked for again, in memory"""

MAX_QUESTIONS = 20
MAX_LETTERS = 4000
"""Letters of a prompt, a question or a context"""

UNKNOWN = "No such request is known here."

TASKS = {"summary": Task.SUMMARY, "action-items": Task.ACTION_ITEMS}


class _Kept:
    """The last answers, each after the id of its transcript, by the ids of their requests."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[str, Answer]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, transcript_id: str, answer: Answer) -> None:
        with self._lock:
            self._answers[answer["request_id"]] = transcript_id, answer
            if len(self._answers) > MAX_KEPT:
                self._answers.popitem(last=False)

    def find(self, request_id: str) -> tuple[str, Answer] | None:
        return self._answers.get(request_id)

    def remove(self, request_id: str) -> bool:
        with self._lock:
            return self._answers.pop(request_id, None) is not None


def assemblyai_lemur(
    guard: Guard, assistant: Assistant | None, text_of: Callable[[str], FileText]
) -> Blueprint:
    """Make the routes; `text_of` returns the text of a transcript, by its id, or raises an HTTP error."""
    blueprint = guard.protect(Blueprint("assemblyai_lemur", __name__, url_prefix="/lemur/v3"))
    answer_errors(blueprint, error_alone)
    kept = _Kept()

    def there() -> Assistant:
        if assistant is None:
            abort(404, NOT_SET)
        return assistant

    def ask(text: FileText, order: Order) -> Written:
        return there().answer(text.call, text.said, order)

    def answered(transcript_id: str, response: Any, *written: Written) -> ResponseReturnValue:
        usage = {
            "input_tokens": sum(each.input_tokens for each in written),
            "output_tokens": sum(each.output_tokens for each in written),
        }
        answer = {"request_id": str(uuid.uuid4()), "response": response, "usage": usage}
        kept.add(transcript_id, answer)
        return jsonify(answer)

    def text_in(body: Mapping[str, Any]) -> tuple[str, FileText]:
        """Return the text that a request is about, after its id."""
        there()
        transcript_id = _source(body)
        return transcript_id, text_of(transcript_id)

    @blueprint.post("/generate/task")
    def task() -> ResponseReturnValue:
        """Follow a prompt about a transcript."""
        body = json_body()
        prompt = _text(body, "prompt")
        if not prompt:
            abort(400, "prompt: there is none.")
        transcript_id, text = text_in(body)
        written = ask(text, Order(Task.QUESTION, prompt, wishes=_wishes(body)))
        return answered(transcript_id, written.text, written)

    @blueprint.post("/generate/<any(summary, 'action-items'):name>")
    def summary(name: str) -> ResponseReturnValue:
        """Summarize a transcript, or list what is to do."""
        body = json_body()
        transcript_id, text = text_in(body)
        written = ask(text, Order(TASKS[name], wishes=_wishes(body)))
        return answered(transcript_id, written.text, written)

    @blueprint.post("/generate/question-answer")
    def question_answer() -> ResponseReturnValue:
        """Answer questions about a transcript, one after the other."""
        body = json_body()
        questions = body.get("questions")
        is_list = isinstance(questions, list) and all(isinstance(each, dict) for each in questions)
        if not (is_list and questions and len(questions) <= MAX_QUESTIONS):
            abort(400, f'questions: give 1 to {MAX_QUESTIONS} objects such as {{"question": "Who called?"}}.')
        orders = [_question(each, body) for each in questions]
        transcript_id, text = text_in(body)
        written = [ask(text, order) for order in orders]
        pairs = zip(orders, written, strict=True)
        found = [{"question": order.question, "answer": each.text} for order, each in pairs]
        return answered(transcript_id, found, *written)

    @blueprint.get("/<request_id>")
    def again(request_id: str) -> ResponseReturnValue:
        """Return an answer that was given lately, unless its transcript was deleted since."""
        transcript_id, answer = kept.find(request_id) or abort(404, UNKNOWN)
        try:
            text_of(transcript_id)
        except HTTPException:
            kept.remove(request_id)
            abort(404, UNKNOWN)
        return jsonify(answer)

    @blueprint.delete("/<request_id>")
    def purge(request_id: str) -> ResponseReturnValue:
        """Forget an answer."""
        if not kept.remove(request_id):
            abort(404, UNKNOWN)
        purged = {"request_id_to_purge": request_id, "deleted": True}
        return jsonify({"request_id": str(uuid.uuid4()), **purged})

    return blueprint


def _source(body: Mapping[str, Any]) -> str:
    """Read the id of the transcript, as the SDKs or the API itself have it."""
    sources = body.get("sources") or body.get("transcript_ids")
    listed = sources if isinstance(sources, list) else []
    ids = [each.get("id") if isinstance(each, dict) else each for each in listed]
    if len(ids) != 1 or not isinstance(ids[0], str):
        abort(400, "transcript_ids: give one transcript; several at once and `input_text` are not read here.")
    return ids[0]


def _question(asked: Mapping[str, Any], body: Mapping[str, Any]) -> Order:
    question = _text(asked, "question")
    if not question:
        abort(400, "questions: one has no `question`.")
    return Order(Task.QUESTION, question, wishes=" ".join(filter(None, (_wishes(body), _wishes(asked)))))


def _wishes(asked: Mapping[str, Any]) -> str:
    """Read what else there is to know for an answer, and what form it should have."""
    wishes = []
    if context := _text(asked, "context"):
        wishes.append(f"Context: {context}")
    if form := _text(asked, "answer_format"):
        wishes.append(f"Form of the answer: {form}")
    if options := asked.get("answer_options"):
        wishes.append(f"Answer with one of: {json.dumps(options, ensure_ascii=False)[:MAX_LETTERS]}")
    return " ".join(wishes)


def _text(asked: Mapping[str, Any], name: str) -> str:
    """Read a text; a context may be an object."""
    value = asked.get(name) or ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > MAX_LETTERS:
        abort(400, f"{name}: it has more than {MAX_LETTERS} letters.")
    return text.strip()
