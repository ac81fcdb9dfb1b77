"""What is left of a disk to calls."""

import math
import os
from types import SimpleNamespace

import pytest

from local_stt.system.reserve import RESERVE, spare_bytes, temporary_file


@pytest.fixture
def disk(monkeypatch):
    """Return a function that makes a disk look as if it had a size and a number of free bytes."""

    def looks(size, free):
        found = SimpleNamespace(f_blocks=size // 1000, f_bavail=free // 1000, f_frsize=1000)
        monkeypatch.setattr(os, "statvfs", lambda _: found)

    return looks


def test_the_reserve_is_a_tenth_of_a_small_disk(tmp_path, disk):
    disk(10**12, 10**9)
    assert spare_bytes(tmp_path) == 10**9 - RESERVE
    disk(10**9, 300_000_000)
    assert spare_bytes(tmp_path) == 200_000_000


def test_a_disk_that_does_not_tell_its_size_has_room(tmp_path, disk):
    disk(0, 0)
    assert spare_bytes(tmp_path) == math.inf


def test_what_would_leave_less_is_not_written(tmp_path, disk):
    with temporary_file(tmp_path) as file:
        disk(10**12, RESERVE + 2000)
        assert file.write(b"x" * 2000) == 2000
        with pytest.raises(OSError, match="the last 500 MB of the disk are left to calls"):
            file.write(b"x" * 2001)
        with pytest.raises(OSError, match="left to calls"):
            file.require_room(2001)
        file.seek(0)
        assert file.read() == b"x" * 2000
    assert list(tmp_path.iterdir()) == []
