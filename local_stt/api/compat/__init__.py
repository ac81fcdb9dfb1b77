"""Programs that were written for a cloud's SDK: each vendor's routes, in the vendor's own words.

openai                files: `POST /v1/audio/transcriptions`
├── openai_answers    OpenAI's JSON, without I/O
deepgram              files: `POST /v1/listen`
├── deepgram_answers  Deepgram's JSON, without I/O
models                the list of models, `GET /v1/models`
├── submissions       transcribes a file while its sender waits
├── parameters        reads parameters as SDKs send them
└── errors            answers errors in a vendor's shape
"""

from collections.abc import Callable, Iterator

from flask import Blueprint

from ...core.formatting import Language
from ...jobs.uploads import Uploads
from ...net.guards import Guard
from ...store import Store
from .deepgram import deepgram
from .models import models
from .openai import openai
from .submissions import Submissions


def compatible(
    guard: Guard, uploads: Uploads | None, store: Store, language_of: Callable[[str], Language]
) -> Iterator[Blueprint]:
    """Yield the routes of all vendors.

    `uploads` is None where no files are taken; `language_of` returns the language of a model by its name.
    """
    submissions = Submissions(uploads, store)
    yield openai(guard, submissions, language_of)
    yield deepgram(guard, submissions, store, language_of)
    yield models(guard, submissions)
