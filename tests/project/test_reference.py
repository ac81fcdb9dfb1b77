"""docs/reference is what the code says."""

from dataclasses import fields

import pytest

from local_stt.config.phonebook import Phone
from local_stt.config.settings import declared
from tools.reference import __main__ as reference
from tools.reference import cli, configuration, events, http_api, metrics, phones


def test_the_pages_are_what_the_code_says():
    """`make reference` writes them."""
    assert reference.stale() == []


def test_a_page_that_is_not_what_the_code_says_is_noticed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr(reference, "PAGES", {"events.md": events.page, "phones-toml.md": phones.page})
    monkeypatch.setattr("sys.argv", ["reference"])
    reference.main()
    assert reference.stale() == []
    (tmp_path / "events.md").write_text("something else")
    (tmp_path / "phones-toml.md").unlink()
    monkeypatch.setattr("sys.argv", ["reference", "--check"])
    with pytest.raises(SystemExit, match="1"):
        reference.main()
    assert "(events.md, phones-toml.md)" in capsys.readouterr().out


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.variable)
def test_every_setting_has_a_row_with_its_option_and_default(each):
    (row,) = [line for line in configuration.page().splitlines() if line.startswith(f"| `{each.variable}` ")]
    assert all(f"`{flag}`" in row for flag in filter(None, each.option.split("/")))
    assert each.description in row
    if isinstance(each.default, int | str) and not isinstance(each.default, bool) and each.default:
        assert str(each.default).lower() in row.lower()


@pytest.mark.parametrize(("name", "command"), list(cli.commands()), ids=lambda value: str(value))
def test_every_command_is_described_with_its_options(name, command):
    (section,) = [part for part in cli.page().split("\n## ") if part.startswith(f"{name}\n")]
    flags = [flag for each in command.params for flag in each.opts if flag.startswith("--")]
    assert [flag for flag in flags if f"`{flag}" not in section] == []


def test_events_have_their_fields_and_what_these_mean():
    page = events.page()
    assert "## audio-set-aside" in page
    assert "| `words` | list of Word |" in page
    assert "| `hung-up` | " in page


def test_the_api_has_its_routes_parameters_and_objects():
    page = http_api.page()
    assert "## DELETE /api/calls/{call_id}" in page
    assert "| `before` | query | string |" in page
    assert "[CallPage](#callpage)" in page


def test_figures_have_the_names_that_prometheus_sees():
    page = metrics.page()
    assert "| `local_stt_calls_ended_total` | counter |" in page
    assert "| `local_stt_calls` | gauge |" in page


def test_keys_of_phones_have_their_defaults():
    page = phones.page()
    assert [each.name for each in fields(Phone) if f"| `{each.name}` |" not in page] == []
    assert "| `ring_seconds` | `20` |" in page
