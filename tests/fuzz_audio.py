"""Damage audio files in thousands of ways, and see that each is read or refused in a sentence.

    python -m tests.fuzz_audio --count 20000 --seed 1

Each file is decoded by what decodes files, in a process that is forked for it.  A finding is a process
that crashes, hangs, or breaks by an error of this program's own; the file is written to `--keep`.
"""

import argparse
import io
import json
import os
import random
import re
import signal
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from helpers.damaged_audio import damaged, whole_files
from local_stt.decoding.child import serve
from local_stt.decoding.input import Input
from local_stt.decoding.limits import set_limits
from local_stt.decoding.messages import HEAD, MessageKind

SECONDS = 30
"""After which a file hangs: of processor time"""


def decode(file, ffmpeg, wish):
    """Decode a file as a decoder's process does; what came last, and why."""
    output = io.BytesIO()
    command = json.dumps({"rate": 16_000, "since": 0.0, "until": None}).encode() + b"\n"
    serve(Input(file.fileno()), ffmpeg, "", wish, io.BytesIO(command), output)
    return last_message(output.getvalue())


def last_message(output):
    """The kind of the last message, and what it says."""
    while True:
        kind, size = HEAD.unpack(output[: HEAD.size])
        body, output = output[HEAD.size : HEAD.size + size], output[HEAD.size + size :]
        if not output:
            return MessageKind(kind), json.loads(body)


def outcome(file, ffmpeg, wish):
    """What becomes of a file in a process of its own: "read", "refused", or a finding."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            set_limits()
            signal.alarm(4 * SECONDS)
            kind, notices = decode(file, ffmpeg, wish)
            text = (
                "read"
                if kind is MessageKind.END
                else f"refused {notices.get('kind')} {notices.get('reason', '')}"
            )
        except BaseException:  # noqa: BLE001  (it is what is looked for)
            text = traceback.format_exc()
        os.write(writer, text.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as notices:
        text = notices.read()
    status = os.waitpid(pid, 0)[1]
    if status:
        return f"FINDING: ended by {status}"
    own_error = r"refused broken \w*(Error|Exception|error|Iteration|Interrupt)\b: "
    if text.startswith("Traceback") or re.match(own_error, text):
        return f"FINDING: {text}"
    return " ".join(text.split()[:2])


def main():
    """Decode a number of damaged files; exit with status 1 if there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ffmpeg", default="", help="the program, to have it read what is not read without")
    parser.add_argument("--keep", type=Path, help="a folder for files that are findings")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    files = list(whole_files())
    outcomes = Counter()
    for number in range(options.count):
        data = damaged(rng.choice(files), files, rng)
        with tempfile.TemporaryFile(buffering=0) as file:
            file.write(data)
            found = outcome(file, options.ffmpeg, rng.choice(["", "mono", "notice"]))
        outcomes[found] += 1
        if found.startswith("FINDING") and options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{options.seed}-{number}.bin").write_bytes(data)
    for found, count in outcomes.most_common():
        sys.stdout.write(f"{count:6} {found}\n")
    sys.exit(any(found.startswith("FINDING") for found in outcomes))


if __name__ == "__main__":
    main()
