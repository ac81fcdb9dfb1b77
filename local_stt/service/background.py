"""What is done where nobody waits for it: files are transcribed, recordings fetched or heard again."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..engine import Engine
from ..events import CallStarted
from ..jobs.runner import JobHandler, JobRunner, Model
from ..jobs.second_pass import SecondPassJobs
from ..jobs.twilio_recordings import RecordingJobs
from ..jobs.upload_folder import UploadFolder
from ..jobs.uploads import Uploads
from ..model_files import read_traits
from ..notices import notices
from ..store import EventWriter
from ..telephony.twilio import Twilio
from .engines import open_in_background


def uploads_of(settings: Settings, writer: EventWriter, engine: Engine) -> Uploads | None:
    """None where no files are taken."""
    if not settings.max_upload_mb:
        return None
    model = Model(engine.ready.folder, settings.words)
    return Uploads(
        writer.store,
        writer.server,
        model,
        UploadFolder(settings.data_dir),
        settings.max_upload_mb * 1_000_000,
        keep_audio=settings.keep_audio,
    )


def announced_of(
    twilio: Twilio | None, settings: Settings, writer: EventWriter, engine: Engine
) -> RecordingJobs | None:
    """None without an account."""
    if twilio is None:
        return None
    model = Model(engine.ready.folder, settings.words)
    return RecordingJobs(
        twilio.recordings, writer.store, writer.server, model, notices.info, keep_audio=settings.keep_audio
    )


def _chosen(better: Path, phonebook: Phonebook) -> Callable[[CallStarted], Model]:
    """From a call to the model and the vocabulary of its second pass, which is its number's where the model
    can be restricted to one."""
    if not read_traits(better).takes_phrases:
        return lambda _: Model(better)
    return lambda call: Model(better, phonebook.of(call.number).words)


@contextlib.contextmanager
def background_jobs(
    settings: Settings,
    phonebook: Phonebook,
    writer: EventWriter,
    uploads: Uploads | None,
    announced: RecordingJobs | None,
    better: Path | None,
) -> Iterator[None]:
    """What nobody waits for is done, beside the calls: files are transcribed, and recordings are heard
    again by a `better` model."""
    with contextlib.suppress(OSError):
        writer.store.recordings.clear_unfinished()
    handlers: list[JobHandler] = []
    if uploads:
        uploads.clean_up()
        handlers.append(uploads)
    if announced:
        handlers.append(announced)
    if better:
        handlers.append(SecondPassJobs(writer.store, writer.server, _chosen(better, phonebook), notices.info))
    runner = JobRunner(
        writer.store.jobs,
        writer.server,
        handlers,
        lambda model, give_up: open_in_background(model.folder, model.phrases, settings, give_up),
    )
    runner.start()
    try:
        yield
    finally:
        runner.close()
