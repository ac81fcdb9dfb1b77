"""Stream calls whose messages are damaged in thousands of ways, and see that no harm comes of it.

    python -m tests.fuzz_stream --count 1000000 --seed 1
    python -m tests.fuzz_stream --count 100000 --seed 1 --sockets

Without `--sockets` they go through a switchboard in this process, whose recognizers understand nothing.  With
it they go over WebSockets to a server that runs as its users run it, which also gets frames that are none.

A finding is a traceback or an error in the log, a call that this program breaks off, that ends twice or
not at all, an event that cannot be sent on, a process that crashes, hangs or grows, and a clean call that is
not understood afterwards as it was before.
"""

import argparse
import contextlib
import faulthandler
import itertools
import json
import logging
import re
import resource
import socket
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import astuple
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from helpers.damaged_messages import damaged_call, seeded
from helpers.fuzzing import (
    CALL_AGAIN_TIMEOUT,
    HANG_TIMEOUT,
    Findings,
    Growth,
    clean_call,
    memory_of,
    say,
)
from helpers.program import program
from helpers.servers import switchboard_of
from helpers.twilio import HANDSHAKE
from local_stt.audio import PhoneAudio, PlainAudio
from local_stt.audio_file import read_phone_audio
from local_stt.core.media_stream import MAX_CALL_MS
from local_stt.demo import RECORDING
from local_stt.engine.in_process import InProcessEngine
from local_stt.events import CallEnded, CallStarted, EndReason, FinalText, Word, to_dict
from local_stt.telephony import line_poller

CALLERS = 8
"""Connections at once"""

SAY_EVERY = 100_000
"""Messages after which it is said how many there were"""


class LogWatch(logging.Handler):
    """Takes what the program logs: errors are findings."""

    def __init__(self, findings):
        super().__init__(logging.WARNING)
        self.findings = findings

    def emit(self, record):
        text = logging.Formatter().format(record)
        if record.exc_info or record.levelno >= logging.ERROR:
            self.findings.add("an error in the log", text)


class Deaf:
    """A recognizer that returns a word now and then, for any audio."""

    can_reset = True

    def __init__(self):
        self.fed = self.since = 0.0  # seconds

    def decoder(self, source):
        return PhoneAudio(source=source) if source.is_phone_band else PlainAudio()

    def feed(self, pcm):
        self.fed += len(pcm) / 32_000
        return self._word() if self.fed - self.since > 2 else None

    def partial(self):
        return "word" if self.fed - self.since > 1 else ""

    def close(self):
        return self._word()

    def finish(self):
        return self._word()

    def _word(self):
        begin, self.since = self.since, self.fed
        return (Word("word", begin, self.fed, 1.0),) if self.fed > begin else ()


