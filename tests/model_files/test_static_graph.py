"""Graphs composed ahead of time: the same words, and what can go wrong on the way."""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from types import SimpleNamespace

import pytest
import vosk
from click.testing import CliRunner

from helpers.downloads import DEMO_FILES, NAME
from helpers.models import DEMO_MODEL, copy_demo_model
from helpers.project import PROJECT
from helpers.recognizers import recognized
from helpers.settings import settings_of
from helpers.waiting import gone, wait_until
from local_stt.audio import PhoneAudio
from local_stt.cli import main
from local_stt.config.settings import Settings
from local_stt.errors import ModelError
from local_stt.model_files import (
    compile_graph,
    graph_compiler,
    installed,
    is_outdated,
    is_worth_composing,
    openfst,
    require_model,
    static_graph,
    static_model,
    verify,
)
from local_stt.recognizer import SpeechModel
from local_stt.service.application import _say_how_many
from local_stt.service.engines import open_engine
from stand_ins.model_mirror import archive

pytestmark = pytest.mark.model

needs_openfst = pytest.mark.skipif(not openfst.is_installed(), reason="OpenFst is not installed")


@pytest.fixture
def demo(tmp_path):
    """A copy of the embedded model, with its graph in two files only."""
    return copy_demo_model(tmp_path / "models" / "demo-en")


@pytest.fixture
def tried(monkeypatch):
    """The models that are tried, and whether with their static graph."""
    folders = []

    def try_model(folder, *, uses_static=True):
        folders.append((folder, uses_static))
        return ""

    for module in ("local_stt.engine", "local_stt.cli.models"):
        monkeypatch.setattr(importlib.import_module(module), "try_model", try_model)
    return folders


@pytest.fixture
def loaded(monkeypatch):
    """The folders that libvosk loads."""
    folders, load = [], vosk.Model

    def model(model_path):
        folders.append(model_path)
        return load(model_path=model_path)

    monkeypatch.setattr(vosk, "Model", model)
    return folders


def compiled(folder):
    """Compose a model's graph without a word about it, and without trying it."""
    return compile_graph(folder, lambda step: None, lambda work: "")


def cut_off(file):
    file.write_bytes(file.read_bytes()[:-1000])


def add_to_note(static, shared):
    note = json.loads((static / "made-from.json").read_text())
    note["shared"].append(shared)
    write_note(static, json.dumps(note))


def write_note(static, text):
    (static / "made-from.json").write_text(text)


def words_of(folder, channels, phrases=()):
    return [
        recognized(SpeechModel(folder, phrases), PhoneAudio().feed(channel[:160_000])) for channel in channels
    ]


def programs(tmp_path, monkeypatch, **texts):
    """Programs of these names that come before the real ones."""
    (tmp_path / "bin").mkdir()
    for name, text in texts.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")


def downloaded(mirror, models, *options):
    settings = ("--models-dir", str(models))
    environ = {"LOCAL_STT_MODEL_LIST_URL": mirror.list_url}
    return CliRunner().invoke(main, ["models", "download", NAME, *options, *settings], env=environ)


@needs_openfst
def test_a_composed_graph_is_used_and_hears_the_same(demo, demo_channels, loaded):
    before = words_of(demo, demo_channels)
    static = compiled(demo)
    assert words_of(demo, demo_channels) == before
    assert before[0][0].split()
    assert loaded == [str(demo)] * 2 + [str(static)] * 2
    assert static_model(demo) == static


@needs_openfst
def test_phrases_are_heard_with_the_graph_in_two_files(demo, demo_channels, loaded):
    compiled(demo)
    [(text, _), _] = words_of(demo, demo_channels, ["thanks for calling", "how can i help you"])
    assert text
    assert set(text.split()) <= {"thanks", "for", "calling", "how", "can", "i", "help", "you"}
    assert loaded == [str(demo)] * 2


