"""The commands that measure how numbers are written."""

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


def test_the_speed_is_measured_for_utterances_and_long_turns(data, monkeypatch, capsys):
    run(monkeypatch, "speed", "--data", data)
    printed = capsys.readouterr().out
    assert printed.startswith("an utterance: mean ")
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


@pytest.mark.parametrize(("got", "wanted"), [("21", "22"), ("10:30", "1030"), ("0.5", "5")])
def test_what_is_said_counts(got, wanted):
    assert not same("calls/any", got, (wanted,))
