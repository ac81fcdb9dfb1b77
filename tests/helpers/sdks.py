"""Vendors' SDKs as PyPI has them, each version in a folder of its own, installed once for all tests.

`python -m tests.helpers.sdks` installs all of them.
"""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SDKS = {
    "openai-3": "openai>=3.57,<4",
    "openai-1": "openai>=1.109,<2",
    "deepgram-7": "deepgram-sdk>=7.17,<8",
    "deepgram-5": "deepgram-sdk>=5.3,<6",
    "deepgram-4": "deepgram-sdk>=4.8,<5",
}
"""What pip installs, by the name of the folder"""


DEEPGRAM_CLIENT = """
import json, sys
base, key, path = sys.argv[1:]
def client(key=key):
    from deepgram import DeepgramClient
    from deepgram.environment import DeepgramClientEnvironment
    import inspect
    known = inspect.signature(DeepgramClientEnvironment).parameters
    places = {"base": base, "production": base.replace("http", "ws"), "agent": base, "agent_rest": base}
    environment = DeepgramClientEnvironment(**{name: places[name] for name in known})
    return DeepgramClient(api_key=key, environment=environment)
audio = open(path, "rb").read()
"""
"""The beginning of a script that uses Deepgram's SDK, version 5 or later"""


class NotInstalledError(Exception):
    """An SDK is neither here nor to be had."""


def sdks_folder():
    """Where SDKs for tests are kept; the environment's TEST_SDKS_DIR names another folder."""
    default = Path.home() / ".cache" / "local_stt" / "sdks"
    return Path(os.environ.get("TEST_SDKS_DIR") or default).expanduser()


def installed(name):
    """Give the folder of an SDK, and install it if it is not there.

    Tests that run side by side wait for the first of them.  The folder gets its name when it is whole.
    """
    folder = sdks_folder() / f"{name}-py{sys.version_info.major}{sys.version_info.minor}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{name}.") as work:
                command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
                done = subprocess.run(
                    [*command, "--target", f"{work}/sdk", SDKS[name]],
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode:
                    raise NotInstalledError(f"pip cannot install {SDKS[name]}: {done.stderr.strip()[-300:]}")
                Path(work, "sdk").rename(folder)
    return folder


def run_with(name, script, *arguments):
    """Run a script with an SDK, and return the JSON that it prints.

    Where an SDK cannot be had, only a developer's own machine may go without it.
    """
    try:
        folder = installed(name)
    except NotInstalledError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    environ = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


if __name__ == "__main__":
    try:
        for each in SDKS:
            installed(each)
    except NotInstalledError as error:
        sys.exit(f"Error: {error}")
