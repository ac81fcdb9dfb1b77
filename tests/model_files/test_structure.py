"""Files of a model that are cut off, empty or something else are found without loading it."""

import shutil
import struct

import pytest

from helpers.models import copy_demo_model
from local_stt.model_files import verify

EXTRACTOR = {
    "final.ie": b"\0B<IvectorExtractor> <w> numbers </IvectorExtractor> ",
    "final.dubm": b"\0B<DiagGMM> <GCONSTS> numbers </DiagGMM> ",
    "final.mat": b"\0BFM \x04" + struct.pack("<i", 2) + b"\x04" + struct.pack("<i", 3) + bytes(24),
    "global_cmvn.stats": b" [\n  4.89787e+09 -2.547588e+08 \n  9.7 1 ]\n",
    "splice.conf": b"--left-context=3\n--right-context=3\n",
    "online_cmvn.conf": b"# nothing to say\n",
}


@pytest.fixture
def folder(tmp_path):
    return copy_demo_model(tmp_path / "model")


@pytest.fixture
def adapting(folder):
    """A model with the files of an i-vector extractor, well formed."""
    (folder / "ivector").mkdir()
    for name, content in EXTRACTOR.items():
        (folder / "ivector" / name).write_bytes(content)
    return folder


def symbols(*words):
    """A table of symbols as OpenFst writes it."""
    entries = b"".join(
        struct.pack("<i", len(word)) + word.encode() + struct.pack("<q", key)
        for key, word in enumerate(words)
    )
    return struct.pack("<ii", 2125658996, 1) + b"w" + struct.pack("<qq", len(words), len(words)) + entries


def graph(kind, body, *, flags=0, states=0, arcs=0, arc_type=b"standard"):
    """A graph as OpenFst writes it."""
    names = b"".join(struct.pack("<i", len(name)) + name for name in (kind, arc_type))
    return struct.pack("<i", 2125659606) + names + struct.pack("<iiQqqq", 1, flags, 0, 0, states, arcs) + body


def problems(folder):
    return list(verify(folder).problems)


def test_a_model_that_is_whole_has_no_fault(adapting):
    assert problems(adapting) == []


@pytest.mark.parametrize(
    ("file", "left", "fault"),
    [
        ("am/final.mdl", 0.1, "is cut off: </Nnet3> does not come"),
        ("am/final.mdl", -2, "is cut off in its last numbers"),
        ("am/final.mdl", 0, "is empty"),
        ("graph/Gr.fst", -1, "is cut off: it has 699960 bytes and needs 699961"),
        ("graph/Gr.fst", 0, "is empty"),
        ("graph/Gr.fst", 10, "is cut off"),
        ("graph/HCLr.fst", -1, "is cut off: it has 148265 bytes and needs 148266"),
        ("graph/HCLr.fst", 0.5, "is cut off"),
        ("graph/disambig_tid.int", 0, "is empty"),
        ("graph/words.txt", 0, "is empty"),
        (
            "graph/phones/word_boundary.int",
            -4,
            "has a line that is not a phone's number and its place in words",
        ),
    ],
)
def test_a_file_that_is_cut_off_is_named(folder, file, left, fault):
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: int(len(content) * left) if isinstance(left, float) else left])
    (problem,) = problems(folder)
    assert problem.startswith(f"{file} {fault}")


@pytest.mark.parametrize(
    ("file", "content", "fault"),
    [
        (
            "am/final.mdl",
            b"<html>Not found</html>",
            "is not what it should be: it does not begin with <TransitionModel>",
        ),
        ("graph/Gr.fst", b"version https://git-lfs", "is not an OpenFst graph"),
        ("graph/Gr.fst", graph(b"const", b"", arc_type=b"log"), "has arcs of type 'log'"),
        ("graph/HCLr.fst", graph(b"olabel_lookahead", bytes(8)), "is damaged: what it adds to its graph"),
        ("graph/Gr.fst", graph(b"const", bytes(20), flags=1), "is damaged: its table of symbols"),
        ("graph/Gr.fst", graph(b"vector", bytes(23), states=2), "is cut off: it has 89 bytes and needs 90"),
        ("graph/disambig_tid.int", b"11\nmany\n", "has a line that is not a number: line 2"),
        ("graph/words.txt", b"<eps> 0\nhello\n", "has a line that is not a word and its number: line 2"),
        ("graph/words.txt", b"\xff\xfe", "is not text"),
        ("conf/model.conf", b"--beam=12\nbeam=12\n", "has a line that is no option, --name=value: line 2"),
        ("conf/mfcc.conf", b"\xff", "is not text"),
    ],
)
def test_a_file_that_is_something_else_is_named(folder, file, content, fault):
    (folder / file).write_bytes(content)
    (problem,) = problems(folder)
    assert problem.startswith(f"{file} {fault}")


@pytest.mark.parametrize("name", EXTRACTOR)
def test_an_i_vector_extractor_is_all_there_or_not_at_all(adapting, name):
    (adapting / "ivector" / name).unlink()
    assert problems(adapting) == [f"ivector/{name} is missing"]


@pytest.mark.parametrize("name", list(EXTRACTOR)[:-1])
def test_a_file_of_the_extractor_that_is_cut_off_is_named(adapting, name):
    content = EXTRACTOR[name]
    (adapting / "ivector" / name).write_bytes(content[: -len(content) // 3])
    found = problems(adapting)
    if name == "splice.conf":  # whole lines are left: loading it shows what is missing
        (adapting / "ivector" / name).write_bytes(b"left-context=3")
        found = problems(adapting)
    assert [problem.split()[0] for problem in found] == [f"ivector/{name}"]


def test_a_list_of_words_that_is_shorter_than_what_the_graph_gives_out_is_cut_off(folder):
    words = folder / "graph/words.txt"
    words.write_text("".join(words.read_text().splitlines(keepends=True)[:700]))
    assert problems(folder) == [
        "graph/words.txt is cut off: it lists 700 words, and graph/HCLr.fst gives out 738"
    ]


def test_words_must_be_in_a_file_or_in_the_graph(folder):
    (folder / "graph/words.txt").unlink()
    assert problems(folder) == ["graph/words.txt is missing, and graph/Gr.fst does not hold the words"]
    ngram = struct.pack("<QQQ", 1, 2, 1) + bytes(8 * 3 + 4 * (4 + 6))
    with_words = graph(b"ngram", symbols("<eps>", "hello") + ngram, flags=2, states=1)
    (folder / "graph/Gr.fst").write_bytes(with_words)
    assert problems(folder) == []
    (folder / "graph/Gr.fst").write_bytes(with_words[:-1])
    (problem,) = problems(folder)
    assert problem.startswith("graph/Gr.fst is cut off")


def test_a_model_of_the_flat_layout_is_looked_into_as_well(folder):
    for file in (
        "am/final.mdl",
        "conf/mfcc.conf",
        "graph/HCLr.fst",
        "graph/Gr.fst",
        "graph/disambig_tid.int",
    ):
        shutil.move(folder / file, folder)
    shutil.move(folder / "graph/words.txt", folder)
    for name in ("am", "conf", "graph"):
        shutil.rmtree(folder / name)
    assert problems(folder) == []
    (folder / "Gr.fst").write_bytes(b"")
    assert problems(folder) == ["Gr.fst is empty"]
