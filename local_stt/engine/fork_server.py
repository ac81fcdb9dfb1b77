"""A process that loads the model once and forks workers that share it.

It is a new process and not forked from the server, as forking a process with threads is unsafe.  It has no
threads itself.  `ForkServer` is the server's side; `main` is the program of the process.
"""

import contextlib
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..bandwidth_extension.upper_band import UpperBand
from ..errors import LocalSttError, ModelError
from ..recognizer import REMEDY, SpeechModel
from ..system.installation import IMPORT_FOLDER
from ..system.parent import die_with_parent, ending_with_this, start_from_own_thread
from .capacity import check_and_measure, warm_up
from .ipc import Channel, Ready, StatusBoard, board_size
from .liveness import Watch, usage_of
from .recognizer_pool import SPARE, RecognizerPool
from .worker_process import Worker

FORK_TIMEOUT = 5.0
"""Seconds of processor time for a fork, or of being blocked, after which the fork server is replaced"""

_NEEDED = re.compile(
    r"PATH|HOME|USER|TZ|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_\w+|PYTHON\w*|VIRTUAL_ENV"
    r"|LD_\w+|DYLD_\w+|OPENBLAS_\w+|GOTO_\w+|OMP_\w+|MKL_\w+|VECLIB_\w+"
)
"""Variables that Python, the C library and libvosk read; others may be secret and are not passed on"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The model and the settings for a fork server, and how many workers it has at a time."""

    folder: Path
    phrases: tuple[str, ...]
    gated: bool
    slots: int
    live: bool = True
    """Whether it is for calls: then the cost of decoding is measured, and a hang is noticed at once"""
    niceness: int = 0
    """Nice value that workers add to their own, up to 19"""
    upper_band: UpperBand = UpperBand.AUTO
    key_words: tuple[str, ...] = ()
    """Words of key terms; those that the model does not know are reported"""
    load: Callable[[Path, Sequence[str], UpperBand], SpeechModel] = SpeechModel


class ForkServer:
    """The server's side of the fork server.  Raises the errors of loading the model."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._board_file = tempfile.TemporaryFile()  # noqa: SIM115  (kept open for the workers)
        self._board_file.truncate(board_size(plan.slots))
        self.board = StatusBoard(self._board_file.fileno(), plan.slots)
        self._pids: dict[int, int] = {}
        self._closed = False
        try:
            self.ready = self._start()
        except BaseException:
            self._board_file.close()
            raise

    def fork(self, slot: int) -> Channel:
        """Start a worker that uses this slot of the board; return the channel to it.

        It starts a new fork server if the last one is gone.  If that fails, it raises `OSError` or what
        loading the model raises.
        """
        try:
            return self._fork(slot)
        except OSError:
            if self._closed:
                raise
            self._end()
            self._start()
            return self._fork(slot)

    def pid(self, slot: int) -> int:
        """Return the process id of this slot's worker."""
        return self._pids[slot]

    def kill(self, slot: int) -> None:
        """Kill the worker of this slot."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pids[slot], signal.SIGKILL)

    def close(self) -> None:
        """End the fork server and all its workers, also those that hang."""
        self._closed = True
        self._end()
        self._board_file.close()

    def _end(self) -> None:
        for slot in tuple(self._pids):  # a worker that was just forked does not end with its parent yet
            self.kill(slot)
        self._control.close()
        self._process.kill()
        self._process.wait()

    def _start(self) -> Ready:
        self._control, theirs = socket.socketpair()
        files = theirs.fileno(), self._board_file.fileno()
        with theirs:
            self._process = start_from_own_thread(
                [sys.executable, "-c", f"{ending_with_this()}from {__name__} import main; main(*{files})"],
                pass_fds=files,
                stdin=subprocess.DEVNULL,
                env=_environment(os.environ),
                start_new_session=True,  # Ctrl-C is for the server, which finishes calls first
            )
        try:
            return self._await_model()
        except BaseException:  # such as a request to stop, which the process must not outlive
            self._end()
            raise

    def _await_model(self) -> Ready:
        _send(self._control, self._plan)
        answer = _receive(self._control)
        if isinstance(answer, LocalSttError):
            raise answer
        if not isinstance(answer, Ready):
            raise ModelError(f"{self._plan.folder} ended the process that loaded it: {REMEDY}")
        self._control.settimeout(FORK_TIMEOUT / 10)
        return answer

    def _await_answer(self) -> None:
        """Wait for an answer of the fork server.  Raises `OSError` if it hangs or is gone."""
        watch, began = Watch(), time.monotonic()
        while True:
            try:
                self._control.recv(1, socket.MSG_PEEK)
                return
            except TimeoutError:
                if watch.hangs(began, usage_of(self._process.pid), time.monotonic(), FORK_TIMEOUT):
                    raise

    def _fork(self, slot: int) -> Channel:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            socket.send_fds(self._control, [bytes([slot])], [theirs.fileno()])
            self._await_answer()
            pid = _receive(self._control)
            if not isinstance(pid, int):
                raise OSError("the fork server is gone")
            self._pids[slot] = pid
            return Channel(socket.socket(fileno=ours.detach()))


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Make the environment of recognizers: the variables that they need, and the path of this program."""
    needed = {name: value for name, value in environ.items() if _NEEDED.fullmatch(name)}
    return {**needed, "PYTHONPATH": f"{IMPORT_FOLDER}:{environ.get('PYTHONPATH', '')}"}