@needs_openfst
def test_a_graph_that_holds_its_words_gives_them_out(demo, demo_channels):
    """As the graphs of the small models do that are offered for download."""
    before = words_of(demo, demo_channels)
    graph = demo / "graph"
    table = f"--osymbols={graph / 'words.txt'}"
    with_words = graph / "with-words.fst"
    subprocess.run(["fstsymbols", table, graph / "Gr.fst", with_words], check=True, env=openfst.environment())
    with_words.replace(graph / "Gr.fst")
    (graph / "words.txt").unlink()
    assert words_of(demo, demo_channels) == before
    static = compiled(demo)
    assert not (static / "graph" / "words.txt").is_symlink()
    assert words_of(demo, demo_channels) == before


@needs_openfst
def test_a_model_in_one_folder_is_composed_too(demo, tmp_path, demo_channels):
    flat = tmp_path / "flat"
    flat.mkdir()
    for file in (file for file in demo.rglob("*") if file.is_file()):
        shutil.copy(file, flat / file.name)
    before = words_of(flat, demo_channels)
    static = compiled(flat)
    assert (static / "HCLG.fst").is_file()
    assert words_of(flat, demo_channels) == before


@needs_openfst
def test_the_embedded_model_comes_with_its_graph_composed(demo):
    shipped, made = static_model(DEMO_MODEL), compiled(demo)
    assert shipped
    assert sorted(each.relative_to(shipped) for each in shipped.rglob("*")) == sorted(
        each.relative_to(made) for each in made.rglob("*")
    )
    for file in ("graph/HCLG.fst", "made-from.json"):
        assert (shipped / file).read_bytes() == (made / file).read_bytes()


@needs_openfst
def test_a_model_that_is_moved_takes_its_composed_graph_along(demo, tmp_path, demo_channels, loaded):
    before = words_of(demo, demo_channels)
    compiled(demo)
    moved = demo.rename(tmp_path / "elsewhere")
    assert words_of(moved, demo_channels) == before
    assert loaded[-1] == str(moved / "static")


@needs_openfst
def test_composing_a_second_time_does_nothing(demo):
    made = (compiled(demo) / "graph" / "HCLG.fst").stat().st_mtime_ns
    run = CliRunner().invoke(main, ["models", "compile", str(demo)])
    assert run.output == f"{demo / 'static'} is there already.\n"
    assert (demo / "static" / "graph" / "HCLG.fst").stat().st_mtime_ns == made


@needs_openfst
def test_the_graph_of_other_files_is_not_used_and_made_anew(demo, loaded):
    static = compiled(demo)
    data = bytearray((demo / "graph" / "Gr.fst").read_bytes())
    data[-8] ^= 1  # of the last arc's weight
    (demo / "graph" / "Gr.fst").write_bytes(data)
    assert static_model(demo) is None
    assert is_outdated(demo)
    SpeechModel(demo)
    assert loaded == [str(demo)]
    result = CliRunner().invoke(main, ["models", "verify", str(demo)])
    assert "its composed graph is not used" in result.output
    assert compiled(demo) == static
    assert static_model(demo) == static


@needs_openfst
def test_it_counts_neither_as_a_model_nor_for_the_size_of_one(demo):
    before = installed(demo.parent)
    compiled(demo)
    assert installed(demo.parent) == before


@needs_openfst
@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda static: cut_off(static / "graph" / "HCLG.fst"), "graph/HCLG.fst was changed or cut off"),
        (lambda static: (static / "graph" / "HCLG.fst").unlink(), "graph/HCLG.fst is missing"),
        (lambda static: (static / "am").unlink(), "am is missing"),
        (lambda static: (static / "graph" / "phones").unlink(), "graph/phones is missing"),
        *(
            (partial(write_note, text=text), "made-from.json is not what this program writes")
            for text in ("{", "[" * 9999, '{"sources": 3}')
        ),
        (partial(add_to_note, shared="\x1b[31m"), "made-from.json is not what this program writes"),
        (partial(add_to_note, shared="../../am"), "made-from.json is not what this program writes"),
    ],
)
def test_a_damaged_one_is_found_and_not_used(demo, loaded, damage, problem):
    damage(compiled(demo))
    assert static_model(demo) is None
    SpeechModel(demo)
    assert loaded == [str(demo)]
    assert verify(demo).problems == ()
    assert verify(demo).static_problems[0].startswith(f"static/{problem}")
    result = CliRunner().invoke(main, ["models", "verify", str(demo), "--no-load"])
    assert result.exit_code == 2
    assert "Damaged graph, composed by `models compile`: demo-en. Compose it again, or" in result.output


