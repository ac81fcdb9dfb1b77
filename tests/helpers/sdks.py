"""Vendors' SDKs as PyPI and npm have them, each version in a folder of its own, installed once for all tests.

`python -m tests.helpers.sdks` installs all of them.
"""

import json
import os
import subprocess
import sys

from .fetched import NotFetchedError, cache_folder, fetched_once, go_without

SDKS = {
    "openai-3": "openai>=3.57,<4",
    "openai-1": "openai>=1.109,<2",
    "deepgram-7": "deepgram-sdk>=7.17,<8",
    "deepgram-5": "deepgram-sdk>=5.3,<6",
    "deepgram-4": "deepgram-sdk>=4.8,<5",
    "assemblyai-1": "assemblyai>=1.8,<2",
    "assemblyai-1-settings": "assemblyai>=1.8,<2 pydantic-settings",
    "assemblyai-0": "assemblyai>=0.64,<0.65",
    "assemblyai-0.43": "assemblyai>=0.43,<0.44",
}
"""What pip installs, by the name of the folder; a space is between requirements"""

NODE_SDKS = {"assemblyai-node-4": "assemblyai@^4.41.5"}
"""What npm installs, by the name of the folder"""


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


def installed(name):
    """Give the folder of an SDK, and install it if it is not there.  Raises `NotFetchedError`."""
    if name in NODE_SDKS:
        return _fetched(name, ["npm", "install", "--silent", "--prefix"], [NODE_SDKS[name]])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]
    folder = f"{name}-py{sys.version_info.major}{sys.version_info.minor}"
    return _fetched(folder, pip, SDKS[name].split())


def _fetched(folder, command, requirements):
    """Give a folder that a command, which takes it as its next argument, installs requirements into."""

    def install(work):
        try:
            whole = [*command, work / "sdk", *requirements]
            subprocess.run(whole, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = str(getattr(error, "stderr", error)).strip()[-300:]
            raise NotFetchedError(f"{requirements} cannot be installed: {said}") from error
        return work / "sdk"

    return fetched_once(cache_folder("sdks", "TEST_SDKS_DIR") / folder, install)


def run_with(name, script, *arguments, **variables):
    """Run a script with an SDK and more environment variables, and return the JSON that it prints.

    Where an SDK cannot be had, only a developer's own machine may go without it.
    """
    try:
        folder = installed(name)
    except NotFetchedError as error:
        go_without(error)
    environ = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    if name in NODE_SDKS:
        command, found = ["node", "-e"], {"NODE_PATH": str(folder / "node_modules")}
    else:
        command, found = [sys.executable, "-c"], {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [*command, script, *map(str, arguments)],
        env=environ | found | variables,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


if __name__ == "__main__":
    try:
        for each in (*SDKS, *NODE_SDKS):
            installed(each)
    except NotFetchedError as error:
        sys.exit(f"Error: {error}")