def main(control_file: int, board_file: int) -> None:
    """Load the model, then fork a worker for every slot number that comes with a socket."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # workers leave no zombies
    control = socket.socket(fileno=control_file)
    plan = _receive(control)
    assert isinstance(plan, Plan)
    os.nice(plan.niceness)
    try:
        model = plan.load(plan.folder, plan.phrases, plan.upper_band)
        recognizers = RecognizerPool(model.open, warm_up, SPARE if plan.live else 0)
        ready = Ready(
            plan.folder,
            model.unknown_words,
            check_and_measure(recognizers, live=plan.live, gated=plan.gated),
            model.missing(plan.key_words),
        )
    except LocalSttError as error:
        _send(control, error)
        return
    with contextlib.suppress(OSError):  # the server may be stopping meanwhile
        _send(control, ready)
    board = StatusBoard(board_file, plan.slots)
    children: list[int] = []
    while True:
        command, files, _, _ = socket.recv_fds(control, 1, 1)
        if not command:
            break
        pid = _fork_child()
        if pid == 0:
            control.close()
            Worker(
                Channel(socket.socket(fileno=files[0])), recognizers, board, command[0], gated=plan.gated
            ).run()
            os._exit(0)
        os.close(files[0])
        _send(control, pid)
        children.append(pid)
    for pid in children:  # also those that are stopped
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork_child() -> int:
    """Fork; return 0 in the new process and its id in this one.

    It returns only when the new process is sure to end with this one, even if it is stopped.  On systems
    other than Linux the closed socket has to end it.
    """
    this = os.getpid()
    settled, settling = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(settled)
        die_with_parent(this)
        os.close(settling)
        return 0
    os.close(settling)
    os.read(settled, 1)  # returns when the other end is closed
    os.close(settled)
    return pid


def _send(control: socket.socket, message: object) -> None:
    data = pickle.dumps(message)
    control.sendall(len(data).to_bytes(4, "big") + data)


def _receive(control: socket.socket) -> object:
    """Return the next message, or None if the other end is gone."""
    size = _receive_exactly(control, 4)
    data = _receive_exactly(control, int.from_bytes(size, "big")) if size else None
    return pickle.loads(data) if data else None  # noqa: S301  (from our own child or parent)


def _receive_exactly(control: socket.socket, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        try:
            part = control.recv(count - len(data))
        except OSError:
            return None
        if not part:
            return None
        data += part
    return bytes(data)
