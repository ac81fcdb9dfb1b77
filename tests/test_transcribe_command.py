"""`transcribe` as a user runs it."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
import soundfile
from conftest import DEMO_MODEL
from test_engine import gone, wait_until
from test_run import NOTHING_SET

from local_stt.config import PROJECT
from local_stt.demo import RECORDING, TRANSCRIPT
from local_stt.store import open_store

COMMAND = [sys.executable, "-m", "local_stt", "transcribe", "--model", str(DEMO_MODEL)]
LINES = len(TRANSCRIPT.read_text().splitlines())


@pytest.fixture
def run(tmp_path):
    def invoke(*arguments, **options):
        return subprocess.run(
            [*COMMAND, *map(str, arguments), "--data-dir", tmp_path / "data"],
            cwd=tmp_path,
            env=NOTHING_SET | {"PYTHONPATH": str(PROJECT)},
            capture_output=True,
            check=False,
            **({"text": True} | options),
        )

    return invoke


@pytest.fixture
def short(tmp_path):
    """The first ten seconds of what the callee says."""
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "short.wav", samples[: 10 * rate, 1], rate)
    return tmp_path / "short.wav"


def stored(tmp_path):
    with contextlib.closing(open_store(tmp_path / "data")) as store:
        return store.page().calls


def test_a_call_is_printed_and_kept_with_its_two_sides(run, tmp_path):
    done = run(RECORDING)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) >= LINES
    assert all(re.match(r"\[\d\d:\d\d:\d\d\] (caller|callee): [a-z']", line) for line in lines)
    assert "%" not in done.stderr  # a bar is for terminals
    (call,) = stored(tmp_path)
    assert (call.direction, call.caller, call.tracks) == (
        "recording",
        RECORDING.name,
        ("inbound", "outbound"),
    )
    assert call.call_id in done.stderr


def test_the_same_audio_is_not_kept_twice_and_that_is_said(run, short, tmp_path):
    first, again = run(short), run(short)
    assert first.stdout == again.stdout
    assert re.search(r"short\.wav is kept as file-\w{32}\.$", first.stderr, re.MULTILINE)
    assert re.search(r"short\.wav is kept already as file-\w{32}\.$", again.stderr, re.MULTILINE)
    assert len(stored(tmp_path)) == 1


def test_nothing_is_kept_if_nothing_is_to_be(run, short, tmp_path):
    assert run(short, "--no-keep-calls").stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("name", ["json", "srt", "vtt"])
def test_every_format_is_that_of_calls(run, short, name):
    text = run(short, "--format", name).stdout
    if name == "json":
        whole = json.loads(text)
        assert whole["call"]["caller"] == "short.wav"
        assert whole["utterances"][0]["speaker"] == "speaker"
        assert whole["utterances"][0]["words"]
    else:
        assert " --> " in text
        assert text.startswith({"srt": "1\n00:00:", "vtt": "WEBVTT\n"}[name])


def test_captions_can_be_shorter(run, short):
    long, cut = (
        run(short, "--format", "srt", "--chars-per-caption", n).stdout.count("-->") for n in (84, 12)
    )
    assert cut > long


def test_a_stretch_has_the_times_of_the_file(run):
    said = run(RECORDING, "--from", "0:10", "--to", "20.5").stdout.splitlines()
    assert said
    assert all("00:00:10" <= line[1:9] <= "00:00:20" for line in said)


@pytest.mark.parametrize("moment", ["x", "-1", "1:2:3:4", "1e3", "nan", ""])
def test_what_is_no_time_is_refused(run, short, moment):
    done = run(short, f"--from={moment}")
    assert done.returncode == 2
    assert "is not a time" in done.stderr


def test_times_must_be_in_order(run, short):
    done = run(short, "--from", "5", "--to", "4")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--to must be later" in done.stderr


def test_several_files_have_headings_or_an_object_each(run, short):
    text = run(short, RECORDING).stdout
    assert re.findall(r"^==> .*", text, re.MULTILINE) == [f"==> {short} <==", f"==> {RECORDING} <=="]
    objects, rest = [], run(short, RECORDING, "--format", "json").stdout
    while rest.strip():
        found, end = json.JSONDecoder().raw_decode(rest.lstrip())
        objects.append(found)
        rest = rest.lstrip()[end:]
    assert [each["call"]["caller"] for each in objects] == ["short.wav", RECORDING.name]
    refused = run(short, RECORDING, "--format", "srt")
    assert refused.returncode == 2
    assert "--output-dir" in refused.stderr


def test_a_folder_gets_a_file_for_each_and_nothing_is_overwritten_unasked(run, short, tmp_path):
    folder = tmp_path / "new" / "folder"
    options = (short, RECORDING, "--format", "vtt", "--output-dir", folder)
    done = run(*options)
    assert (done.returncode, done.stdout) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["front-desk.vtt", "short.vtt"]
    (folder / "short.vtt").write_text("mine")
    again = run(*options)
    assert again.returncode == 2
    assert again.stderr.count("is there already") == 2
    assert (folder / "short.vtt").read_text() == "mine"
    assert run(*options, "--overwrite").returncode == 0
    assert (folder / "short.vtt").read_text().startswith("WEBVTT")


def test_two_files_do_not_write_to_the_same_one(run, short, tmp_path):
    other = tmp_path / "other" / "short.wav"
    other.parent.mkdir()
    other.write_bytes(short.read_bytes())
    done = run(short, other, "--output-dir", tmp_path / "out", "--overwrite")
    assert done.returncode == 2
    assert "another file's transcript" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["short.txt"]


def test_standard_input_is_a_file_like_others(run, short):
    with short.open("rb") as file:
        done = run("-", stdin=file, text=False)
    assert done.stdout == run(short, text=False).stdout
    assert b"standard input is kept as file-" in done.stderr


def test_files_that_cannot_be_heard_are_named_and_the_others_are_done(run, short, tmp_path):
    (tmp_path / "text.mp3").write_text("hello there")
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 8000)
    samples, rate = soundfile.read(short)
    soundfile.write(tmp_path / "cut.wav", samples, rate)
    (tmp_path / "cut.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:90_000])
    done = run("text.mp3", "nothing.wav", short, "missing.wav", ".", "cut.wav")
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert [name for line in errors for name in re.findall(r"\S+\.(?:mp3|wav)| \. is", line)[:1]] == [
        "text.mp3",
        "nothing.wav",
        "missing.wav",
        " . is",
    ]
    assert "cut.wav breaks off after 5.6 s of 10.0 s. What is there is transcribed." in done.stderr
    assert re.findall(r"^==> .*", done.stdout, re.MULTILINE) == [f"==> {short} <==", "==> cut.wav <=="]
    whole, cut = done.stdout.split("==> cut.wav <==\n")
    assert cut.splitlines()[0] in whole


def test_a_file_whose_name_is_no_text_is_transcribed_too(run, short, tmp_path):
    odd = os.fsencode(tmp_path) + b"/odd\xff\x1b.wav"
    os.rename(short, odd)  # noqa: PTH104  (pathlib has no names of bytes)
    done = run(os.fsdecode(odd), text=False)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
    assert stored(tmp_path)[0].caller == "odd??.wav"


def test_a_store_that_cannot_be_used_is_one_sentence(short, tmp_path):
    (tmp_path / "data").write_text("in the way")
    done = subprocess.run(
        [*COMMAND, short, "--data-dir", tmp_path / "data" / "x"],
        cwd=PROJECT,
        env=NOTHING_SET,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cannot be used" in done.stderr.splitlines()[-1]


def test_ctrl_c_ends_it_at_once_and_leaves_no_process(tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "long.flac", np.tile(samples, (60, 1)), rate)
    with subprocess.Popen(
        [*COMMAND, tmp_path / "long.flac", "--no-keep-calls"],
        cwd=PROJECT,
        env=NOTHING_SET,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        program = psutil.Process(process.pid)
        wait_until(lambda: len(program.children(recursive=True)) >= 2)
        time.sleep(0.3)
        left = [child.pid for child in program.children(recursive=True)]
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert output == b""
    assert b"Traceback" not in errors
    wait_until(lambda: all(gone(pid) for pid in left))


def on_a_terminal(command, stdout):
    """What a program shows on a terminal of 100 columns that is its standard error."""
    ours, theirs = pty.openpty()
    environ = NOTHING_SET | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=stdout, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux: when nobody has it open any more
            while select.select([ours], [], [], 60)[0]:
                shown += os.read(ours, 65_536)
    os.close(ours)
    assert process.returncode == 0
    return shown.decode()


def test_on_a_terminal_there_is_a_bar_with_the_speed_and_the_text_goes_elsewhere(tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "long.flac", np.tile(samples, (12, 1)), rate)
    command = [*COMMAND, tmp_path / "long.flac", "--no-keep-calls"]
    with (tmp_path / "out.txt").open("wb") as file:
        shown = on_a_terminal(command, file)
    assert re.search(r"\d+ x real time", shown)
    assert re.search(r"\d:\d\d:\d\d", shown)
    assert "caller:" not in shown
    assert (tmp_path / "out.txt").read_text().count("caller:") > 40
