"""Downloading from the mirror, for tests: an archive that is right, and what comes of one that is not."""

import pytest

from helpers.models import DEMO_MODEL
from local_stt.errors import DownloadError
from local_stt.model_files import download, fetch_list, find_listed
from local_stt.model_files.folders import STATIC
from stand_ins.model_mirror import MODEL_FILES, archive

NAME = "vosk-model-small-xx-0.1"
PART = f".{NAME}.zip.part"
DEMO_FILES = {
    file.relative_to(DEMO_MODEL).as_posix(): file.read_bytes()
    for file in DEMO_MODEL.rglob("*.*")
    if STATIC not in file.parts
}
"""Of a model that can be loaded"""

GOOD = archive(MODEL_FILES, top=NAME)


def raiser(error):
    """Return a function that raises the error, with any arguments."""

    def function(*args, **options):
        raise error

    return function


def nobody_watches(done, total):
    pass


def get(mirror, models, progress=nobody_watches):
    return download(find_listed(fetch_list(mirror.list_url), NAME), models, progress=progress)


def refusal(mirror, models):
    """The sentence a download ends with."""
    with pytest.raises(DownloadError) as raised:
        get(mirror, models)
    return str(raised.value)


def left(models):
    """What is in the models folder, hidden files included."""
    return sorted(path.name for path in models.iterdir()) if models.exists() else []


def archives_asked(mirror):
    """The Range of each request for an archive."""
    return [asked for path, asked in mirror.asked if path.endswith(".zip")]
