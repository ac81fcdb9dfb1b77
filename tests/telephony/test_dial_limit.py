"""How many calls may still be placed, as programs that share a folder see it."""

import threading
import time

import pytest

from local_stt.errors import DialError
from local_stt.system.file_lock import try_lock
from local_stt.telephony import dial_limit
from local_stt.telephony.dial_limit import FileDialLimit


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "dialed.json"


def test_after_an_hour_there_are_as_many_again(file):
    now = 1e9
    calls = FileDialLimit(file, 2, lambda: now)
    calls.take()
    now += 1800
    calls.take()
    with pytest.raises(DialError, match="2 calls were placed within the hour"):
        calls.take()
    now += 1800
    assert (calls.left, FileDialLimit(file, 5, lambda: now).left) == (1, 4)
    now += 1800
    assert calls.left == 2


def test_a_clock_that_is_put_back_holds_nobody_back_for_long(file):
    FileDialLimit(file, 1, lambda: 1e9).take()
    assert FileDialLimit(file, 1, lambda: 1e9 - 60).left == 0
    assert FileDialLimit(file, 1, lambda: 1e9 - 86_400).left == 1


def test_what_was_not_placed_does_not_count(file):
    now = 1e9
    calls = FileDialLimit(file, 2, lambda: now)
    give_back, give_other_back = calls.take(), calls.take()  # at the same moment
    give_back()
    assert calls.left == 1
    now += 3600
    calls.take()
    give_other_back()  # forgotten meanwhile
    assert calls.left == 1


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\xff",
        b"{}",
        b"5",
        b"[" * 100_000,
        b'["x", null, NaN, -Infinity, 1e999, true, [], {}]',
        b"[1" + b"0" * 400 + b"]",
    ],
)
def test_rubbish_in_the_file_is_ignored(file, rubbish):
    file.parent.mkdir()
    file.write_bytes(rubbish)
    calls = FileDialLimit(file, 2)
    assert calls.left == 2
    calls.take()
    assert calls.left == 1
    assert [each.name for each in file.parent.iterdir()] == ["dialed.json"]


def test_no_two_take_the_last_one(file):
    taken, refused = [], []

    def take():
        try:
            taken.append(FileDialLimit(file, 5).take())
        except DialError as error:
            refused.append(error)

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(refused)) == (5, 15)


def test_whoever_keeps_the_file_is_not_waited_for_for_ever(file, monkeypatch):
    monkeypatch.setattr(dial_limit, "LOCK_TIMEOUT", 0.1)
    file.parent.mkdir()
    began = time.monotonic()
    with try_lock(file.with_suffix(".lock")), pytest.raises(DialError, match=r"dialed\.lock is held"):
        FileDialLimit(file, 5).take()
    assert time.monotonic() - began < 5


def test_where_calls_cannot_be_counted_none_is_placed(file):
    file.mkdir(parents=True)
    with pytest.raises(DialError, match=r"dialed\.json cannot be written .* LOCAL_STT_DATA_DIR"):
        FileDialLimit(file, 5).take()
    assert [each.name for each in file.parent.iterdir()] == ["dialed.json"]
    file.rmdir()
    file.parent.rmdir()
    file.parent.write_text("a file")
    with pytest.raises(DialError, match="LOCAL_STT_DATA_DIR"):
        FileDialLimit(file, 5).take()
