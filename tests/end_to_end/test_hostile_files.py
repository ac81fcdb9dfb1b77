"""The short form of `hostile_files`, that it finds what it is there for, and what it has found."""

import os
import signal
import struct

import pytest

import fuzz_audio
import hostile_files
from helpers.audio_files import read
from helpers.commands import run_module
from helpers.fuzzing import Findings
from helpers.hostile_audio import FILES, UPLOADS, hostile
from local_stt.errors import AudioFileError


def test_hostile_files_do_no_harm_to_calls_nor_to_what_reads_them():
    done = run_module("tests.hostile_files", "--seed", "3", "--uploads", "12", "--files", "1500")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "calls beside uploads" in done.stdout
    assert "files: read" in done.stdout


def test_the_same_seed_makes_the_same_files():
    def files(makers, seed):
        return [hostile(makers, seed, number) for number in range(40)]

    for makers in (FILES, UPLOADS):
        assert files(makers, 1) == files(makers, 1) != files(makers, 2)


def ended(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def failing(*_):
    raise ZeroDivisionError


@pytest.mark.parametrize("harm", [ended, failing])
def test_a_reader_that_ends_or_fails_is_a_finding(monkeypatch, tmp_path, harm):
    whole = fuzz_audio.decode
    monkeypatch.setattr(
        fuzz_audio, "decode", lambda file, *others: (harm if is_bad(file) else whole)(file, *others)
    )
    bad = hostile(FILES, 1, 5)[2]

    def is_bad(file):
        return os.pread(file.fileno(), len(bad) + 1, 0) == bad

    findings = Findings()
    hostile_files.read_files(0, 20, 1, findings, tmp_path)
    assert len(findings.examples) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file-1-5.bin"]
    read_ones = sum(count for kind, count in findings.outcomes.items() if kind.startswith("files:"))
    assert read_ones == 19


def aiff(channels, bits, kind=b""):
    """A file whose audio is cut off."""
    common = struct.pack(">HIH", channels, 100, bits) + struct.pack(">HQ", 16383 + 12, 8000 << 51) + kind
    sound = b"SSND" + struct.pack(">III", 1000, 0, 0) + bytes(100)
    body = (b"AIFC" if kind else b"AIFF") + b"COMM" + struct.pack(">I", len(common)) + common + sound
    return b"FORM" + struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (aiff(0, 16), "has 0 channels"),
        (aiff(1, 0), "an AIFF file with"),
        (aiff(1, 65_535, b"sowt"), "what it says of its format cannot be"),
    ],
)
def test_aiff_files_that_say_what_cannot_be_are_refused(tmp_path, data, sentence, monkeypatch):
    monkeypatch.setenv("PATH", "")  # no ffmpeg
    (tmp_path / "a.aiff").write_bytes(data)
    with pytest.raises(AudioFileError, match=sentence) as failed:
        read(tmp_path / "a.aiff")
    assert "Error:" not in str(failed.value)
