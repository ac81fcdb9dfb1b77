"""Whether an installed model is still what was downloaded."""

import json
import shutil

import pytest

from helpers.downloads import DEMO_FILES, NAME, get
from helpers.models import DEMO_MODEL, copy_demo_model
from local_stt.errors import ModelError
from local_stt.model_files import MANIFEST, Verdict, verifiable, verify
from stand_ins.model_mirror import archive


@pytest.fixture
def folder(mirror, models):
    """A downloaded model, whose archive brought a manifest of its own."""
    mirror.offer(NAME, archive(DEMO_FILES | {MANIFEST: b"theirs"}, top=NAME))
    return get(mirror, models)


def test_of_a_downloaded_model_every_file_is_compared(folder):
    assert verify(folder) == Verdict(problems=(), compared=len(DEMO_FILES))


def test_a_static_graph_comes_and_goes_without_a_word(mirror, models):
    theirs = {f"static/{file}": b"theirs" for file in ("made-from.json", "graph/HCLG.fst")}
    mirror.offer(NAME, archive(DEMO_FILES | theirs, top=NAME))
    folder = get(mirror, models)
    shutil.rmtree(folder / "static")
    assert verify(folder) == Verdict(problems=(), compared=len(DEMO_FILES))


def test_files_that_changed_or_are_gone_are_named_once_each(folder):
    (folder / "am/final.mdl").write_bytes(b"other")
    (folder / "conf/model.conf").unlink()
    (folder / "graph/phones/word_boundary.int").unlink()
    assert sorted(verify(folder).problems) == [
        "am/final.mdl has changed since it was downloaded",
        "am/final.mdl is not what it should be: it does not begin with <TransitionModel>",
        "conf/model.conf is missing",
        "graph/phones/word_boundary.int is missing",
    ]


def test_a_model_from_elsewhere_is_judged_by_its_structure_alone(tmp_path):
    assert verify(DEMO_MODEL) == Verdict(problems=(), compared=0)
    copy = copy_demo_model(tmp_path / "copy")
    (copy / "am/final.mdl").unlink()
    assert verify(copy) == Verdict(problems=("am/final.mdl is missing",), compared=0)


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"sha256": []})])
def test_checksums_that_cannot_be_read_are_a_problem(folder, content):
    (folder / MANIFEST).write_text(content)
    (problem,) = verify(folder).problems
    assert "cannot be read" in problem


def test_a_folder_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(ModelError, match="There is no folder"):
        verify(tmp_path / "nowhere")


def test_what_was_a_model_once_is_still_to_be_verified(folder, models):
    copy_demo_model(models / "demo-en")
    (models / "notes").mkdir()
    (folder / "am/final.mdl").unlink()
    assert verifiable(models) == [models / "demo-en", folder]
