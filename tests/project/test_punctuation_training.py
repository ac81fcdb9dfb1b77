"""The command that trains the punctuation model, and the text that it learns from."""

import gzip
import json
import random
import sys

import pytest

from helpers.commands import run_module
from local_stt.core.formatting.punctuation import punctuated
from local_stt.core.formatting.tokens import Token, text_of
from local_stt.events import Word
from local_stt.formatters.model_file import load
from tools.punctuation import __main__ as command
from tools.punctuation.build import own_talk
from tools.punctuation.material import in_digits, sentences
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


def test_a_turn_in_digits_has_each_number_as_one_word():
    assert in_digits(spoken("Send $23.50 to Al on the 21st")) == ["send", "0", "to", "al", "on", "the", "0"]


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


def run(monkeypatch, *arguments):
    """Run the command in this process, without the talk of its folder, which would take longer."""
    monkeypatch.setattr(command, "own_talk", list)
    monkeypatch.setattr(sys, "argv", ["tools.punctuation", *map(str, arguments)])
    command.main()


@pytest.mark.model
def test_the_command_builds_a_model_that_the_program_reads_and_the_same_one_again(
    dialogues, tmp_path, monkeypatch, capsys
):
    files = [tmp_path / "one.npz", tmp_path / "two.npz"]
    for file in files:
        run(monkeypatch, "build", "--data", dialogues, "--output", file)
    assert files[0].read_bytes() == files[1].read_bytes()
    texts = ["is", "zorba", "there"]
    words = [Word(text, at, at + 0.75, 1.0) for at, text in enumerate(texts)]
    tokens = [Token(text, at, at + 1, "word") for at, text in enumerate(texts)]
    assert text_of(punctuated(tokens, words, load(files[0]), ends=True)) == "Is Zorba there?"
    run(monkeypatch, "score", "--data", dialogues, "--model", files[0])
    figures = capsys.readouterr().out
    assert "any break" in figures
    assert "whole turns found" in figures


def test_the_folder_has_talk_of_its_own():
    assert len(own_talk()) > 1000


def test_a_folder_without_dialogues_is_refused_in_a_sentence(tmp_path):
    result = run_module("tools.punctuation", "build", "--data", tmp_path, "--output", tmp_path / "no.npz")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Error: ")
