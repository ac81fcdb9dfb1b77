"""Uploads that are transcribed with the real engine."""

import contextlib

from helpers.models import DEMO_MODEL
from local_stt.config.settings import RecognitionSettings
from local_stt.hub import Hub
from local_stt.jobs.runner import JobRunner, Model
from local_stt.jobs.transcripts import Transcripts
from local_stt.jobs.upload_folder import IDENTITY, UploadFolder
from local_stt.jobs.uploads import Uploads
from local_stt.service.engines import open_in_background
from local_stt.store import JobKind


def in_background(model, on_fatal):
    """Start an engine for files, as a program does."""
    return open_in_background(model.folder, model.phrases, RecognitionSettings(workers=1), on_fatal)


def uploads_of(store, folder, *, max_bytes=20_000_000, keep_audio=True, server="s1", **options):
    """Take uploads as a program of that name does, without a job runner."""
    return Uploads(
        store, server, Model(DEMO_MODEL), UploadFolder(folder), max_bytes, keep_audio=keep_audio, **options
    )


@contextlib.contextmanager
def taking(store, folder, *, open_engine=in_background, server="s1", **options):
    """Take uploads, with a job runner that transcribes them."""
    uploads = uploads_of(store, folder, server=server, **options)
    with contextlib.closing(JobRunner(store.jobs, server, [uploads], open_engine)) as runner:
        runner.start()
        yield uploads


@contextlib.contextmanager
def taking_transcripts(store, folder, *, server="s1", **options):
    """Take uploads and transcripts, with a job runner that makes them."""
    uploads = uploads_of(store, folder, server=server, **options)
    queue = uploads_of(store, folder, server=server, kind=JobKind.TRANSCRIPT, **options)
    with contextlib.closing(JobRunner(store.jobs, server, [uploads, queue], in_background)) as runner:
        runner.start()
        yield uploads, Transcripts(store, queue, UploadFolder(folder), Hub([]))


def files_in(folder):
    """Count the files that arrive or wait in a data folder."""
    return len([each for each in folder.glob("uploads/*") if each.name != IDENTITY])
