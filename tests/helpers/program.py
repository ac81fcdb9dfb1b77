"""Whole `local_stt` processes, against stand-ins for Twilio and ngrok."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

from helpers import TESTS
from helpers.processes import kill_all
from helpers.project import PROJECT
from local_stt.errors import CallError
from local_stt.simulator import place_call
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

NGROK = TESTS / "stand_ins" / "ngrok"

NOTHING_SET = {
    name: value
    for name, value in os.environ.items()
    if not re.match("LOCAL_STT|TWILIO|TRANSCRIPTION|WEBHOOK|.*NGROK", name)
} | {"LOCAL_STT_FORMAT_TEXT": "no"}
"""The environment without settings.  Text is not formatted, as tests compare words as they are recognized."""


def stream_of(folder):
    """Find the address of the stream behind the tunnel that was opened last."""
    (opened,) = [each for each in ngrok_log(folder)[-1:] if "endpoint" in each]
    return "ws" + opened["endpoint"]["upstream"]["url"].removeprefix("http") + "/stream"


class Program:
    """A `local_stt` process, its lines read as they come."""

    def __init__(self, arguments, environ, folder, within=()):
        """Start it in a folder; `within` is a command that runs another one, such as `ip netns exec NAME`."""
        self.folder = folder
        self.process = subprocess.Popen(
            [*within, sys.executable, "-m", "local_stt", *arguments],
            cwd=folder,
            env=NOTHING_SET | {"PYTHONPATH": str(PROJECT), **homes(folder)} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out, self.err = [], []
        self.threads = [
            threading.Thread(target=self._read, args=(stream, lines))
            for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for thread in self.threads:
            thread.start()

    def _read(self, stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))
        stream.close()

    def wait_for(self, pattern, lines, seconds=400):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in tuple(lines):
                if match := re.search(pattern, line):
                    return match
            assert self.process.poll() is None or any(t.is_alive() for t in self.threads), "\n".join(self.err)
            time.sleep(0.02)
        raise AssertionError(f"no {pattern!r} in:\n" + "\n".join(lines))

    def end(self, signum=signal.SIGTERM):
        if signum and self.process.poll() is None:
            self.process.send_signal(signum)
        code = self.process.wait(400)
        for thread in self.threads:
            thread.join()
        return code


def homes(folder):
    """Make the environment that says where a program keeps things, unless a test says otherwise."""
    return {"HOME": str(folder), "LOCAL_STT_DATA_DIR": str(folder / "data")}


@contextmanager
def program(*arguments, folder, **environ):
    """Start a program; end it and all that it has started."""
    started = Program(arguments, environ, folder)
    try:
        yield started
    finally:
        kill_all(started.process)  # whatever went wrong, none holds a pipe
        started.end()


def credentials(api, folder):
    """Make the environment of a program that uses the stand-ins."""
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "LOCAL_STT_TWILIO_API_URL": api.url,
        "LOCAL_STT_DATA_DIR": str(folder / "data"),
        "LOCAL_STT_MODEL": "demo-en",
        "NGROK_AUTHTOKEN": "token",
        "PYNGROK_NGROK_PATH": str(NGROK),
        "STAND_IN_NGROK": str(folder / "orders.json"),
    }


def ngrok_log(folder):
    """Read what the stand-in for ngrok was asked to do."""
    return [json.loads(line) for line in (folder / "orders.log").read_text().splitlines()]


def call_until_closed(channels, to, caller, speed=2, **options):
    """Place a call that the server may break off."""
    with contextlib.suppress(CallError):
        place_call(channels, to=to, caller=caller, auth_token=AUTH_TOKEN, speed=speed, **options)
