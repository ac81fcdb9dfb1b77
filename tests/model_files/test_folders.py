"""Which folders are models, and what is said of the others."""

import pytest

from helpers.models import DEMO_MODEL
from local_stt.errors import ModelError
from local_stt.model_files import EMBEDDED, FoundModel, installed, looks_like_model, require_model

DYNAMIC_GRAPH = ["HCLr.fst", "Gr.fst", "disambig_tid.int"]
TODAYS = ["am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLG.fst"]
FLAT = ["final.mdl", "mfcc.conf", *DYNAMIC_GRAPH]


def make(folder, files, content=b"x"):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    return folder


def complaint(folder):
    with pytest.raises(ModelError) as raised:
        require_model(folder)
    return str(raised.value)


@pytest.mark.parametrize(
    "files",
    [
        TODAYS,
        FLAT,
        ["final.mdl", "mfcc.conf", "HCLG.fst"],
        [*TODAYS[:3], *(f"graph/{file}" for file in DYNAMIC_GRAPH)],
        ["am/final.mdl", "conf/fbank.conf", "conf/model.conf", "graph/HCLG.fst"],
    ],
    ids=["today's", "flat", "flat, static graph", "dynamic graph", "fbank features"],
)
def test_every_layout_libvosk_reads_is_a_model(tmp_path, files):
    folder = make(tmp_path / "model", files)
    assert looks_like_model(folder)
    assert require_model(folder) == folder


@pytest.mark.parametrize("layout", [TODAYS, FLAT], ids=["today's", "flat"])
def test_no_needed_file_may_be_missing(tmp_path, layout):
    for number, file in enumerate(layout):
        folder = make(tmp_path / str(number), [other for other in layout if other != file])
        assert not looks_like_model(folder), file
        if file != "final.mdl":  # without it nothing shows that the layout is the flat one
            assert f"{file} is missing" in complaint(folder)


def test_several_missing_files_are_named_in_one_sentence(tmp_path):
    folder = make(tmp_path / "model", ["conf/mfcc.conf"])
    assert complaint(folder) == (
        f"{folder} is not a Vosk model: am/final.mdl, conf/model.conf and graph/HCLG.fst are missing."
    )


def test_a_model_one_folder_deeper_is_pointed_out(tmp_path):
    inner = make(tmp_path / "small" / "small", TODAYS)
    assert f"name {inner}" in complaint(tmp_path / "small")


def test_two_models_inside_are_not_guessed_between(tmp_path):
    make(tmp_path / "one", TODAYS)
    make(tmp_path / "two", TODAYS)
    assert "am/final.mdl" in complaint(tmp_path)


def test_an_archive_a_file_and_nothing_at_all_are_told_apart(tmp_path):
    make(tmp_path, ["small.zip", "small.mdl"])
    assert "unpack it" in complaint(tmp_path / "small.zip")
    assert "is a file" in complaint(tmp_path / "small.mdl")
    assert "There is no folder" in complaint(tmp_path / "nowhere")


def test_larger_models_come_first_and_the_demo_last(tmp_path):
    make(tmp_path / EMBEDDED, TODAYS, b"x" * 1000)
    make(tmp_path / "small", TODAYS, b"x" * 10)
    make(tmp_path / "big", TODAYS, b"x" * 100)
    assert installed(tmp_path) == [
        FoundModel(tmp_path / "big", 400),
        FoundModel(tmp_path / "small", 40),
        FoundModel(tmp_path / EMBEDDED, 4000),
    ]
    assert [model.embedded for model in installed(tmp_path)] == [False, False, True]


def test_work_in_progress_and_other_things_are_not_models(tmp_path):
    make(tmp_path / ".small.unpacking-7", TODAYS)
    make(tmp_path / "half", TODAYS[:2])
    make(tmp_path, ["README.md"])
    assert installed(tmp_path) == []


def test_a_models_folder_that_does_not_exist_holds_no_models(tmp_path):
    assert installed(tmp_path / "models") == []


def test_the_models_of_the_repository_end_with_the_embedded_one():
    assert installed(DEMO_MODEL.parent)[-1].name == EMBEDDED


def test_a_folder_that_cannot_be_looked_at_says_so(tmp_path):
    folder = tmp_path / ("x" * 300)
    assert complaint(folder) == (
        f"{folder} cannot be read (File name too long): see who may read it, or name another one."
    )


def test_whether_a_folder_is_a_model_is_said_in_a_sentence_where_it_cannot_be_read(tmp_path):
    with pytest.raises(ModelError, match=r"cannot be read \(File name too long\)"):
        looks_like_model(tmp_path / ("x" * 300) / "model")