@needs_openfst
def test_a_change_inside_one_is_found_and_composing_again_mends_it(demo, demo_channels):
    graph = compiled(demo) / "graph" / "HCLG.fst"
    right = graph.read_bytes()
    graph.write_bytes(right[:2_000_000] + b"damaged" + right[2_000_007:])
    assert verify(demo).static_problems == ("static/graph/HCLG.fst was changed",)
    assert CliRunner().invoke(main, ["models", "compile", str(demo)]).exit_code == 0
    assert graph.read_bytes() == right
    assert verify(demo).static_problems == ()


@needs_openfst
def test_a_copy_of_a_model_may_hold_files_for_links_unless_they_are_edited(demo, tmp_path):
    compiled(demo)
    copy = tmp_path / "copy"
    shutil.copytree(demo, copy, symlinks=False)
    assert static_model(copy) == copy / "static"
    with (copy / "conf" / "model.conf").open("a") as conf:
        conf.write("--beam=5\n")
    assert static_model(copy) is None
    assert verify(copy).static_problems == ("static/conf is not that of the model",)


@needs_openfst
def test_an_edit_of_the_model_holds_for_the_static_one_and_an_added_file_changes_nothing(demo):
    static = compiled(demo)
    (demo / "conf" / "model.conf").write_text("--beam=5\n")
    (demo / "notes.txt").write_text("mine")
    assert (static / "conf" / "model.conf").read_text() == "--beam=5\n"
    assert static_model(demo) == static


@needs_openfst
def test_a_model_of_linked_folders_is_composed_too(demo, tmp_path, demo_channels):
    linked = tmp_path / "linked"
    linked.mkdir()
    for folder in ("am", "conf", "graph"):
        (linked / folder).symlink_to(demo / folder, target_is_directory=True)
    static = compiled(linked)
    assert static_model(linked) == static
    assert words_of(linked, demo_channels) == words_of(demo, demo_channels)


@needs_openfst
@pytest.mark.parametrize("place", ["", "..", "-dash"])
def test_a_model_is_composed_however_it_is_named(demo, tmp_path, monkeypatch, place):
    if place == "..":
        monkeypatch.chdir(demo / "am")
    elif place:
        demo.rename(demo.parent / place)
        monkeypatch.chdir(demo.parent)
    else:
        monkeypatch.chdir(demo)
    run = CliRunner().invoke(main, ["models", "compile", "--", place or "."])
    assert run.exit_code == 0, run.output
    assert run.output.startswith(f"The graph of {place.strip('.') or 'demo-en'}: composing")


@needs_openfst
def test_what_a_killed_one_left_is_removed(demo):
    (demo / ".static-123" / "graph").mkdir(parents=True)
    (demo / ".static-123" / "graph" / "composed.fst").write_bytes(b"half")
    before = installed(demo.parent)
    compiled(demo)
    assert installed(demo.parent)[0].size == before[0].size
    assert sorted(path.name for path in demo.iterdir() if path.name.startswith(".")) == []


