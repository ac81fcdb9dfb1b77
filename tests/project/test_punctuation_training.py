"""The command that trains the punctuation model, and the text that it learns from."""

import gzip
import json
import random

import pytest

from helpers.commands import run_module
from local_stt.core.formatting.punctuation import punctuated
from local_stt.core.formatting.tokens import Token, text_of
from local_stt.events import Word
from local_stt.punctuation_model.model_file import load
from tools.punctuation.material import sentences
from tools.punctuation.score import Count
from tools.punctuation.spoken import cardinal, ordinal, spoken


def said(text):
    return " ".join(each.word for each in spoken(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, John! It's me.", "hello john it's me"),
        ("I paid $23.50.", "i paid twenty three dollars and fifty cents"),
        ("That is $1,200", "that is one thousand two hundred dollars"),
        ("Call 415-555-0123.", "call four one five five five five zero one two three"),
        ("at 9:05 or 10:30 pm", "at nine oh five or ten thirty p m"),
        ("at 6 pm, at 7am", "at six pm at seven am"),
        ("on the 21st of May 1999", "on the twenty first of may nineteen ninety nine"),
        ("in 2000 and in 2008", "in two thousand and in two thousand eight"),
        ("it has 4.5 stars", "it has four point five stars"),
        ("zip code 94110", "zip code nine four one one zero"),
        ("a one-way ticket - 5% off", "a one way ticket five percent off"),
        ("Rock & Roll", "rock and roll"),
        ("I am here.Where are you?", "i am here where are you"),
        ("...", ""),
    ],
)
def test_written_text_becomes_what_is_said(text, expected):
    assert said(text) == expected


def test_marks_and_capitals_are_kept():
    words = spoken("Hi! Is John in? No; he left (at 5), sorry...")
    assert [each.mark for each in words] == [".", "", "", "?", ".", "", "", "", ",", "."]
    assert [each.capital for each in words[:4]] == [True, True, True, False]
    assert words[8].capital is None


def test_a_turn_is_cut_into_sentences():
    turn = spoken("Yes, I do. Why? Because")
    assert [[each.word for each in sentence] for sentence in sentences(turn)] == [
        ["yes", "i", "do"],
        ["why"],
        ["because"],
    ]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "zero"), (15, "fifteen"), (40, "forty"), (101, "one hundred one"), (2_000_003, "two million three")],
)
def test_numbers_in_words(number, expected):
    assert " ".join(cardinal(number)) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "first"), (12, "twelfth"), (20, "twentieth"), (33, "thirty third")]
)
def test_ordinals_in_words(number, expected):
    assert " ".join(ordinal(number)) == expected


def test_counts_have_precision_and_recall():
    count = Count()
    for found, there in [(True, True), (True, False), (False, True), (False, False), (True, True)]:
        count.add(found=found, there=there)
    assert (count.precision, count.recall, count.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert Count().f1 == 0


@pytest.fixture(scope="module")
def dialogues(tmp_path_factory):
    """Dialogues of made sentences."""
    folder = tmp_path_factory.mktemp("dialogues")
    rng = random.Random(1)
    for name in ("sgd-train", "sgd-dev", "tm4-train"):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
            for _ in range(60):
                thing = rng.choice(["car", "room", "table"])
                person = rng.choice(["Zorba", "Quentin"])
                texts = [
                    f"Hello. I need a {thing}.",
                    f"Sure, {person} has the {thing}. When do you need it?",
                    f"At 5 pm. Is {person} there?",
                ]
                file.write(json.dumps([["U", text] for text in texts]) + "\n")
    return folder


def test_the_command_builds_a_model_that_the_program_reads_and_the_same_one_again(dialogues, tmp_path):
    files = [tmp_path / "one.npz", tmp_path / "two.npz"]
    for file in files:
        result = run_module("tools.punctuation", "build", "--data", dialogues, "--output", file)
        assert result.returncode == 0, result.stderr
    assert files[0].read_bytes() == files[1].read_bytes()
    texts = ["is", "zorba", "there"]
    words = [Word(text, at, at + 0.75, 1.0) for at, text in enumerate(texts)]
    tokens = [Token(text, at, at + 1, "word") for at, text in enumerate(texts)]
    assert text_of(punctuated(tokens, words, load(files[0]), ends=True)) == "Is Zorba there?"
    result = run_module("tools.punctuation", "score", "--data", dialogues, "--model", files[0])
    assert "any break" in result.stdout
    assert "whole turns found" in result.stdout


def test_a_folder_without_dialogues_is_refused_in_a_sentence(tmp_path):
    result = run_module("tools.punctuation", "build", "--data", tmp_path, "--output", tmp_path / "no.npz")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Error: ")
