"""The routes of OpenAI's audio API, for programs that use its SDKs.

Source: https://platform.openai.com/docs/api-reference/audio
"""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, abort, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ....jobs.file_options import FileOptions
from ....model_files.languages import base, closeness, language_name
from ....net.guards import Guard
from ....system.reserve import SparingFile
from ...received_file import NoFile, is_form, write_form_file
from ..errors import answer_errors
from ..parameters import TRUE
from ..submissions import FileText, LanguageOf, Submissions
from . import answers

FORMATS = ("json", "text", "srt", "vtt", "verbose_json", "diarized_json")

EVENT_STREAM = "text/event-stream"

Form = MultiDict[str, str]


def openai_files(guard: Guard, submissions: Submissions, language_of: LanguageOf) -> Blueprint:
    """Make the routes of the audio API."""
    blueprint = guard.protect(Blueprint("openai", __name__, url_prefix="/v1/audio"))
    answer_errors(blueprint, answers.error)

    def language() -> str:
        return language_of(submissions.model).code

    @blueprint.post("/transcriptions")
    def transcribe() -> ResponseReturnValue:
        """Transcribe the file of a form."""
        form: Form = MultiDict()

        def fill(file: SparingFile) -> tuple[str, FileOptions]:
            name, fields = _form_file(file)
            form.update(fields)
            _check(form, language())
            return name or "audio", FileOptions(is_kept_once=False)

        submission = submissions.receive(fill)
        text = submissions.text(submission)
        if form.get("stream", "false").lower() in TRUE:
            return Response(_events(text), content_type=EVENT_STREAM)
        return _answer(text, form, language())

    @blueprint.post("/translations")
    def translate() -> ResponseReturnValue:
        """Refuse a translation."""
        abort(400, "Nothing is translated here: ask for /v1/audio/transcriptions.")

    return blueprint


def _form_file(file: SparingFile) -> tuple[str, Form]:
    try:
        if not is_form():
            raise NoFile("Send a form with the file, as in curl -F file=@talk.mp3 -F model=whisper-1.")
        return write_form_file(file)
    except NoFile as error:
        abort(400, str(error))


def _check(form: Form, code: str) -> None:
    """Refuse a format that is not known, and a language that the model of this server does not speak."""
    wanted = form.get("response_format") or "json"
    if wanted not in FORMATS:
        abort(400, f"response_format: {wanted[:80]!r} is not one of {', '.join(FORMATS)}.")
    asked = form.get("language", "")
    if asked and not closeness(code, asked):
        abort(400, f"language: the model here is for {language_name(code)}, not {asked[:20]!r}.")


def _answer(text: FileText, form: Form, code: str) -> ResponseReturnValue:
    match form.get("response_format") or "json":
        case "text":
            return Response(answers.whole_text(text.said) + "\n", mimetype="text/plain")
        case "srt" | "vtt" as captions:
            return Response(answers.subtitles(text, captions), mimetype="text/plain")
        case "verbose_json":
            lists = (form.getlist(name) for name in ("timestamp_granularities[]", "timestamp_granularities"))
            granularities = [value for values in lists for value in values]
            name = language_name(base(code)).partition(" (")[0].lower()
            return jsonify(answers.verbose(text, name, granularities))
        case "diarized_json":
            return jsonify(answers.diarized(text))
        case _:
            return jsonify(answers.plain(text))


def _events(text: FileText) -> Iterator[str]:
    for event in answers.deltas(text):
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"