@needs_openfst
@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (
            "kill -9 $$",
            r"\(ended by SIGKILL\), most likely because memory ran out.*about \d+\.\d MB\. Make some",
        ),
        ("echo 'std::bad_alloc' >&2; exit 1", "because memory ran out"),
        ("echo 'ERROR: the sky is falling' >&2; exit 1", "could not be composed: .*the sky is falling"),
        ("exit 3", r"could not be composed: fstcompose failed \(it ended with status 3\)\."),
        ("kill -SEGV $$", r"could not be composed: fstcompose failed \(ended by SIGSEGV\)\."),
    ],
)
def test_a_program_that_fails_is_a_sentence_and_leaves_nothing(
    demo, tmp_path, monkeypatch, program, sentence
):
    programs(tmp_path, monkeypatch, fstcompose=program)
    before = sorted(demo.rglob("*"))
    with pytest.raises(ModelError, match=sentence):
        compiled(demo)
    assert sorted(demo.rglob("*")) == before


def test_without_openfst_its_packages_are_named(demo, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match=r"needs OpenFst .*libfst-tools"):
        compiled(demo)


@needs_openfst
def test_a_full_disk_is_found_before_the_work(demo, monkeypatch):
    monkeypatch.setattr(graph_compiler.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(ModelError, match=r"takes about 9\.\d MB in .* only 1\.0 MB are free"):
        compile_graph(demo, pytest.fail, pytest.fail)


@needs_openfst
def test_a_disk_that_fills_up_meanwhile_is_named(demo, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, fstcompose="echo 'ERROR: Write failed' >&2; exit 1")
    frees = iter([1e12, 1000])
    monkeypatch.setattr(graph_compiler.shutil, "disk_usage", lambda _: SimpleNamespace(free=next(frees)))
    with pytest.raises(ModelError, match=r"fstcompose failed .*, as the disk of .* is full: make room"):
        compiled(demo)


@needs_openfst
def test_too_little_memory_is_found_before_the_work(demo, monkeypatch):
    monkeypatch.setattr(graph_compiler, "free_memory", lambda: 5e6)
    with pytest.raises(
        ModelError, match=r"takes about 11\.\d MB of memory, and only 5\.0 MB are free: make some"
    ):
        compile_graph(demo, pytest.fail, pytest.fail)


@needs_openfst
@pytest.mark.parametrize(
    "make",
    [
        lambda static, other: static.mkdir() or (static / "mine.txt").write_text("mine"),
        lambda static, other: static.write_text("mine"),
        lambda static, other: static.symlink_to(other),
    ],
)
def test_what_it_did_not_make_is_not_replaced(demo, tmp_path, make):
    make(demo / "static", tmp_path)
    before = sorted(demo.rglob("*"))
    with pytest.raises(ModelError, match=r"was not made by `models compile`.* move it away"):
        compile_graph(demo, pytest.fail, pytest.fail)
    assert sorted(demo.rglob("*")) == before
    verdict = verify(demo)
    assert verdict.problems == verdict.static_problems == ()


@needs_openfst
def test_what_was_put_beside_a_composed_graph_is_not_deleted(demo):
    (compiled(demo) / "mine.txt").write_text("mine")
    (demo / ".static-backup").mkdir()
    with pytest.raises(ModelError, match=r"static/mine\.txt was not made by"):
        compiled(demo)
    (demo / "static" / "mine.txt").unlink()
    compiled(demo)
    assert (demo / ".static-backup").is_dir()


@needs_openfst
def test_a_graph_that_cannot_be_removed_is_replaced_all_the_same(demo, monkeypatch):
    static = compiled(demo)
    (static / "graph" / "HCLG.fst").write_bytes(b"damaged")
    remove = shutil.rmtree

    def refusing(path, **_):
        if not path.name.endswith("former"):
            remove(path, ignore_errors=True)

    monkeypatch.setattr(graph_compiler.shutil, "rmtree", refusing)
    compiled(demo)
    assert static_model(demo) == static


@needs_openfst
@pytest.mark.parametrize("place", ["static/made-from.json", "graph/HCLr.fst", "static/graph/HCLG.fst"])
def test_a_pipe_in_place_of_a_file_holds_nobody_up(demo, place):
    compiled(demo)
    (demo / place).unlink()
    os.mkfifo(demo / place)
    assert static_model(demo) is None
    verify(demo)


@needs_openfst
def test_verify_loads_the_model_both_with_its_composed_graph_and_without(demo):
    compiled(demo)
    with (demo / "graph" / "Gr.fst").open("r+b") as graph:
        graph.seek(100_000)
        graph.write(b"\x5a" * 400_000)
    run = CliRunner().invoke(main, ["models", "verify", str(demo)])
    assert run.exit_code == 2
    assert "Damaged: demo-en" in run.output


@needs_openfst
def test_damage_to_the_composed_graph_does_not_hide_that_the_model_is_tried(demo, tried):
    (compiled(demo) / "am").unlink()
    run = CliRunner().invoke(main, ["models", "verify", str(demo)])
    assert run.exit_code == 2
    assert tried == [(demo, False)]


@needs_openfst
def test_a_composed_graph_that_is_not_used_is_told_of(demo, notices):
    (compiled(demo) / "am").unlink()
    for words in ((), ("yes",)):
        settings = settings_of(model=str(demo), words=words, workers=0)
        open_engine(settings, pytest.fail, live=False).close()
    assert [line.partition(",")[0] for line in notices if "composed" in line] == [
        "The composed graph of demo-en is not used"
    ]


@needs_openfst
def test_a_model_that_lacks_a_file_is_not_said_to_be_inside_itself(demo):
    compiled(demo)
    (demo / "graph" / "HCLr.fst").unlink()
    with pytest.raises(ModelError, match=r"is not a Vosk model: graph/HCL\S+ is missing"):
        require_model(demo)


@needs_openfst
def test_nothing_of_ours_runs_while_a_program_is_started(demo):
    """Python forgets an exception that a signal raises in that moment, and composing would go on."""
    ran = []
    os.register_at_fork(before=lambda: ran.append("before"))
    compiled(demo)
    assert ran == []


@needs_openfst
def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(demo, monkeypatch):
    def refused(file):
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(graph_compiler, "try_lock", refused)
    with pytest.raises(
        ModelError, match=r"\(Permission denied\): see who may write in .*demo-en, or compose a copy"
    ):
        compiled(demo)


@needs_openfst
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("disambig_tid.int", "12\nsmörgås\n"),
        ("disambig_tid.int", ""),
        ("disambig_tid.int", "12\n\u0663\n"),
        ("words.txt", ""),
        ("words.txt", "hello\n"),
    ],
)
def test_damaged_lists_are_found_before_the_work(demo, file, text):
    (demo / "graph" / file).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=f"cannot be composed: graph/{file} "):
        compile_graph(demo, pytest.fail, pytest.fail)


