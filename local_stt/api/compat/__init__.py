"""Programs that were written for a cloud's SDK: each vendor's routes, in the vendor's own words.

openai                    files: `POST /v1/audio/transcriptions`
├── openai_answers        OpenAI's JSON, without I/O
assemblyai                files: `/v2/upload`, `/v2/transcript`
├── assemblyai_parameters what its programs ask for
├── assemblyai_answers    AssemblyAI's JSON, without I/O
├── sources               addresses of audio that is here, or at Twilio
├── assemblyai_sync       files whose text is the answer: `POST /v1/transcribe/live`
├── signed_audio          addresses of audio that hold for a while
intelligence              transcripts of Twilio's Conversational Intelligence: `/v2/Transcripts`
├── intelligence_services its services: `/v2/Services`
├── intelligence_parameters  what its programs ask for
├── intelligence_pages    divides its lists into pages
├── intelligence_answers  Twilio's JSON, without I/O
deepgram                  files: `POST /v1/listen`
├── deepgram_answers      Deepgram's JSON, without I/O
deepgram_socket           live audio: the WebSocket `/v1/listen`
├── deepgram_live         Deepgram's streaming protocol, without I/O
├── deepgram_parameters   what both have in common
assemblyai_socket         live audio: the WebSocket `/v3/ws`, and its tokens, `/v3/token`
├── assemblyai_live       AssemblyAI's streaming protocol, without I/O
vosk_socket               live audio for programs of vosk-server: the WebSocket `/vosk`
├── vosk_live             vosk-server's protocol, without I/O
models                    the list of models, `GET /v1/models`
nowhere                   every other path below these
├── submissions           transcribes a file while its sender waits
├── live_route            makes the route of live sessions
├── live_line             carries a live session over its WebSocket
├── live_audio            turns a session's audio into packets, without I/O
├── live_messages         what messages of vendors have in common, without I/O
├── parameters            reads parameters as SDKs send them
└── errors                answers errors in a vendor's shape
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint

from ...formatters import Formatters, RedactedCopies
from ...hub import Hub
from ...jobs.services import ServiceFile
from ...jobs.transcripts import Transcripts
from ...jobs.uploads import Uploads
from ...net.guards import Guard
from ...store import Store
from ...telephony.switchboard import Switchboard
from .assemblyai import assemblyai
from .assemblyai_socket import IssueToken, assemblyai_live, assemblyai_tokens
from .assemblyai_sync import assemblyai_sync
from .deepgram import deepgram
from .deepgram_socket import deepgram_live
from .intelligence import intelligence
from .intelligence_services import intelligence_services
from .live_line import LiveSessions
from .models import models
from .nowhere import nowhere
from .openai import openai
from .signed_audio import SignedAddresses, signed_audio
from .submissions import Submissions
from .vosk_socket import vosk_server


@dataclass(frozen=True, slots=True)
class Backend:
    """The parts of the program that vendors' routes use."""

    store: Store
    formatters: Formatters
    copies: RedactedCopies
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


def compatible(
    guard: Guard, backend: Backend, *, sessions_guard: Guard, issue_token: IssueToken
) -> Iterator[Blueprint]:
    """Yield the routes of all vendors.

    `sessions_guard` also takes the tokens that `issue_token` makes.
    """
    submissions = Submissions(backend.uploads, backend.store)
    language_of = backend.formatters.language_of_model
    yield openai(guard, submissions, language_of)
    yield deepgram(guard, submissions, language_of)
    yield models(guard, submissions)
    yield nowhere(guard)
    yield assemblyai_sync(guard, submissions)
    yield signed_audio(backend.addresses, backend.store, backend.copies)
    if backend.transcripts and backend.services:
        yield intelligence_services(guard, backend.services, submissions, language_of)
        yield assemblyai(
            guard,
            backend.transcripts,
            submissions,
            backend.store,
            backend.addresses,
            language_of,
            backend.callback_hosts,
        )
        yield intelligence(
            guard,
            backend.transcripts,
            submissions,
            backend.store,
            backend.services,
            backend.addresses,
            backend.copies,
            language_of,
        )
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
    yield vosk_server(guard, switchboard, sessions, "/vosk")
