"""Findings, memory and clean calls of the long runs with damaged input."""

import json
import sys
import time
from collections import Counter

import psutil

from local_stt.audio_file import read_phone_audio
from local_stt.demo import RECORDING
from local_stt.errors import CallError
from local_stt.simulator import Caller, place_call

HANG_TIMEOUT = 300
"""Of one call, or of one connection that the server does not close: far more than a busy machine takes"""

MAX_GROWTH = 200 * 2**20
"""Bytes that memory may grow by after a tenth of all messages"""

CALL_AGAIN_TIMEOUT = 0.1


class Findings:
    """What was found, each kind once with an example, and what became of calls.  Safe to share."""

    def __init__(self):
        self.examples = {}
        self.outcomes = Counter()

    def add(self, kind, example):
        self.outcomes[f"FINDING: {kind}"] += 1
        self.examples.setdefault(kind, str(example)[:4000])

    def end(self):
        """Print all of it, and end the program: with status 1 if there is a finding."""
        for outcome, count in sorted(self.outcomes.items()):
            sys.stdout.write(f"{count:9} {outcome}\n")
        for kind, example in self.examples.items():
            sys.stdout.write(f"\nFINDING: {kind}\n{example}\n")
        sys.exit(bool(self.examples))


class Growth:
    """How much memory is used, from when a tenth of the work is done."""

    def __init__(self, findings, measure):
        self.findings, self.measure = findings, measure
        self.first = None

    def see(self, share):
        if self.first is None and share >= 0.1:
            self.first = self.measure()
        if share >= 1:
            grown = self.measure() - self.first
            self.findings.outcomes["MiB of growth after a tenth"] = grown // 2**20
            if grown > MAX_GROWTH:
                self.findings.add("memory that grows", f"{grown} bytes")


def _placed(url, call_id):
    """Place the sample call; whether the server took it."""
    to = f"ws://{url[0]}:{url[1]}/stream"
    try:
        place_call(read_phone_audio(RECORDING), to=to, caller=Caller(call_id), speed=20)
    except CallError:  # all lines are busy
        return False
    return True


def clean_call(run, url, call_id):
    """What is understood of the sample call, as (track, text), once there is room for it."""
    until = time.monotonic() + HANG_TIMEOUT
    while not _placed(url, call_id):
        if time.monotonic() > until:
            return []
        time.sleep(CALL_AGAIN_TIMEOUT)
    run.wait_for(rf'"call-ended".*"{call_id}"|"{call_id}".*"call-ended"', run.out, HANG_TIMEOUT)
    events = [json.loads(line) for line in tuple(run.out) if f'"{call_id}"' in line]
    return sorted((each["track"], each["text"]) for each in events if each["type"] == "final")


def memory_of(pid):
    """Bytes that a program and the processes it has started keep in memory, those they share counted once."""
    server = psutil.Process(pid)
    processes = [server, *server.children(recursive=True)]
    return sum(process.memory_full_info().uss for process in processes)


def say(text):
    """Write a line with the time to stderr."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