@needs_openfst
def test_one_that_does_not_work_takes_the_place_of_none(demo):
    static = compiled(demo)
    (static / "am").unlink()  # damaged, so that it is made anew
    with pytest.raises(ModelError, match="was composed, but does not work: it is odd"):
        compile_graph(demo, lambda step: None, lambda work: "it is odd")
    assert (static / "graph" / "HCLG.fst").is_file()
    assert not list(demo.glob(".static*"))


@needs_openfst
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_stopping_it_stops_its_programs_and_removes_what_it_made(demo, tmp_path, monkeypatch, signum):
    programs(tmp_path, monkeypatch, fstcompose=f"echo $$ >{tmp_path / 'pid'}; exec sleep 600")
    command = [sys.executable, "-m", "local_stt", "models", "compile", str(demo)]
    with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) as process:
        while "composing" not in process.stderr.readline():
            pass
        wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        process.send_signal(signum)
        assert process.wait(400) == (130 if signum != signal.SIGKILL else -signal.SIGKILL)
    wait_until(lambda: gone(int((tmp_path / "pid").read_text())))
    if signum != signal.SIGKILL:
        assert not list(demo.glob(".static*"))


@needs_openfst
def test_two_at_a_time_do_not_meet(demo):
    def begin(_):
        with pytest.raises(ModelError, match="by another process"):
            compiled(demo)

    compile_graph(demo, begin, lambda work: "")


