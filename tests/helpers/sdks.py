"""Vendors' SDKs as PyPI and npm have them, each version in a folder of its own, installed once for all tests.

`python -m tests.helpers.sdks` installs all of them.
"""

import json
import os
import shutil
import subprocess
import sys

from .fetched import NotFetchedError, cache_folder, fetched_once, go_without

SDKS = {
    "openai-3": ["openai>=3.57,<4"],
    "openai-1": ["openai>=1.109,<2"],
    "deepgram-7": ["deepgram-sdk>=7.17,<8"],
    "deepgram-5": ["deepgram-sdk>=5.3,<6"],
    "deepgram-4": ["deepgram-sdk>=4.8,<5"],
    "assemblyai-1": ["assemblyai>=1.8,<2"],
    "assemblyai-1-settings": ["assemblyai>=1.8,<2", "pydantic-settings>=2"],
    "assemblyai-0": ["assemblyai>=0.64,<0.65"],
    "assemblyai-0.43": ["assemblyai>=0.43,<0.44"],
}
"""What pip installs, by the name of the folder"""

NODE_SDKS = {
    "assemblyai-node-4": "assemblyai@^4.41.5",
    "deepgram-node-5": "@deepgram/sdk@^5.13.0",
    "openai-node-6": "openai@^6.49.0",
    "twilio-node-6": "twilio@^6.3.1",
}
"""What npm installs, by the name of the folder.  Version 7 of OpenAI's needs Node.js 22."""


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
        missing = [program for program in ("node", "npm") if not shutil.which(program)]
        if missing:
            raise NotFetchedError(f"{' and '.join(missing)}: not installed (Debian: nodejs, npm)")
        npm = ["npm", "install", "--loglevel=error", "--no-audit", "--no-fund", "--prefix"]
        return _installed_by(npm, name, [NODE_SDKS[name]])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]
    return _installed_by(pip, f"{name}-py{sys.version_info.major}{sys.version_info.minor}", SDKS[name])


def _installed_by(command, folder, packages):
    """Give a folder with packages, which a command puts into the folder that is named after it."""

    def install(work):
        whole = [*command, work / "sdk", *packages]
        done = subprocess.run(whole, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotFetchedError(f"{' '.join(packages)} cannot be installed: {done.stderr.strip()[-300:]}")
        return work / "sdk"

    return fetched_once(cache_folder("sdks", "TEST_SDKS_DIR") / folder, install)


def run_with(name, script, *arguments, **variables):
    """Run a script with an SDK and environment variables, and return the JSON that it prints.

    Where an SDK cannot be had, only a developer's own machine may go without it.
    """
    folder = _installed_or_without(name)
    return _printed([sys.executable, "-c", script, *arguments], folder, PYTHONPATH=str(folder), **variables)


def run_node_with(name, script, *arguments, **variables):
    """Run an ES module with an SDK in Node.js, and return the JSON that it prints.

    Its arguments begin at `process.argv[1]`.  Node.js finds the SDK in the working folder.
    """
    command = ["node", "--input-type=module", "--eval", script, "--", *arguments]
    return _printed(command, _installed_or_without(name), **variables)


def _installed_or_without(name):
    try:
        return installed(name)
    except NotFetchedError as error:
        return go_without(error)


def _printed(command, folder, **variables):
    """Run a command in a folder; return the JSON that it prints."""
    environ = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=environ | variables,
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
