"""Commands of this project, run as a user runs them."""

import subprocess
import sys

from click.testing import CliRunner

from helpers.models import DEMO_MODEL
from helpers.project import PROJECT
from local_stt.cli import main

TRANSCRIBE = [sys.executable, "-m", "local_stt", "transcribe", "--model", str(DEMO_MODEL)]


def run_module(name, *options):
    """Run a module of this project as `python -m` does; return how it ended, with what it wrote."""
    command = [sys.executable, "-m", name, *map(str, options)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def run_calls(folder, *arguments):
    """Run `calls` on a data folder."""
    return CliRunner().invoke(main, ["calls", *arguments, "--data-dir", str(folder)])
