"""Send hostile audio files to a running server while calls are taken, and read as many more as wanted.

    python -m tests.hostile_files --uploads 1000 --files 200000 --seed 1

A `local_stt run` of its own takes the uploads, while the sample call is placed again and again.  Each call
must have the words that it has alone; the server must live, answer, and log no traceback.  Then damaged
files go through what decodes files, many in one process, which is forked anew when it dies.

With `--from-upload` and `--from-file` a run goes on where another with the same seed ended.

A finding is a call with other words, an answer with 500, a file that is never done, a traceback, a process
that crashes, hangs or grows, and an error of this program's own.  `--keep` names a folder for such files.
"""

import argparse
import contextlib
import os
import re
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import requests

import fuzz_audio
from helpers.fuzzing import Findings, Growth, clean_call, memory_of, say
from helpers.hostile_audio import FILES, UPLOADS, hostile
from helpers.program import program
from local_stt.decoding.limits import allow_more_work, set_limits
from local_stt.decoding.messages import MessageKind

TOKEN = "of-those-who-send-hostile-files"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}

SECONDS_TO_BE_DONE = 3600
"""For one file, behind those before it, on a busy machine"""

SENDERS = 3
"""Files on their way at once"""

A_PROCESS = 500
"""Files that one process reads"""

MAX_MEMORY = 600 * 2**20
"""Most bytes of memory that a process has after that number of files"""

GROWN = 3
"""How a process ends that has had more"""

SAY_EVERY = 1000

OWN_ERROR = re.compile(r"\w*(Error|Exception|error|Iteration|Interrupt)\b: ")
"""How the reason of a refusal begins that is a fault of the program"""


