"""The commands that measure how private words are found."""

import json
import sys

import pytest

from tools.privacy.__main__ import main
from tools.privacy.groups import numbers_in_groups
from tools.privacy.live import shown_in_finals

CASES = [
    {
        "id": "a-1",
        "words": ["my", "zip", "is", "nine", "four", "one", "one", "oh"],
        "entities": [{"policy": "location", "first": 3, "last": 8}],
    },
    {
        "id": "a-2",
        "words": ["the", "total", "is", "six", "dollars"],
        "entities": [{"policy": "date", "first": 0, "last": 2}, {"policy": "drug", "first": 2, "last": 3}],
    },
    {"id": "a-3", "words": ["four", "four", "two", "one"], "before": "your pin", "entities": []},
]


@pytest.fixture
def data(tmp_path):
    lines = "".join(f"{json.dumps(case)}\n" for case in CASES)
    (tmp_path / "pii-cases.jsonl").write_text(lines)
    (tmp_path / "presidio-spoken.jsonl").write_text(lines)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["privacy", *map(str, arguments)])
    main()


def test_the_score_counts_leaked_named_and_wrong_words(data, monkeypatch, capsys):
    run(monkeypatch, "score", "--data", data, "--failures", 5)
    printed = capsys.readouterr().out
    own, development, held_out = printed.split("\n\n")[:3]
    rows = [line.split() for line in own.splitlines()]
    assert ["location", "1", "0.0%", "100.0%"] in rows
    assert ["date", "1", "100.0%", "0.0%"] in rows
    assert ["drug", "1", "100.0%", "0.0%"] in rows
    assert ["NAMES", "AND", "PLACES", "1", "0.0%", "100.0%"] in rows
    assert "words covered wrongly 6/11 = 54.5%; clean utterances with an alarm 1/1" in own
    assert "a-2:  > THE TOTAL IS [six dollars money_amount]" in own
    assert "a-3: your pin > [four four two one password]" in own
    assert "partials show 35.3% of all words, 28.6% of private words, 0/11 of those that the final" in own
    assert ("Presidio spoken, development" in development, "a-2" in development) == (True, False)
    assert ("Presidio spoken, held out" in held_out, "a-2" in held_out) == (True, True)
    assert "numbers in groups, final by final" in printed


def test_numbers_in_groups_are_the_same_each_time_and_hardly_show():
    numbers = numbers_in_groups()
    assert numbers == numbers_in_groups()
    assert len(numbers) == 252
    private = sum(len(number.private) for number in numbers)
    shown = sum(len(shown_in_finals(number) & number.private) for number in numbers)
    assert shown <= 0.02 * private


def test_the_speed_is_measured_for_finals_and_long_turns(data, monkeypatch, capsys):
    run(monkeypatch, "speed", "--data", data)
    printed = capsys.readouterr().out
    assert printed.startswith("a final: mean ")
    assert "400 words: " in printed
