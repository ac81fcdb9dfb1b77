"""Measure what programs written for Deepgram cost beside calls, and beside `transcribe`.

    python -m benchmarks.drop_in [--calls 10] [--seconds 20] [--minutes 5] [--rounds 5]

One server takes calls and live sessions of the same audio in turn, with a message for every 20 ms, at the
pace of speech.  Then a file is sent to `POST /v1/listen`, whose model is loaded, and given to `transcribe`.
Both write the words of each channel, and keep the file as a call.  What a file takes beyond its first second
leaves out the start of programs.  The table has medians: of the costs, and of the ratios of each round.
"""

import argparse
import contextlib
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import soundfile

from local_stt.audio import PHONE_RATE
from tools.project import PROJECT

from . import audio_material, processes, transcribe
from .audio_material import CONVERSATION, Material
from .measures import MS
from .runs import GRACE_SECONDS, plan_of
from .servers import LOCAL_STT, Child, ProcessError, Server, running, server
from .transcribe import DEMO_MODEL, Recording

CALLS, SESSIONS, INTERIM = "calls", "live sessions", "live sessions, interim results"
COMMAND, SENT = "transcribe", "POST /v1/listen"
BEYOND = ", beyond a second"

LISTEN = "/v1/listen?encoding=mulaw&sample_rate=8000&channels=2&multichannel=true"
PATHS = {CALLS: "", SESSIONS: LISTEN, INTERIM: f"{LISTEN}&interim_results=true"}

MOST = {SESSIONS: 1.1, SENT: 1.03, SENT + BEYOND: 1.03}
"""Largest ratios that are wanted"""

FILES = "/v1/listen?multichannel=true&smart_format=true"
CHANNELS = 2
POLL_SECONDS = 0.02  # what follows the last poll is not seen
FILE_TIMEOUT = 3600.0


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run."""

    cpu_ms: float
    """CPU time in ms of the whole process tree, for a second of one track"""
    words: int


class Measurement:
    """Measures all ways at one server."""

    def __init__(self, started: Server, folder: Path) -> None:
        self._server, self._folder = started, folder
        self._token = started.wait_for_token()

    def live(self, way: str, material: Material, calls: int) -> Cost:
        """Play calls, or live sessions of the same audio, at the pace of speech."""
        plan = plan_of(self._server.port, material, calls, self._folder)
        plan = replace(plan, live=PATHS[way], token=self._token)
        path = self._folder / "plan.json"
        path.write_text(plan.to_json(), encoding="utf-8")
        events, ended = len(self._server.lines), self._server.ended
        with running(Child("the load", ["benchmarks.load", str(path)], self._folder, ())) as load:
            load.wait_for_lines(1, seconds=60)
            before = self._server.cpu_seconds
            assert load.process.stdin
            load.process.stdin.write("go\n")
            load.process.stdin.flush()
            longest = max(call.seconds for call in material.calls)
            deadline = time.monotonic() + 2 * longest + GRACE_SECONDS
            if self._server.wait_for_ends(ended + calls, deadline) < ended + calls:
                raise self._server.fail("did not end all calls in time")
            used = self._server.cpu_seconds - before
        played = [material.calls[call.audio] for call in plan.calls]
        seconds = sum(len(mulaw) for call in played for mulaw in call.tracks.values()) / PHONE_RATE
        said = [
            each.event["text"] for each in self._server.arrivals()[events:] if each.event["type"] == "final"
        ]
        return Cost(MS * used / seconds, len(" ".join(said).split()))

    def send(self, recording: Recording, short: Recording) -> Cost:
        """Send a file to `POST /v1/listen`, with the model loaded by a short one."""
        self._post(short)
        before = self._server.cpu_seconds
        answer = self._post(recording)
        used = self._server.cpu_seconds - before
        said = [channel["alternatives"][0]["transcript"] for channel in answer["results"]["channels"]]
        return Cost(MS * used / recording.seconds / CHANNELS, len(" ".join(said).split()))

    def _post(self, recording: Recording) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=FILE_TIMEOUT)
        with contextlib.closing(connection):
            headers = {"Authorization": f"Token {self._token}"}
            connection.request("POST", FILES, recording.path.read_bytes(), headers)
            answer = connection.getresponse()
            text = answer.read()
        if answer.status != 200:
            raise self._server.fail(f"refused a file: {text[:200]!r}")
        return json.loads(text)


def shortened(recording: Recording, folder: Path) -> Recording:
    """Return the first second of a recording."""
    path = folder / "short.flac"
    rate = soundfile.info(recording.path).samplerate
    soundfile.write(path, soundfile.read(recording.path, frames=rate)[0], rate)
    return Recording("a second", path, 1.0, [])


def transcribed(recording: Recording, folder: Path) -> Cost:
    """Give a file to `transcribe`, which keeps it as a call, in a data folder that is new."""
    command = transcribe.command_of("local_stt", recording, DEMO_MODEL, folder)
    command.remove("--no-keep-calls")
    silent = subprocess.DEVNULL
    with tempfile.TemporaryDirectory() as data:
        command += ["--data-dir", data]
        with subprocess.Popen(command, cwd=PROJECT, stdout=silent, stderr=silent) as process:
            used = seconds_until_end(process)
    if process.returncode:
        raise ProcessError(f"transcribe ended with status {process.returncode}")
    text = (folder / f"{recording.path.stem}.txt").read_text(encoding="utf-8")
    return Cost(MS * used / recording.seconds / CHANNELS, len(transcribe.written(text)))


def seconds_until_end(process: subprocess.Popen[bytes]) -> float:
    """Wait for a program to end; return the processor time of its tree in seconds.

    The time of recognizers is gone with them, as nobody waits for them.  So the poll with the most time
    counts, and what the program itself has used since.
    """
    most = before = own = 0.0
    while process.poll() is None:
        total = processes.cpu_seconds(process.pid)
        own = processes.cpu_seconds_each(process.pid).get(process.pid, own)
        if total > most:
            most, before = total, own
        time.sleep(POLL_SECONDS)
    return most + own - before


def beyond(whole: Sequence[Cost], short: Sequence[Cost], seconds: float) -> list[Cost]:
    """Return the costs of files beyond their first second."""
    return [
        Cost((long.cpu_ms * seconds - first.cpu_ms) / (seconds - 1), long.words)
        for long, first in zip(whole, short, strict=True)
    ]


def show(found: dict[str, list[Cost]], base: str) -> None:
    """Print a row for each way, with its ratio to the base: the median of the rounds' ratios."""
    for way, costs in found.items():
        ratio = statistics.median(
            cost.cpu_ms / other.cpu_ms for cost, other in zip(costs, found[base], strict=True)
        )
        cells = way, f"{statistics.median(cost.cpu_ms for cost in costs):.2f}", f"{ratio:.3f}"
        words = "/".join(sorted({str(cost.words) for cost in costs}))
        print(f"| {' | '.join(cells)} | {MOST.get(way, '')} | {words} |", flush=True)


