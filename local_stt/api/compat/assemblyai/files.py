"""The routes of AssemblyAI's file API, for programs that use its SDKs.

Source: https://www.assemblyai.com/docs/api-reference/transcripts/submit
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from ....core.formats import FORMATS, milliseconds
from ....errors import NoSuchCall
from ....jobs.file_options import WHOLE_FILE, FileOptions
from ....jobs.sources import KeptCall
from ....jobs.transcripts import Transcript, Transcripts, new_id
from ....jobs.upload import UploadState
from ....net.guards import Guard
from ....store import Store
from ...received_file import receive, write_body
from ..errors import answer_errors, error_alone
from ..parameters import json_body, number
from ..signed_audio import SignedAddresses
from ..sources import UPLOADS, refusal, source_of
from ..submissions import FileText, LanguageOf, Submissions
from . import answers
from .parameters import callback_of, echoed, options_of

API = "assemblyai"
"""The name of the API in the store"""

MAX_LISTED = 200

CHARS_PER_CAPTION = 42


def assemblyai_files(
    guard: Guard,
    transcripts: Transcripts,
    submissions: Submissions,
    store: Store,
    addresses: SignedAddresses,
    language_of: LanguageOf,
    callback_hosts: Collection[str],
) -> Blueprint:
    """Make the routes of uploads and transcripts.

    `callback_hosts` are those to which it may be posted that a transcript is done, besides this machine.
    """
    blueprint = guard.protect(Blueprint("assemblyai", __name__))
    answer_errors(blueprint, error_alone)

    def answer(kept: Transcript) -> ResponseReturnValue:
        text = _text(kept) if kept.call_id else None
        language = language_of(text.call.text_model if text else submissions.model)
        return jsonify(answers.transcript(kept, text, submissions.model, language))

    def _text(kept: Transcript) -> FileText:
        assert kept.call_id
        return submissions.kept(kept.call_id, kept.note or "")

    def found(transcript_id: str) -> Transcript:
        kept = transcripts.find(API, transcript_id)
        if kept is None:
            abort(404, "Transcript lookup error, transcript id not found")
        return kept

    def done(transcript_id: str) -> tuple[Transcript, FileText]:
        kept = found(transcript_id)
        if not kept.call_id:
            abort(400, "This transcript is not completed, or was deleted.")
        return kept, _text(kept)

    @blueprint.post("/v2/upload")
    def upload() -> ResponseReturnValue:
        """Keep a file for transcripts of it."""
        with receive(transcripts.files) as arrival:
            write_body(arrival.file)
            if not arrival.file.seek(0, 2):
                abort(400, "The request has no audio in it.")
            return jsonify({"upload_url": request.host_url.rstrip("/") + UPLOADS + transcripts.keep(arrival)})

    @blueprint.post("/v2/transcript")
    def create() -> ResponseReturnValue:
        """Ask for a transcript."""
        asked = {name: value for name, value in json_body().items() if value is not None}
        address = asked.get("audio_url")
        source = source_of(address, request.host) if isinstance(address, str) else None
        options = options_of(asked)
        id = new_id()
        callback = callback_of(asked, id, callback_hosts)
        wanted = {"audio_url": address, "shown": echoed(asked)}
        if source is None:
            abort(400, refusal("audio_url", request.host))
        if isinstance(source, KeptCall):
            _require_as_kept(options)
        try:
            kept = transcripts.create(API, wanted, source, options, id=id, callback=callback)
        except NoSuchCall as error:
            abort(400, f"audio_url: {error}")
        return answer(kept)

    @blueprint.get("/v2/transcript")
    def listed() -> ResponseReturnValue:
        """List transcripts, the newest first."""
        return jsonify(_page(transcripts))

    @blueprint.get("/v2/transcript/<transcript_id>")
    def get(transcript_id: str) -> ResponseReturnValue:
        """Return a transcript."""
        return answer(found(transcript_id))

    @blueprint.delete("/v2/transcript/<transcript_id>")
    def delete(transcript_id: str) -> ResponseReturnValue:
        """Delete a transcript with its audio."""
        found(transcript_id)
        left = transcripts.delete(API, transcript_id)
        assert left
        return answer(left)

    @blueprint.get("/v2/transcript/<transcript_id>/sentences")
    def in_sentences(transcript_id: str) -> ResponseReturnValue:
        """List the sentences of a transcript."""
        return jsonify(answers.in_sentences(*done(transcript_id)))

    @blueprint.get("/v2/transcript/<transcript_id>/paragraphs")
    def in_paragraphs(transcript_id: str) -> ResponseReturnValue:
        """List the paragraphs of a transcript."""
        return jsonify(answers.in_parts(*done(transcript_id)))

    @blueprint.get("/v2/transcript/<transcript_id>/<any(srt, vtt):name>")
    def captions(transcript_id: str, name: str) -> ResponseReturnValue:
        """Write the captions of a transcript, without speakers."""
        kept, text = done(transcript_id)
        said = answers.without_speakers(answers.written(text, kept.request["shown"]))
        _, render = FORMATS[name]
        return Response(
            render(text.call, said, number("chars_per_caption", CHARS_PER_CAPTION)), mimetype="text/plain"
        )

    @blueprint.get("/v2/transcript/<transcript_id>/word-search")
    def word_search(transcript_id: str) -> ResponseReturnValue:
        """Find where words and phrases were said."""
        phrases = request.args.get("words", "").split(",")
        return jsonify(answers.word_search(*done(transcript_id), phrases))

    @blueprint.get("/v2/transcript/<transcript_id>/redacted-audio")
    def redacted_audio(transcript_id: str) -> ResponseReturnValue:
        """Return an address of the audio, which is redacted as the text is."""
        kept = found(transcript_id)
        if not kept.request.get("shown", {}).get("redact_pii_audio"):
            abort(400, "redact_pii_audio was not asked for with this transcript.")
        if kept.state in (UploadState.QUEUED, UploadState.WORKING):
            return jsonify({"status": "processing"}), 202
        if not (kept.call_id and store.call(kept.call_id).recorded):
            abort(400, "There is no audio of this transcript.")
        return jsonify(
            {"status": "redacted_audio_ready", "redacted_audio_url": addresses.address(kept.call_id)}
        )

    return blueprint


def text_of_transcript(transcripts: Transcripts, submissions: Submissions, transcript_id: str) -> FileText:
    """Return the text of a transcript; refuse one that is unknown or not done."""
    kept = transcripts.find(API, transcript_id)
    if kept is None or not kept.call_id:
        abort(400, f"There is no completed transcript {transcript_id[:40]!r}.")
    return submissions.kept(kept.call_id, kept.note or "")


def _require_as_kept(options: FileOptions) -> None:
    """Refuse options that would change the text of a kept call, as it would be given without them."""
    if replace(options, mono=False, is_kept_once=True) != WHOLE_FILE:
        abort(
            400, "audio_url: a call that is kept is given as it is kept; upload its audio for these options."
        )


def _page(transcripts: Transcripts) -> dict[str, Any]:
    """Write the page of the list that the current request asks for."""
    limit = min(max(1, number("limit", 10)), MAX_LISTED)
    find = partial(transcripts.listed, API, **_filter())
    before, after = (_place(transcripts, request.args.get(name, "")) for name in ("before_id", "after_id"))
    listed = find(limit=limit, older_than=before, newer_than=after)
    older = newer = None
    if listed and find(limit=1, older_than=listed[-1].number):
        older = _address(before_id=listed[-1].id)
    if listed and find(limit=1, newer_than=listed[0].number):
        newer = _address(after_id=listed[0].id)
    return answers.page(
        listed,
        limit,
        current=_address(**request.args.to_dict()),
        older=older,
        newer=newer,
        base=request.base_url,
    )


def _address(**parameters: str) -> str:
    """Return the address of another page of the list, with the same filters."""
    kept = {name: value for name, value in request.args.items() if name not in ("before_id", "after_id")}
    return f"{request.base_url}?{urlencode(kept | parameters)}"


def _place(transcripts: Transcripts, transcript_id: str) -> int | None:
    if not transcript_id:
        return None
    kept = transcripts.find(API, transcript_id)
    if kept is None:
        abort(400, f"There is no transcript {transcript_id[:40]!r}.")
    return kept.number


def _filter() -> dict[str, Any]:
    """Read which transcripts are listed; some SDKs send a status as `TranscriptStatus.completed`."""
    wanted: dict[str, Any] = {}
    if status := request.args.get("status", "").rpartition(".")[2]:
        wanted["states"] = [state for state, name in answers.STATUSES.items() if name == status]
        if not wanted["states"]:
            abort(400, f"status: {status[:20]!r} is not one of {', '.join(answers.STATUSES.values())}.")
    if day := request.args.get("created_on", ""):
        try:
            begins = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
            ends = begins + timedelta(days=1)
        except (ValueError, OverflowError):
            abort(400, f"created_on: {day[:20]!r} is no date such as 2026-01-31.")
        wanted["since"], wanted["until"] = (milliseconds(each.timestamp()) for each in (begins, ends))
    return wanted
