"""Uploads that are transcribed with the real engine."""

import contextlib
from pathlib import Path

from helpers.models import DEMO_MODEL
from local_stt.config.settings import Settings
from local_stt.jobs.runner import JobRunner, Model
from local_stt.jobs.uploads import Uploads
from local_stt.service.engines import open_in_background


def in_background(model, give_up):
    """Start an engine for files, as a program does."""
    return open_in_background(model.folder, model.phrases, Settings(workers=1), give_up)


@contextlib.contextmanager
def taking(store, folder, *, most_bytes=20_000_000, open_engine=in_background, keep_audio=True):
    """Take uploads, with a job runner that transcribes them."""
    uploads = Uploads(store, Model(DEMO_MODEL), folder, most_bytes, keep_audio=keep_audio)
    runner = JobRunner([uploads.next], open_engine)
    uploads.added = runner.wake
    runner.start()
    with contextlib.closing(uploads), contextlib.closing(runner):
        yield uploads


def nameless_files(folder):
    """Count the files that this process holds and that have no name any more."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(descriptor.readlink()))
    return sum(link.startswith(str(folder)) and link.endswith("(deleted)") for link in links)
