"""The embedded speech model."""

import shutil

from helpers.project import PROJECT
from local_stt.model_files.folders import STATIC

DEMO_MODEL = PROJECT / "models" / "demo-en"


def copy_demo_model(folder):
    """Copy the embedded model to a folder of this name, with its graph in two files only."""
    return shutil.copytree(DEMO_MODEL, folder, ignore=shutil.ignore_patterns(STATIC))
