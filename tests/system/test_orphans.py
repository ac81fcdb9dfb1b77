"""What a killed program left running is ended; nothing else is."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from helpers.waiting import wait_until
from local_stt.system.orphans import end_orphans, tracked


@contextmanager
def running(program="input()"):
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


def left_by_a_killed_program(process, folder):
    with tracked(process.pid, folder):
        note = (folder / str(process.pid)).read_text()
    (folder / str(process.pid)).write_text(note)
    return folder / str(process.pid)


def test_a_process_nobody_needs_any_more_is_ended(tmp_path):
    with running() as process:
        note = left_by_a_killed_program(process, tmp_path)
        assert end_orphans(tmp_path) == [process.pid]
        assert process.wait(1) != 0
        assert not note.exists()


def test_a_process_that_starts_another_program_meanwhile_is_the_same_process(tmp_path):
    """As one that was noted before Linux had its command."""
    program = "import os, sys; input(); os.execlp('sleep', 'sleep', '600')"
    with running(program) as process:
        left_by_a_killed_program(process, tmp_path)
        before = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.stdin.write(b"\n")
        process.stdin.flush()
        wait_until(lambda: Path(f"/proc/{process.pid}/cmdline").read_bytes() not in (before, b""))
        assert end_orphans(tmp_path) == [process.pid]


def test_a_process_of_a_program_that_still_runs_is_left_alone(tmp_path):
    with running() as process, tracked(process.pid, tmp_path):
        assert end_orphans(tmp_path) == []
        assert process.poll() is None


def test_another_process_that_got_the_same_id_is_left_alone(tmp_path):
    with running() as process, running('input("")') as innocent:
        note = left_by_a_killed_program(process, tmp_path)
        note.rename(tmp_path / str(innocent.pid))
        assert end_orphans(tmp_path) == []
        assert innocent.poll() is None
        assert list(tmp_path.iterdir()) == []


def test_a_process_that_has_ended_is_forgotten(tmp_path):
    with running() as process:
        note = left_by_a_killed_program(process, tmp_path)
    assert end_orphans(tmp_path) == []
    assert not note.exists()


def test_a_note_with_nothing_in_it_ends_nothing(tmp_path):
    with running() as process:
        (tmp_path / str(process.pid)).touch()
        assert end_orphans(tmp_path) == []
        assert process.poll() is None


def test_a_note_that_cannot_be_written_is_a_warning(tmp_path, caplog):
    (tmp_path / "file").touch()
    with running() as process, tracked(process.pid, tmp_path / "file"):
        assert "cannot be noted" in caplog.text


def test_nothing_noted_nothing_ended(tmp_path):
    assert end_orphans(tmp_path / "never") == []