class Heard:
    """A listener that holds events to what is promised of them."""

    def __init__(self, findings):
        self.findings = findings
        self.open = Counter()
        self.count = 0

    def __call__(self, event):
        self.count += 1
        try:
            json.dumps(to_dict(event), ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            self.findings.add(f"an event that cannot be sent: {type(error).__name__}", event)
        self.open[event.call_id] += isinstance(event, CallStarted)
        if self.open[event.call_id] != 1:
            self.findings.add(f"{type(event).__name__} outside a call", event)
        if isinstance(event, FinalText) and not 0 <= event.start <= event.end <= MAX_CALL_MS / 1000 + 60:
            self.findings.add("words at a time that cannot be", event)
        if isinstance(event, CallEnded):
            self._end(event)

    def _end(self, event):
        self.open[event.call_id] -= 1
        self.findings.outcomes[f"calls that ended: {event.reason}"] += 1
        if event.reason is EndReason.FAILED:
            self.findings.add("a call that failed", event)
        if not 0 <= event.seconds <= MAX_CALL_MS / 1000 + 60:
            self.findings.add("a call of a length that cannot be", event)
        if any(amount < 0 for track in event.tracks for amount in astuple(track)[1:]):
            self.findings.add("less than nothing of a track", event)


class Line:
    """Gives a call's messages one by one."""

    has_more, is_urgent = True, False

    def __init__(self, messages):
        self.messages = iter(messages)
        self.taken = 0

    def read_messages(self):
        message = next(self.messages, None)
        if message is None:
            return None
        self.taken += 1
        return [message]

    def hang_up(self):
        self.messages = iter(())


def speech():
    """What somebody says, as mu-law."""
    return read_phone_audio(RECORDING)[0]


def in_process(count, seed, findings):
    """Take a number of messages in this process, call by call."""
    watch = LogWatch(findings)
    logging.getLogger("local_stt").addHandler(watch)
    logging.getLogger("local_stt").propagate = False
    line_poller.POLL_SECONDS = 1e-4  # nobody speaks, so there is nothing to wait for
    heard = Heard(findings)
    switchboard = switchboard_of(InProcessEngine(Deaf), heard)
    said, done, grown = (
        speech(),
        0,
        Growth(findings, lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024),
    )
    for number in itertools.count():
        faulthandler.dump_traceback_later(HANG_TIMEOUT, exit=True)
        line = Line(damaged_call(number, said, seeded(seed, number)))
        switchboard.take(line)
        if done // SAY_EVERY < (done + line.taken) // SAY_EVERY:
            say(f"{done + line.taken} messages of {number + 1} calls")
        done += line.taken
        grown.see(done / count)
        if done >= count:
            break
    faulthandler.cancel_dump_traceback_later()
    logging.getLogger("local_stt").removeHandler(watch)
    if open_ones := [call for call, times in heard.open.items() if times]:
        findings.add("calls that did not end", open_ones)
    findings.outcomes.update({"messages": done, "calls": number + 1, "events": heard.count})


def _own_memory():
    """The most bytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def over_sockets(count, seed, findings):
    """Send a number of messages to a server that runs as users run it."""
    with tempfile.TemporaryDirectory() as folder, _running_server(Path(folder)) as (run, url):
        before = clean_call(run, url, "CAbefore")
        if not before:
            findings.add("a clean call of which nothing is understood", run.err)
        grown = Growth(findings, lambda: memory_of(run.process.pid))
        sent = Sent(count, findings, grown)
        said = speech()
        threads = [
            threading.Thread(target=_call_again_and_again, args=(url, sent, said, seed, caller))
            for caller in range(CALLERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = clean_call(run, url, "CAafter")
        if after != before:
            findings.add("a clean call that is understood otherwise", f"{before}\n{after}")
        if run.process.poll() is not None:
            findings.add("a server that ended", run.err[-20:])
        status = run.end()
        if status:
            findings.add(f"a server that ends with status {status}", run.err[-20:])
        _look_at(run, findings)
        findings.outcomes.update({"messages": sent.messages, "connections": sent.calls})


@contextlib.contextmanager
def _running_server(folder):
    settings = {"LOCAL_STT_MODEL": "demo-en", "RECORD_CALLS": "1", "LOCAL_STT_MAX_CALLS": "50"}
    with program("run", "--json", "--port", "0", folder=folder, **settings) as run:
        port = run.wait_for(r"http://127\.0\.0\.1:(\d+)", run.err, 120)[1]
        yield run, ("127.0.0.1", int(port))


def _look_at(run, findings):
    """Find errors in what the server said."""
    log = "\n".join(run.err)
    for error in re.findall(r"Traceback[\s\S]{0,3000}|.*error in this program.*|.*are lost.*", log):
        findings.add("an error in the log", error)
    open_calls = Counter()
    for line in run.out:
        event = json.loads(line)
        open_calls[event["call_id"]] += {"call-started": 1, "call-ended": -1}.get(event["type"], 0)
        if event["type"] == "call-ended":
            findings.outcomes[f"calls that ended: {event['reason']}"] += 1
            if event["reason"] == EndReason.FAILED:
                findings.add("a call that failed", line)
    if left := [call for call, times in open_calls.items() if times]:
        findings.add("calls that did not end once", left)


class Sent:
    """How much was sent, by all callers.  Safe to share between threads."""

    def __init__(self, count, findings, grown):
        self.count, self.findings, self.grown = count, findings, grown
        self.messages = self.calls = 0
        self._lock = threading.Lock()

    def add(self, messages):
        with self._lock:
            if self.messages // (SAY_EVERY // 10) < (self.messages + messages) // (SAY_EVERY // 10):
                say(f"{self.messages + messages} messages over {self.calls + 1} connections")
            self.messages += messages
            self.calls += 1
            self.grown.see(self.messages / self.count)

    @property
    def are_enough(self):
        return self.messages >= self.count


def _call_again_and_again(url, sent, said, seed, caller):
    number, heard_at = 0, time.monotonic()
    while not sent.are_enough and time.monotonic() - heard_at < HANG_TIMEOUT:
        rng = seeded(seed, caller, number)
        try:
            count = _stream(url, damaged_call(caller * 10**6 + number, said, rng), rng)
        except Exception as error:  # noqa: BLE001  (it is what is looked for)
            sent.findings.add(f"a connection that fails: {type(error).__name__}", error)
            return
        if count is None:  # the last words of too many calls are still to come
            time.sleep(CALL_AGAIN_TIMEOUT)
            continue
        sent.add(count)
        number, heard_at = number + 1, time.monotonic()
    if not sent.are_enough:
        sent.findings.add("a server that takes no more calls", f"{number} calls")


def _stream(url, messages, rng):
    """Send what a call has, until the server wants no more.

    How many messages went out; None where the server has no room for another call.
    """
    count = 0
    with socket.create_connection(url, timeout=HANG_TIMEOUT) as line:
        line.sendall(HANDSHAKE)
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(4096) or b"\r\n\r\n"
        if head.startswith(b"HTTP/1.1 503"):
            return None
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head[:200])
        with _closed_by_the_server():
            for message in messages:
                line.sendall(_frame(message, rng))
                count += 1
            if rng.random() < 0.5:
                line.sendall(_framed(0x8, struct.pack(">H", rng.choice([1000, 1001, 999, 65535]))))
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass
    return count


@contextlib.contextmanager
def _closed_by_the_server():
    """What is done in the block of a `with` ends when the server has closed the connection."""
    try:
        yield
    except TimeoutError:
        raise
    except OSError:
        pass


def _frame(message, rng):
    """A message as a WebSocket has it, or nearly."""
    text = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
    frame = _framed(0x1 if isinstance(message, str) else rng.choice([0x1, 0x2]), text)
    match rng.randrange(1000):
        case 0:
            frame = bytearray(frame)
            frame[rng.randrange(min(len(frame), 8))] ^= 1 << rng.randrange(8)
        case 1:
            frame = frame[: rng.randrange(len(frame))]
        case 2:
            frame += _framed(rng.randrange(16), rng.randbytes(rng.randrange(126)))
        case 3:
            half = len(text) // 2
            frame = _framed(0x1, text[:half], is_last=False) + _framed(0x0, text[half:])
        case 4:
            frame = _framed(0x9, b"ping") + frame + _framed(0xA, b"pong")
    return bytes(frame)


def _framed(opcode, payload, *, is_last=True):
    """RFC 6455 section 5.2, with a mask that changes nothing."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size & 0xFFFF)
    return bytes([opcode | (0x80 if is_last else 0)]) + length + bytes(4) + payload


def main():
    """Take or send a number of messages; exit with status 1 if there is a finding."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000, help="messages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sockets", action="store_true", help="over WebSockets to a running server")
    options = parser.parse_args()
    findings = Findings()
    began = time.monotonic(), time.process_time()
    (over_sockets if options.sockets else in_process)(options.count, options.seed, findings)
    say(f"{time.monotonic() - began[0]:.0f} s, {time.process_time() - began[1]:.0f} s of processor time")
    findings.end()


if __name__ == "__main__":
    main()
