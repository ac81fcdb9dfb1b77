"""`contacts` as a user runs it."""

import json

import pytest
from click.testing import CliRunner

from local_stt.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return CliRunner().invoke(main, ["contacts", *arguments, "--data-dir", str(tmp_path / "data")])

    return invoke


def test_contacts_are_set_listed_and_removed(run):
    assert run("list").stderr == "There are no contacts.\n"
    assert run("set", "(202) 555-0123", "Ann", "--region", "us").output == "+12025550123 is Ann.\n"
    assert run("list").output == "Ann  +12025550123\n"
    assert json.loads(run("list", "--json").output) == {"number": "+12025550123", "name": "Ann"}
    assert run("remove", "+1 202 555 0123").output == "+12025550123 has no name any more.\n"
    gone = run("remove", "+12025550123")
    assert (gone.exit_code, "has no name: `contacts list`" in gone.stderr) == (2, True)


def test_a_file_is_imported_with_the_region_of_ones_own_number(run, tmp_path, monkeypatch):
    (tmp_path / "mine.csv").write_text("name,phone\nAnn,030 12345678\nCy,\n")
    unknown = run("import", "mine.csv")
    assert "line 2: 030 12345678 has no country code" in unknown.stderr
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+4930123456")
    done = run("import", "mine.csv")
    assert done.stdout == "1 contacts were added, and the names of 0 changed.\n"
    assert done.stderr == "line 3: no number\n"
    assert run("list").output == "Ann  +493012345678\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("set", "030 123", "Ann"), "no country code"),
        (("set", "+12025550123", "\u202e"), "The name has 0 letters"),
        (("set", "+12025550123", "x" * 81), "The name has 81 letters"),
        (("set", "+12025550123", "Ann", "--region", "XX"), "'XX' is no country's code"),
        (("import", "missing.csv"), "does not exist"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run, arguments, why):
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert why in refused.stderr
