"""Programs that were written for a cloud's SDK: each vendor's routes, in the vendor's own words.

openai          files
deepgram        files, live audio
assemblyai      files, live audio
twilio          transcripts of Conversational Intelligence
vosk_server     live audio
models          the list of models, `GET /v1/models`
nowhere         every other path below these
├── live            what live sessions of all vendors have in common
├── submissions     transcribes a file while its sender waits
├── sources         addresses of audio that is here, or at Twilio
├── signed_audio    addresses of audio that hold for a while
├── json_text       reads JSON from outside, without I/O
├── parameters      reads parameters as SDKs send them
└── errors          answers errors in a vendor's shape
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask import Blueprint

from ...assistant import Assistant
from ...formatters import Analyzer, Formatters, RedactedCopies
from ...hub import Hub
from ...jobs.transcripts import Transcripts
from ...jobs.uploads import Uploads
from ...net.guards import Guard
from ...store import Store
from ...telephony.switchboard import Switchboard
from .assemblyai.files import assemblyai_files, text_of_transcript
from .assemblyai.lemur import assemblyai_lemur
from .assemblyai.live import IssueToken, assemblyai_live, assemblyai_tokens
from .assemblyai.sync import assemblyai_sync
from .deepgram.files import deepgram_files
from .deepgram.live import deepgram_live
from .live.line import LiveSessions
from .models import model_list
from .nowhere import unknown_paths
from .openai.files import openai_files
from .signed_audio import SignedAddresses, signed_recordings
from .submissions import Submissions
from .twilio.operators import twilio_operators
from .twilio.service_file import ServiceFile
from .twilio.services import twilio_services
from .twilio.transcripts import twilio_transcripts
from .vosk_server.live import vosk_live


@dataclass(frozen=True, slots=True)
class Backend:
    """The parts of the program that vendors' routes use."""

    store: Store
    formatters: Formatters
    copies: RedactedCopies
    analyze: Analyzer
    hub: Hub
    addresses: SignedAddresses
    uploads: Uploads | None = None
    """None where no files are taken"""
    transcripts: Transcripts | None = None
    """None where no files are taken"""
    services: ServiceFile | None = None
    """None where no files are taken"""
    callback_hosts: tuple[str, ...] = ()
    """Hosts to which it may be posted that a transcript is done, besides this machine"""
    switchboard: Switchboard | None = None
    """None where no calls are taken"""
    assistant: Assistant | None = None
    """None where there is no language model"""


def compatible(
    guard: Guard, backend: Backend, *, sessions_guard: Guard, issue_token: IssueToken
) -> Iterator[Blueprint]:
    """Yield the routes of all vendors.

    `sessions_guard` also takes the tokens that `issue_token` makes.
    """
    submissions = Submissions(backend.uploads, backend.store)
    language_of = backend.formatters.language_of_model
    yield openai_files(guard, submissions, language_of)
    yield deepgram_files(guard, submissions, language_of)
    yield model_list(guard, submissions)
    yield unknown_paths(guard)
    yield assemblyai_sync(guard, submissions)
    yield signed_recordings(backend.addresses, backend.store, backend.copies)
    if backend.transcripts and backend.services:
        yield twilio_services(guard, backend.services, submissions, language_of)
        yield assemblyai_files(
            guard,
            backend.transcripts,
            submissions,
            backend.store,
            backend.addresses,
            language_of,
            backend.callback_hosts,
        )
        text_of = partial(text_of_transcript, backend.transcripts, submissions)
        yield assemblyai_lemur(guard, backend.assistant, text_of)
        yield twilio_transcripts(
            guard,
            backend.transcripts,
            submissions,
            backend.store,
            backend.services,
            backend.addresses,
            backend.copies,
            backend.formatters,
            backend.analyze,
        )
        yield twilio_operators(guard)
    if backend.switchboard:
        yield assemblyai_tokens(guard, issue_token)
        yield from _live(guard, sessions_guard, backend, backend.switchboard, submissions)


def _live(
    guard: Guard,
    sessions_guard: Guard,
    backend: Backend,
    switchboard: Switchboard,
    submissions: Submissions,
) -> Iterator[Blueprint]:
    """Yield the routes of live sessions, which get their events from the hub."""
    sessions = LiveSessions()
    backend.hub.subscribe(sessions.publish)
    yield deepgram_live(guard, switchboard, sessions, submissions, backend.formatters)
    yield assemblyai_live(sessions_guard, switchboard, sessions, submissions, backend.formatters)
    yield vosk_live(guard, switchboard, sessions, "/vosk")
