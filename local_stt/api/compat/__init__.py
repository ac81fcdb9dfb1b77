"""Programs that were written for a cloud's SDK: each vendor's routes, in the vendor's own words.

openai                    files: `POST /v1/audio/transcriptions`
├── openai_answers        OpenAI's JSON, without I/O
deepgram                  files: `POST /v1/listen`
├── deepgram_answers      Deepgram's JSON, without I/O
deepgram_socket           live audio: the WebSocket `/v1/listen`
├── deepgram_live         Deepgram's streaming protocol, without I/O
├── deepgram_parameters   what both have in common
vosk_socket               live audio for programs of vosk-server: the WebSocket `/vosk`
├── vosk_live             vosk-server's protocol, without I/O
models                    the list of models, `GET /v1/models`
├── submissions           transcribes a file while its sender waits
├── live_route            makes the route of live sessions
├── live_line             carries a live session over its WebSocket
├── live_audio            turns a session's audio into packets, without I/O
├── parameters            reads parameters as SDKs send them
└── errors                answers errors in a vendor's shape
"""

from collections.abc import Iterator

from flask import Blueprint

from ...formatters import Formatters
from ...hub import Hub
from ...jobs.uploads import Uploads
from ...net.guards import Guard
from ...store import Store
from ...telephony.switchboard import Switchboard
from .deepgram import deepgram
from .deepgram_socket import deepgram_live
from .live_line import LiveSessions
from .models import models
from .openai import openai
from .submissions import Submissions
from .vosk_socket import vosk_server


def compatible(
    guard: Guard,
    uploads: Uploads | None,
    store: Store,
    formatters: Formatters,
    hub: Hub,
    switchboard: Switchboard | None,
) -> Iterator[Blueprint]:
    """Yield the routes of all vendors.

    `uploads` is None where no files are taken, `switchboard` where no calls are.  Live sessions get their
    events from `hub`.
    """
    submissions = Submissions(uploads, store)
    yield openai(guard, submissions, formatters.language_of_model)
    yield deepgram(guard, submissions, formatters.language_of_model)
    yield models(guard, submissions)
    if switchboard:
        sessions = LiveSessions()
        hub.subscribe(sessions.publish)
        yield deepgram_live(guard, switchboard, sessions, submissions, formatters)
        yield vosk_server(guard, switchboard, sessions, "/vosk")
