"""The routes of AssemblyAI's synchronous API, which answers a file with its text.

Source: https://www.assemblyai.com/docs/sync-stt
"""

from typing import Any

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from ....config.wording import as_key_terms
from ....formatters import TextOptions
from ....jobs.file_options import FileOptions
from ....net.guards import Guard
from ....system.reserve import SparingFile
from ...received_file import NoFile, write_form_file
from ..errors import answer_errors
from ..json_text import read_object
from ..submissions import Submissions
from . import answers


def assemblyai_sync(guard: Guard, submissions: Submissions) -> Blueprint:
    """Make the routes."""
    blueprint = guard.protect(Blueprint("assemblyai_sync", __name__, url_prefix="/v1"))
    answer_errors(blueprint, answers.sync_error)

    @blueprint.get("/warm")
    def warm() -> ResponseReturnValue:
        """Tell that the server is there."""
        return jsonify({"status": "ok"})

    @blueprint.post("/transcribe/live")
    def transcribe() -> ResponseReturnValue:
        """Transcribe the file of a form."""
        config: dict[str, Any] = {}

        def fill(file: SparingFile) -> tuple[str, FileOptions]:
            try:
                _, fields = write_form_file(file)
            except NoFile as error:
                abort(400, str(error))
            config.update(_config(fields.get("config", "{}")))
            terms = config.get("keyterms_prompt") or []
            try:
                options = TextOptions(key_terms=as_key_terms(map(str, terms)))
            except (ValueError, TypeError) as error:
                abort(400, f"keyterms_prompt {error}.")
            return "audio", FileOptions(mono=True, text=options, is_kept_once=False)

        text = submissions.text(submissions.receive(fill))
        return jsonify(answers.sync(text, with_times=bool(config.get("timestamps"))))

    return blueprint


def _config(value: str) -> dict[str, Any]:
    """Read the part `config` of the form."""
    try:
        config = read_object(value)
    except ValueError as error:
        abort(400, f"config is no JSON that can be read: {error}.")
    if config.get("sample_rate"):
        abort(400, "sample_rate: send a WAV file, as raw samples are not taken here.")
    return config
