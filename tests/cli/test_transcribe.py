"""`transcribe` as a user runs it."""

import contextlib
import json
import os
import pty
import re
import resource
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from helpers.commands import TRANSCRIBE
from helpers.models import DEMO_MODEL, copy_demo_model
from helpers.program import NOTHING_SET
from helpers.project import PROJECT
from helpers.waiting import gone, wait_until
from local_stt.demo import RECORDING, TRANSCRIPT
from local_stt.store import open_store

pytestmark = pytest.mark.model

LINES = len(TRANSCRIPT.read_text().splitlines())


@pytest.fixture
def run(tmp_path):
    def invoke(*arguments, **options):
        return subprocess.run(
            [*TRANSCRIBE, *map(str, arguments), "--data-dir", tmp_path / "data"],
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


def test_words_that_no_recognizer_gets_out_are_an_error(run, tmp_path):
    """As with a graph that is damaged in the middle, which loads."""
    model = shutil.copytree(DEMO_MODEL, tmp_path / "damaged")
    with (model / "static" / "graph" / "HCLG.fst").open("r+b") as graph:
        graph.seek(2_000_000)
        graph.write(b"\xff" * 4000)
    done = run("--model", model, "--to", "8", RECORDING)
    assert done.returncode == 2
    assert "Error:" in done.stderr
    assert "those words are missing" in done.stderr
    assert "help you" in done.stdout


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


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.parametrize("form", ["txt", "json"])
def test_words_that_the_output_cannot_express_stop_neither_this_file_nor_the_next(
    short, tmp_path, encoding, form
):
    copy_demo_model(tmp_path / "model")
    words = tmp_path / "model" / "graph" / "words.txt"
    words.write_text(words.read_text().replace("\nyou ", "\nőn→ "))
    shutil.copy(short, tmp_path / "again.wav")
    done = subprocess.run(
        [*TRANSCRIBE, "--model", tmp_path / "model", short, "again.wav", "--format", form],
        cwd=tmp_path,
        env=NOTHING_SET
        | {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": encoding, "LOCAL_STT_DATA_DIR": "data"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    first, second = done.stdout.decode("ascii").split("==> again.wav <==" if form == "txt" else "\n}\n{", 1)
    assert r"\u0151n\u2192" in first
    assert r"\u0151n\u2192" in second
    if form == "json":
        assert "őn→" in str(json.loads(first + "}"))
    assert len(stored(tmp_path)) == 1


def test_the_same_audio_is_not_kept_twice_and_that_is_said(run, short, tmp_path):
    first, again = run(short), run(short)
    assert first.stdout == again.stdout
    assert re.search(r"short\.wav is kept as file-\w{32}\.$", first.stderr, re.MULTILINE)
    assert re.search(r"short\.wav is kept already as file-\w{32}\.$", again.stderr, re.MULTILINE)
    assert len(stored(tmp_path)) == 1


def audio_of(tmp_path):
    """What is kept of the audio of the only call: its file, and its samples."""
    (call,) = stored(tmp_path)
    path = tmp_path / "data" / "recordings" / f"{call.call_id}.wav"
    return path, soundfile.read(path, always_2d=True)[0] if path.exists() else None


def test_the_audio_is_kept_too_is_exported_and_goes_with_the_text(run, tmp_path):
    said = run(RECORDING).stderr
    assert "cannot" not in said
    path, samples = audio_of(tmp_path)
    original, _ = soundfile.read(RECORDING, always_2d=True)
    assert path.stat().st_mode & 0o077 == 0
    for channel in range(2):  # each on its own side
        length = min(len(samples), len(original))
        assert np.corrcoef(samples[:length, channel], original[:length, channel])[0, 1] > 0.95
    call_id = path.stem
    exported = tmp_path / "call.wav"
    assert calls(tmp_path, "export", call_id, "--format", "wav", "--output", exported).returncode == 0
    assert exported.read_bytes() == path.read_bytes()
    assert calls(tmp_path, "delete", call_id, "--yes").returncode == 0
    assert not path.exists()


def calls(tmp_path, *arguments):
    command = [sys.executable, "-m", "local_stt", "calls", *map(str, arguments)]
    return subprocess.run(
        [*command, "--data-dir", tmp_path / "data"],
        cwd=tmp_path,
        env=NOTHING_SET | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
    )


def test_the_audio_is_not_kept_if_it_is_not_to_be_and_may_be_later(run, short, tmp_path):
    assert run(short, "--no-keep-audio").returncode == 0
    assert audio_of(tmp_path)[1] is None
    assert "is kept already as" in run(short).stderr
    _, samples = audio_of(tmp_path)
    assert len(samples) == pytest.approx(80_000, abs=100)
    assert np.array_equal(samples[:, 0], samples[:, 1])


def test_the_audio_of_a_stretch_is_at_its_place(run, tmp_path):
    assert run(RECORDING, "--from", "10", "--to", "20").returncode == 0
    _, samples = audio_of(tmp_path)
    original, rate = soundfile.read(RECORDING, always_2d=True)
    assert len(samples) == pytest.approx(20 * rate, abs=100)
    assert not samples[: 10 * rate].any()
    heard = samples[10 * rate : 20 * rate]
    assert np.corrcoef(heard[:, 0], original[10 * rate : 10 * rate + len(heard), 0])[0, 1] > 0.95


def test_audio_that_the_disk_does_not_take_is_told_and_the_text_is_kept(run, tmp_path):
    """A file may not become larger than half of what the audio takes."""
    soft = 300_000
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, soft))  # noqa: E731
    done = run(RECORDING, preexec_fn=limit)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"Error: The audio of {RECORDING} cannot be kept (")
    assert done.stderr.splitlines()[-1].endswith("What is said in it is kept.")
    assert len(done.stdout.splitlines()) >= LINES
    assert calls(tmp_path, "show", stored(tmp_path)[0].call_id).stdout.count(b"\n") >= LINES
    assert list((tmp_path / "data" / "recordings").iterdir()) == []


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