def test_a_graph_in_one_piece_needs_no_composing(demo):
    (demo / "graph" / "HCLr.fst").rename(demo / "graph" / "HCLG.fst")
    with pytest.raises(ModelError, match="in one piece already"):
        compiled(demo)


@needs_openfst
def test_a_damaged_graph_is_named(demo):
    graph = demo / "graph" / "Gr.fst"
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(
        ModelError, match=r"cannot be composed: graph/Gr\.fst is cut off.*See `models verify`"
    ):
        compiled(demo)


@needs_openfst
def test_the_command_shows_its_steps_and_how_to_go_back(demo):
    run = CliRunner().invoke(main, ["models", "compile", str(demo)])
    assert run.exit_code == 0, run.output
    lines = run.output.splitlines()
    assert lines[0].startswith("The graph of demo-en: composing")
    assert lines[-1] == f"{demo / 'static'} is ready, and `run` uses it. Delete that folder to go back."
    again = CliRunner().invoke(main, ["models", "compile", str(demo)])
    assert again.output == f"{demo / 'static'} is there already.\n"
    made_from = json.loads((demo / "static" / "made-from.json").read_text())
    assert sorted(made_from["sources"]) == ["Gr.fst", "HCLr.fst", "disambig_tid.int", "words.txt"]


@needs_openfst
def test_a_download_composes_a_large_graph(mirror, models, monkeypatch):
    monkeypatch.setattr(static_graph, "_WORTH_COMPOSING", 500_000)
    mirror.offer(NAME, archive(DEMO_FILES, top=NAME))
    run = downloaded(mirror, models, "--no-compile")
    assert not (models / NAME / "static").exists()
    assert run.exit_code == 0
    run = downloaded(mirror, models)
    assert run.exit_code == 0, run.output
    assert static_model(models / NAME)
    assert f"{models / NAME / 'static'} is ready." in run.output.splitlines()


@needs_openfst
@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("exit 3", "The model is used as it is."),
        ("no memory", "5.0 MB are free: make some free"),
        (None, "local-stt models compile vosk-model-small-xx-0.1`"),
    ],
)
def test_a_download_is_good_without_composing(mirror, models, tmp_path, monkeypatch, program, sentence):
    monkeypatch.setattr(static_graph, "_WORTH_COMPOSING", 500_000)
    mirror.offer(NAME, archive(DEMO_FILES, top=NAME))
    if program == "no memory":
        monkeypatch.setattr(graph_compiler, "free_memory", lambda: 5e6)
    elif program:
        programs(tmp_path, monkeypatch, fstcompose=program)
    else:
        monkeypatch.setattr(openfst.shutil, "which", lambda name: None)
    run = downloaded(mirror, models)
    assert run.exit_code == 0, run.output
    assert sentence in run.output
    assert not (models / NAME / "static").exists()


@needs_openfst
def test_a_composed_graph_that_does_not_work_is_not_left(demo, tmp_path, monkeypatch):
    programs(tmp_path, monkeypatch, fstconvert='for last; do :; done; head -c 300 "$2" >"$last"')
    run = CliRunner().invoke(main, ["models", "compile", str(demo)])
    assert run.exit_code == 2
    assert "was composed, but does not work" in run.output
    assert not (demo / "static").exists()


def test_running_says_that_composing_would_help_where_it_would(demo, monkeypatch, notices):
    engine = SimpleNamespace(ready=SimpleNamespace(folder=demo))
    assert not is_worth_composing(demo)
    _say_how_many(Settings(), engine, 4)
    monkeypatch.setattr(static_graph, "_WORTH_COMPOSING", 500_000)
    _say_how_many(settings_of(words=("yes",)), engine, 4)
    _say_how_many(settings_of(max_calls=4), engine, 4)
    assert notices == ["Up to 4 calls at once."] * 3
    _say_how_many(Settings(), engine, 4)
    assert notices[4] == "There can be more after `.venv/bin/local-stt models compile demo-en`."
