"""The routes of Deepgram's API, for programs that use its SDKs.

Source: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
"""

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from ....errors import NoSuchCall
from ....jobs.file_options import FileOptions
from ....jobs.sources import KeptCall, Recording
from ....model_files.languages import closeness, language_name
from ....net.guards import Guard
from ....system.reserve import SparingFile
from ...received_file import write_body
from ..errors import answer_errors
from ..parameters import flag, json_body, texts
from ..sources import refusal, source_of
from ..submissions import Answer, FileText, LanguageOf, Submissions
from . import answers
from .parameters import file_options, is_formatted


def deepgram_files(guard: Guard, submissions: Submissions, language_of: LanguageOf) -> Blueprint:
    """Make the routes of the API."""
    blueprint = guard.protect(Blueprint("deepgram", __name__, url_prefix="/v1"))
    answer_errors(blueprint, answers.error)

    @blueprint.post("/listen")
    def listen() -> ResponseReturnValue:
        """Transcribe the file that is the request's body, or write what was said on a call that is kept."""
        if texts("callback"):
            abort(400, "callback: no answer is sent elsewhere from here; take the one to this request.")
        wanted, options = _wanted(language_of(submissions.model).code), file_options()
        if request.mimetype == "application/json":
            text = _of_address(submissions, options)
        else:
            text = submissions.text(submissions.receive(lambda file: _fill(file, options)))
        return jsonify(answers.answer(text, text.call.text_model, wanted))

    @blueprint.get("/projects")
    def projects() -> ResponseReturnValue:
        """List the one project that there is, with which programs try a key."""
        return jsonify({"projects": [{"project_id": "local_stt", "name": "local_stt"}]})

    return blueprint


def _fill(file: SparingFile, options: FileOptions) -> tuple[str, FileOptions]:
    write_body(file)
    return "audio", options


def _wanted(code: str) -> answers.Wanted:
    smart = flag("smart_format")
    return answers.Wanted(
        multichannel=flag("multichannel"),
        is_formatted=is_formatted(),
        paragraphs=smart or flag("paragraphs"),
        utterances=flag("utterances"),
        search=texts("search"),
        tags=texts("tag"),
        warnings=_warnings(code),
    )


def _warnings(code: str) -> list[Answer]:
    """Say which parameters are ignored."""
    asked = request.args.get("language", "")
    if not asked or asked == "multi" or closeness(code, asked):
        return []
    said = f"The model here is for {language_name(code)}, and {asked[:20]!r} is ignored."
    return [{"parameter": "language", "type": "unsupported_language", "message": said}]


def _address() -> str:
    """Return the address that the request's body names."""
    named = json_body().get("url")
    if not isinstance(named, str) or not named.isascii():
        abort(400, 'The body has no audio, and is not {"url": "…"} either.')
    return named


def _of_address(submissions: Submissions, options: FileOptions) -> FileText:
    """Return the text of the call or the recording that the body names; refuse other addresses."""
    source = source_of(_address(), request.host)
    if isinstance(source, Recording):
        return submissions.text(submissions.receive_recording(source.sid, options))
    if not isinstance(source, KeptCall):
        abort(400, refusal("url", request.host))
    if options.redact:
        abort(400, "redact: a call that is kept is given as it is kept; send its audio to redact it.")
    try:
        return submissions.kept(source.call_id)
    except NoSuchCall as error:
        abort(400, f"url: {error}")