def upload(first, count, seed, findings, keep):
    """Send a number of files to a server that runs as users run it, while calls are in progress."""
    settings = {"LOCAL_STT_MODEL": "demo-en", "LOCAL_STT_TOKEN": TOKEN, "LOCAL_STT_MAX_CALLS": "10"}
    with (
        tempfile.TemporaryDirectory() as folder,
        program("run", "--no-tunnel", "--json", "--port", "0", folder=Path(folder), **settings) as run,
    ):
        port = int(run.wait_for(r"http://127\.0\.0\.1:(\d+)", run.err, 300)[1])
        alone = clean_call(run, ("127.0.0.1", port), "CAalone")
        if not alone:
            findings.add("a call of which nothing is understood", run.err)
        over = threading.Event()
        calls = threading.Thread(target=_call_until, args=(run, port, over, alone, findings))
        calls.start()
        grown = Growth(findings, lambda: memory_of(run.process.pid))
        sent = _Sent(first, count, seed, f"http://127.0.0.1:{port}/api/recordings", findings, keep, grown)
        senders = [threading.Thread(target=sent.send_all) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        over.set()
        calls.join()
        if run.process.poll() is not None:
            findings.add("a server that ended", run.err[-20:])
        if status := run.end():
            findings.add(f"a server that ends with status {status}", run.err[-20:])
        for traceback in re.findall(r"Traceback[\s\S]{0,3000}", "\n".join(run.err)):
            findings.add("a traceback in the log", traceback)


def _call_until(run, port, over, alone, findings):
    """Place the sample call again and again, at least once."""
    number = 0
    while not (over.is_set() and number):
        if clean_call(run, ("127.0.0.1", port), f"CA{number}") != alone:
            findings.add("a call with other words", f"call {number}")
        number += 1
    findings.outcomes["calls beside uploads"] = number


class _Sent:
    """The files that several senders send.  Safe to share between threads."""

    def __init__(self, first, count, seed, url, findings, keep, grown):
        self._numbers = iter(range(first, first + count))
        self._first, self._count, self._seed, self._url = first, count, seed, url
        self._findings, self._keep, self._grown = findings, keep, grown
        self._lock = threading.Lock()

    def send_all(self):
        while True:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            kind, ending, data = hostile(UPLOADS, self._seed, number)
            try:
                self._count_outcome(number, kind, self._outcome(f"{number}.{ending}", data), data)
            except requests.RequestException as error:
                self._findings.add("a server that does not answer", error)
                return

    def _outcome(self, name, data):
        """What becomes of a file: a status that refuses it, or the state in which it ends."""
        until = time.monotonic() + SECONDS_TO_BE_DONE
        while time.monotonic() < until:
            answer = requests.post(self._url, data, params={"name": name}, headers=HEADERS, timeout=600)
            if answer.status_code != 409 or "files wait" not in answer.text:
                break
            time.sleep(1)
        if answer.status_code != 202:
            return str(answer.status_code)
        while time.monotonic() < until:
            notices = requests.get(f"{self._url}/{answer.json()['id']}", headers=HEADERS, timeout=600).json()
            if notices["state"] in ("done", "failed"):
                is_ours = "Internal error" in (notices["error"] or "")
                return f"FINDING {notices['error']}" if is_ours else notices["state"]
            time.sleep(0.5)
        return "FINDING never done"

    def _count_outcome(self, number, kind, outcome, data):
        with self._lock:
            self._findings.outcomes[f"uploads, {kind}: {outcome[:60]}"] += 1
            if outcome.startswith(("5", "FINDING")):
                self._findings.add(f"an upload: {outcome}", f"{kind} {number}")
                _keep(self._keep, f"upload-{self._seed}-{number}", data)
            if number % (SAY_EVERY // 20) == 0:
                say(f"{number - self._first} uploads")
            self._grown.see((number - self._first + 1) / self._count)


def read_files(first, count, seed, findings, keep, ffmpeg=""):
    """Read a number of files, in processes like the decoder's."""
    number, end = first, first + count
    while number < end:
        last = min(end, number + A_PROCESS)
        reached, status = _read_some(number, last, seed, findings, ffmpeg)
        if os.waitstatus_to_exitcode(status) == GROWN:
            findings.add("a process that grows", f"files {number} to {last}")
        elif status or reached < last:
            data = hostile(FILES, seed, reached)[2]
            if found := _alone(data, ffmpeg):
                findings.add(found, f"file {reached}, status {status}")
                _keep(keep, f"file-{seed}-{reached}", data)
            reached += 1
        if number // SAY_EVERY < reached // SAY_EVERY:
            say(f"{reached - first} files")
        number = reached


def _read_some(number, last, seed, findings, ffmpeg):
    """Read files one after the other in one process: the first that is not read there, and how it ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            set_limits()
            with os.fdopen(writer, "w", buffering=1) as notices:
                _read_each(range(number, last), seed, notices, ffmpeg)
            os._exit(0)
        os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as notices:
        for line in notices:
            findings.outcomes[f"files: {line.strip()}"] += 1
            number += 1
    return number, os.waitpid(pid, 0)[1]


def _read_each(numbers, seed, notices, ffmpeg):
    """Say of each what became of it; end at one that is a fault of the program."""
    before = _memory()  # that of the program which reads files, or of all tests
    for number in numbers:
        allow_more_work()
        _, _, data = hostile(FILES, seed, number)
        outcome = _read(data, ffmpeg, number)
        if outcome.startswith("FINDING"):
            return
        notices.write(f"{outcome}\n")
    if _memory() - before > MAX_MEMORY:
        os._exit(GROWN)


def _read(data, ffmpeg, number):
    with tempfile.TemporaryFile(buffering=0) as file:
        _may_write(is_allowed=True)
        file.write(data)
        _may_write(is_allowed=False)
        kind, notices = fuzz_audio.decode(file, ffmpeg, ("", "mono", "notice")[number % 3])
    if (
        kind is MessageKind.REFUSED
        and notices.get("kind") == "broken"
        and OWN_ERROR.match(str(notices.get("reason", "")))
    ):
        return f"FINDING {notices}"
    return "read" if kind is MessageKind.END else f"refused, {notices.get('kind')}"


def _may_write(*, is_allowed):
    """Let this process write files, which a process that reads them may not."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most if is_allowed else 0, most))


def _alone(data, ffmpeg):
    """What becomes of a file in a process of its own, if that is a finding with any wish."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(data)
        found = [fuzz_audio.outcome(file, ffmpeg, wish) for wish in ("", "mono", "notice")]
    return next((each for each in found if each.startswith("FINDING")), "")


def _memory():
    """The most bytes that this process has had in memory, its parent's at the fork included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _keep(folder, name, data):
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.bin").write_bytes(data)


def main():
    """Send and read a number of files; exit with status 1 if there is a finding."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--uploads", type=int, default=1000, help="files that are sent to a server")
    parser.add_argument("--files", type=int, default=200_000, help="files that are read without one")
    parser.add_argument("--from-upload", type=int, default=0, help="the first of them")
    parser.add_argument("--from-file", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ffmpeg", default="", help="the program, for files that are read without a server")
    parser.add_argument("--keep", type=Path, help="a folder for files that are findings")
    options = parser.parse_args()
    findings, began = Findings(), time.monotonic()
    read_files(options.from_file, options.files, options.seed, findings, options.keep, options.ffmpeg)
    if options.uploads:
        upload(options.from_upload, options.uploads, options.seed, findings, options.keep)
    say(f"{time.monotonic() - began:.0f} s")
    findings.end()


if __name__ == "__main__":
    main()