def rounds(count: int, ways: Mapping[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """Measure all ways in turn, a number of times."""
    found: dict[str, list[Cost]] = {way: [] for way in ways}
    for number in range(count):
        for way, measure in ways.items():
            found[way].append(measure())
            print(f"{number + 1} of {count}: {way}: {found[way][-1].cpu_ms:.2f} ms", file=sys.stderr)
    return found


def main() -> None:
    """Print a table of the measurements."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=10, help="calls or sessions at once")
    parser.add_argument("--seconds", type=float, default=20, help="of each call")
    parser.add_argument("--minutes", type=float, default=5, help="of the file")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    busy = processes.busy_share()
    with tempfile.TemporaryDirectory() as name, server(LOCAL_STT, DEMO_MODEL) as started:
        folder = Path(name)
        measurement = Measurement(started, folder)
        material = audio_material.make(CONVERSATION, options.seconds)
        _, recording = transcribe.make(folder, options.minutes)
        live = {way: partial(measurement.live, way, material, options.calls) for way in PATHS}
        short = shortened(recording, folder)
        files = {
            COMMAND: partial(transcribed, recording, folder),
            SENT: partial(measurement.send, recording, short),
            COMMAND + BEYOND: partial(transcribed, short, folder),
            SENT + BEYOND: partial(measurement.send, short, short),
        }
        print("| | CPU ms a track-second | ratio | wanted at most | words |")
        print("|---|---|---|---|---|")
        show(rounds(options.rounds, live), CALLS)
        found = rounds(options.rounds, files)
        for way in (COMMAND, SENT):
            found[way + BEYOND] = beyond(found[way], found[way + BEYOND], recording.seconds)
        show({way: found[way] for way in (COMMAND, SENT)}, COMMAND)
        show({way + BEYOND: found[way + BEYOND] for way in (COMMAND, SENT)}, COMMAND + BEYOND)
    print(f"\nOther work kept {busy:.0%} of the machine busy when this began.")


if __name__ == "__main__":
    main()
