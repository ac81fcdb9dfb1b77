"""The routes of Twilio's Conversational Intelligence API, version 2, for programs that use its SDKs.

Source: https://www.twilio.com/docs/conversational-intelligence/api
"""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from ....core.call_record import Utterance
from ....core.media_stream import one_line
from ....core.readable import formatted
from ....errors import NoSuchCall
from ....formatters import Analyzer, Formatters, RedactedCopies
from ....jobs.file_options import FileOptions
from ....jobs.transcripts import Transcript, Transcripts
from ....net.guards import Guard
from ....store import Store
from ..errors import answer_errors
from ..signed_audio import SignedAddresses
from ..submissions import Answer, FileText, Submissions
from . import answers
from .operator_results import operator_answers
from .pages import cut, page_of, page_size, page_token
from .parameters import (
    account,
    flag_in,
    media_properties,
    media_start_time,
    read_channel,
    read_filter,
    resource,
    source_in,
)
from .service_file import ServiceFile

API = "intelligence"
"""The name of the API in the store"""

BLOCK = 500
"""Transcripts that are read from the store at once, to be filtered"""

WHOLE_FILE = FileOptions(is_kept_once=False)

_SERVICE = re.compile("GA[0-9a-f]{32}")


def twilio_transcripts(
    guard: Guard,
    transcripts: Transcripts,
    submissions: Submissions,
    store: Store,
    services: ServiceFile,
    addresses: SignedAddresses,
    copies: RedactedCopies,
    formatters: Formatters,
    analyze: Analyzer,
) -> Blueprint:
    """Make the routes of transcripts, sentences, media and results of operators.

    `copies` redacts what is kept as it was.
    """
    blueprint = guard.protect(Blueprint("intelligence", __name__, url_prefix="/v2"))
    answer_errors(blueprint, answers.error)

    def language() -> str:
        return formatters.language_of_model(submissions.model).code

    def written(kept: Transcript) -> Answer:
        seconds = store.call(kept.call_id).seconds if kept.call_id else None
        return answers.transcript(kept, account(), language(), seconds, resource("Transcripts", kept.id))

    def found(sid: str) -> Transcript:
        kept = transcripts.find(API, sid)
        if kept is None or kept.is_deleted:
            abort(404, f"The requested resource /v2/Transcripts/{sid[:40]} was not found")
        return kept

    def done(sid: str) -> tuple[Transcript, FileText]:
        kept = found(sid)
        if not kept.call_id:
            abort(404, f"Transcript {sid} is not completed.")
        return kept, submissions.kept(kept.call_id)

    def asked(sid: str) -> tuple[FileText, Sequence[Utterance]]:
        """Return a transcript and what was said, redacted if the request or the service wants that."""
        kept, text = done(sid)
        if not flag_in(request.args, "Redacted", default=kept.request["redaction"]):
            return text, text.said
        return text, formatted(copies.lines(text.call, text.said), formatters.for_call(text.call))

    def results(sid: str) -> list[Answer]:
        text, said = asked(sid)
        analysis = analyze(text.call, said, with_sentiment=True)
        return operator_answers(sid, analysis, said, f"{resource('Transcripts', sid)}/OperatorResults")

    @blueprint.post("/Transcripts")
    def create() -> ResponseReturnValue:
        """Ask for a transcript of a recording, a kept call or an uploaded file."""
        service_sid = request.form.get("ServiceSid", "")
        service = services.find(service_sid)
        if service is None and not _SERVICE.fullmatch(service_sid):
            abort(400, "ServiceSid: give the SID of a service, GA and 32 digits, or the name of one.")
        channel = read_channel()
        wanted = {
            "service_sid": service.sid if service else service_sid,
            "channel": channel,
            "customer_key": one_line(request.form.get("CustomerKey", "")) or None,
            "media_start_time": media_start_time(),
            "redaction": bool(service and service.auto_redaction),
            "source_sid": media_properties(channel).get("source_sid"),
        }
        sid = "GT" + secrets.token_hex(16)
        try:
            kept = transcripts.create(API, wanted, source_in(channel), WHOLE_FILE, id=sid)
        except NoSuchCall as error:
            abort(400, f"source_sid: {error}")
        return jsonify(written(kept)), 201

    @blueprint.get("/Transcripts")
    def listed() -> ResponseReturnValue:
        """List transcripts, the newest first."""
        size = page_size()
        wanted = _all(transcripts, read_filter(language()), page_token())
        some = list(islice(wanted, size + 1))
        token = some[size - 1].number if len(some) > size else None
        return jsonify(page_of("transcripts", [written(each) for each in some[:size]], token))

    @blueprint.get("/Transcripts/<sid>")
    def fetch(sid: str) -> ResponseReturnValue:
        """Return a transcript."""
        return jsonify(written(found(sid)))

    @blueprint.delete("/Transcripts/<sid>")
    def delete(sid: str) -> ResponseReturnValue:
        """Delete a transcript with its audio, unless it is of a call that was there before."""
        found(sid)
        transcripts.delete(API, sid)
        return "", 204

    @blueprint.get("/Transcripts/<sid>/Sentences")
    def in_sentences(sid: str) -> ResponseReturnValue:
        """List what was said."""
        text, said = asked(sid)
        every = answers.in_sentences(sid, text, said, words=flag_in(request.args, "WordTimestamps"))
        return jsonify(cut("sentences", every))

    @blueprint.get("/Transcripts/<sid>/Media")
    def media(sid: str) -> ResponseReturnValue:
        """Return an address of the audio, which holds for a while."""
        kept, text = done(sid)
        if not text.call.recorded:
            abort(404, f"There is no audio of transcript {sid}.")
        is_redacted = flag_in(request.args, "Redacted", default=kept.request["redaction"])
        return jsonify(
            {
                "account_sid": account(),
                "service_sid": kept.request["service_sid"],
                "sid": sid,
                "media_url": addresses.address(text.call.call_id, redacted=is_redacted),
                "url": request.base_url,
            }
        )

    @blueprint.get("/Transcripts/<sid>/OperatorResults")
    def operator_results(sid: str) -> ResponseReturnValue:
        """List the results of language operators."""
        return jsonify(cut("operator_results", results(sid)))

    @blueprint.get("/Transcripts/<sid>/OperatorResults/<operator_sid>")
    def operator_result(sid: str, operator_sid: str) -> ResponseReturnValue:
        """Return the result of one language operator."""
        result = next((each for each in results(sid) if each["operator_sid"] == operator_sid), None)
        if result is None:
            abort(404, f"Transcript {sid[:40]} has no result of an operator {operator_sid[:40]}.")
        return jsonify(result)

    return blueprint


def _all(
    transcripts: Transcripts, is_wanted: Callable[[Transcript], bool], older_than: int | None
) -> Iterator[Transcript]:
    """Yield the transcripts that are wanted, the newest first."""
    while block := transcripts.listed(API, older_than=older_than, limit=BLOCK):
        yield from (each for each in block if not each.is_deleted and is_wanted(each))
        older_than = block[-1].number