def errors_of(done):
    return [line for line in done.stderr.splitlines() if line.startswith("Error: ")]


def test_paths_that_are_impossible_are_told_and_the_others_are_done(run, short, tmp_path):
    long, behind_a_file = "x" * 300, short / "y.wav"
    done = run(long, behind_a_file, short)
    assert (done.returncode, done.stderr.count("Traceback")) == (2, 0)
    assert [line.split(" cannot be read")[0] for line in errors_of(done)] == [
        f"Error: {long}",
        f"Error: {behind_a_file}",
    ]
    assert done.stdout.startswith(f"==> {short} <==")


@pytest.mark.parametrize("folder", ["x" * 300, "short.wav/out"])
def test_a_folder_that_cannot_be_is_told_before_the_work(run, short, tmp_path, folder):
    done = run(short, "--output-dir", folder)
    assert done.returncode == 2
    (error,) = errors_of(done)
    assert re.fullmatch(rf"Error: {folder}/short\.txt cannot be written \(.*\): name another .*", error)


def test_a_full_disk_leaves_no_part_of_a_transcript_and_what_was_there(run, tmp_path):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))  # noqa: E731
    options = (RECORDING, "--no-keep-calls", "--to", "20", "--output-dir", tmp_path / "out")
    done = run(*options, preexec_fn=limit)
    assert done.returncode == 2
    assert "front-desk.txt cannot be written (File too large)" in errors_of(done)[0]
    assert list((tmp_path / "out").iterdir()) == []
    assert run(*options).returncode == 0
    text = (tmp_path / "out" / "front-desk.txt").read_text()
    assert run(*options, "--overwrite", preexec_fn=limit).returncode == 2
    assert (tmp_path / "out" / "front-desk.txt").read_text() == text
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_an_output_that_takes_nothing_is_one_sentence_and_all_is_kept(short, tmp_path):
    (tmp_path / "other.wav").write_bytes(short.read_bytes()[:-1600])
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*TRANSCRIBE, short, tmp_path / "other.wav", "--data-dir", tmp_path / "data"],
            cwd=PROJECT,
            env=NOTHING_SET,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    why = "Error: Standard output cannot be written (No space left on device): name an --output-dir."
    assert errors_of(done) == [why, why]
    assert not re.search("Traceback|Exception ignored", done.stderr)
    assert len(stored(tmp_path)) == 2


@pytest.mark.parametrize("closed", ["<&-", "<&- 2>&-"])
def test_without_standard_input_files_are_done(short, tmp_path, closed):
    command = shlex.join(map(str, [*TRANSCRIBE, short, "-", "--data-dir", tmp_path / "data"]))
    done = subprocess.run(
        f"{command} {closed}",
        shell=True,
        cwd=PROJECT,
        env=NOTHING_SET,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout.startswith(f"==> {short} <==")
    if "2>" not in closed:
        assert errors_of(done) == [
            "Error: The standard input is closed: pipe a file into it, or name the file."
        ]


def test_a_name_with_newlines_forges_no_output(run, short, tmp_path):
    forged = tmp_path / "a.wav\n==> b.wav <==\nError: x"
    short.rename(forged)
    done = run(forged, tmp_path / "missing\nError: y.wav")
    assert re.findall("^==> (.*) <==$", done.stdout, re.MULTILINE) == [str(forged).replace("\n", "\\n")]
    assert len(errors_of(done)) == 1
    assert "missing\\nError: y.wav" in errors_of(done)[0]


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
        [*TRANSCRIBE, short, "--data-dir", tmp_path / "data" / "x"],
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
        [*TRANSCRIBE, tmp_path / "long.flac", "--no-keep-calls"],
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
        output, errors = process.communicate(timeout=400)
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
    command = [*TRANSCRIBE, tmp_path / "long.flac", "--no-keep-calls"]
    with (tmp_path / "out.txt").open("wb") as file:
        shown = on_a_terminal(command, file)
    assert re.search(r"\d+ x real time", shown)
    assert re.search(r"\d:\d\d:\d\d", shown)
    assert "caller:" not in shown
    assert (tmp_path / "out.txt").read_text().count("caller:") > 40


def test_a_file_that_cannot_be_read_takes_no_name_from_another(run, short, tmp_path):
    (tmp_path / "short.mp3").write_text("no audio")
    done = run("short.mp3", short, "--output-dir", tmp_path / "out")
    assert done.returncode == 2
    assert "short.mp3 cannot be read as audio" in done.stderr
    assert "another file's transcript" not in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["short.txt"]
