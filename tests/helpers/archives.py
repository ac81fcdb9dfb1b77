"""Hosts that transcribe an archive together: programs with one database and one folder of files."""

import contextlib
import signal

import numpy as np
import psutil
import soundfile

from helpers.processes import children_of
from helpers.program import program
from local_stt.demo import RECORDING
from local_stt.store import JobKind, JobState, open_store

LENGTHS = (9, 4, 12, 6, 3, 10, 5, 8)
"""Seconds of the files of an archive"""


class Hosts:
    """Hosts of one database, each with a data folder of its own, which share a store of audio."""

    def __init__(self, folder, database_url):
        self.folder, self.database_url = folder, database_url
        self.shared = folder / "shared"
        self.shared.mkdir()

    def environment(self, name, **more):
        """Make the environment of a program on a host."""
        return {
            "DATABASE_URL": self.database_url,
            "AUDIO_STORE": str(self.shared),
            "LOCAL_STT_DATA_DIR": str(self.folder / name / "data"),
            "LOCAL_STT_HOST_NAME": name,
            "LOCAL_STT_MODEL": "demo-en",
            "LOCAL_STT_WORKERS": "1",
            **more,
        }

    def run(self, name, *arguments, **environ):
        """Start a program on a host."""
        return program(*map(str, arguments), folder=self.folder, **self.environment(name, **environ))

    @contextlib.contextmanager
    def working(self, name, *arguments, **environ):
        """Start `work` on a host, and wait until it works."""
        with self.run(name, "work", *arguments, **environ) as work:
            work.wait_for("transcribes files that wait", work.err)
            yield work

    def waiting(self):
        """List the files that wait, by their names in the store of audio."""
        return [each.name for each in (self.shared / "uploads").glob("*")]

    @contextlib.contextmanager
    def store(self):
        """Open the store that all hosts share."""
        store = open_store(self.folder / "test", self.database_url)
        with contextlib.closing(store):
            yield store


def make_archive(folder, lengths=LENGTHS):
    """Cut files of these seconds out of the demo's call, each from another place; return their paths."""
    audio, rate = soundfile.read(RECORDING)
    folder.mkdir()
    paths = []
    for number, seconds in enumerate(lengths):
        paths.append(folder / f"talk{number}.wav")
        soundfile.write(paths[-1], audio[number * rate :][: seconds * rate], rate)
    return paths


def make_long(path, times=12):
    """Repeat the demo's call in one file."""
    audio, rate = soundfile.read(RECORDING)
    soundfile.write(path, np.concatenate([audio] * times), rate)
    return path


def archive_jobs(store, *states):
    """List the jobs of files in these states, or in any."""
    return store.jobs.listed(JobKind.ARCHIVE, "", states=states or tuple(JobState))


def signal_all(process, signum):
    """Send a signal to a program and to all that it has started."""
    for each in [psutil.Process(process.pid), *children_of(process.pid)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.send_signal(signum)


@contextlib.contextmanager
def stopped(process):
    """Stop a program and all that it has started, as a machine that stands still; let it go on at the end."""
    signal_all(process, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(process, signal.SIGCONT)
