"""The commands that measure how numbers are written."""

import gzip
import json
import sys

import pytest

from tools.text_formatting.__main__ import main
from tools.text_formatting.comparison import same


@pytest.fixture
def data(tmp_path):
    (tmp_path / "calls.tsv").write_text(
        "# comment\ntime\tat nine p m\tat 9 PM || at 21:00\nmoney\tfive dollars\t$6\n"
    )
    (tmp_path / "en_ordinal.txt").write_text("second => 2nd\ntwenty first => 21st\n")
    return tmp_path


@pytest.fixture
def in_two_languages(data):
    folder = data / "nemo-es"
    folder.mkdir()
    (folder / "test_cases_money.txt").write_text("dos euros~€2\ndiez euros~€10.000\n")
    (folder / "test_cases_whitelist.txt").write_text("usted~Ud.\n")
    (data / "nemo-de").mkdir()
    (data / "nemo-de" / "test_cases_money.txt").write_text("zwei euro~2 €\n")
    (data / "calls-es.tsv").write_text("time\ta las dos y media\ta las 2:30\n")
    return data


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["text_formatting", *map(str, arguments)])
    main()


def test_the_score_is_by_category_and_set(data, monkeypatch, capsys):
    run(monkeypatch, "score", "--data", data, "--failures", 5)
    printed = capsys.readouterr().out.split("\n")
    assert [line.split() for line in printed[:5]] == [
        ["calls", "all", "2", "50.0%"],
        ["calls/money", "1", "0.0%"],
        ["calls/time", "1", "100.0%"],
        ["nemo", "all", "2", "100.0%"],
        ["nemo/ordinal", "2", "100.0%"],
    ]
    assert printed[5:] == ["calls/money: 'five dollars'", "  got  '$5'", "  want '$6'", ""]


def scores(monkeypatch, capsys, *arguments):
    run(monkeypatch, "score", "--data", *arguments)
    return dict(line.rsplit(maxsplit=2)[::2] for line in capsys.readouterr().out.splitlines())


def test_each_language_that_has_rules_is_scored(in_two_languages, monkeypatch, capsys):
    found = scores(monkeypatch, capsys, in_two_languages)
    assert set(found) == {
        *("calls all", "calls/money", "calls/time", "nemo all", "nemo/ordinal"),
        *("calls-es all", "calls-es/time", "nemo-es all", "nemo-es/money", "nemo-es/whitelist"),
    }
    assert (found["nemo-es all"], found["nemo-es/whitelist"]) == ("50.0%", "0.0%")


def test_one_language_can_be_scored(in_two_languages, monkeypatch, capsys):
    found = scores(monkeypatch, capsys, in_two_languages, "--language", "es")
    assert all(name.partition("-")[2].startswith("es") for name in found)


def test_the_speed_is_measured_for_utterances_and_long_turns(data, monkeypatch, capsys):
    run(monkeypatch, "speed", "--data", data)
    printed = capsys.readouterr().out
    assert printed.startswith("en:\nan utterance: mean ")
    assert "400 words: " in printed


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ("at 9 p.m.", "at 09:00 PM"),
        ("$1,250", "$1250"),
        ("the 25th of July 2012", "25 july 2012"),
        ("July 25, 2012", "july 25th 2012"),
        ("415-555-1212", "(415) 555 1212"),
        ("60 miles per hour.", "60 mph"),
    ],
)
def test_style_does_not_count(got, wanted):
    assert same("calls/any", got, (wanted,))


def test_a_comma_is_style_in_english_only():
    assert same("calls/any", "3,141", ("3141",))
    assert not same("calls/any", "3,141", ("3141",), "es")


@pytest.mark.parametrize(("got", "wanted"), [("21", "22"), ("10:30", "1030"), ("0.5", "5")])
def test_what_is_said_counts(got, wanted):
    assert not same("calls/any", got, (wanted,))


def test_key_terms_are_counted_by_what_they_put_right_and_change_wrongly(tmp_path, monkeypatch, capsys):
    dialogue = [["U", "The tour for me please."], ["S", "Which one do you like?"]]
    with gzip.open(tmp_path / "sgd-dev.jsonl.gz", "wt") as file:
        file.write(json.dumps(dialogue) + "\n")
    run(monkeypatch, "key-terms", "--data", tmp_path, "--failures", 5)
    printed = capsys.readouterr().out
    assert printed.startswith("put right: ")
    assert "changed wrongly at confidence 0.7: 100.000 in 1,000 of 10 words" in printed
    assert "'tour for me' became 'Terraform', 1 times" in printed
    assert "changed wrongly at confidence 1.0: 0.000" in printed
    assert "1000 terms: mean " in printed
