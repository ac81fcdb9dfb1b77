"""The documentation says what there is."""

import re
from dataclasses import fields

import click
import pytest

from local_stt import __version__
from local_stt.cli import main
from local_stt.config.phonebook import Phone
from local_stt.config.settings import PROJECT, Settings

README = (PROJECT / "README.md").read_text()
DOCS = README + "".join(path.read_text() for path in sorted((PROJECT / "docs").rglob("*.md")))


def is_written(name, text=DOCS):
    """Whether a command or option is in the text as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def test_an_option_is_not_documented_by_a_longer_one():
    assert is_written("--to", "| `--to ws://…` |")
    assert not is_written("--to", "--tokens, --to-file, --no--to, and run--to")


@pytest.mark.parametrize("each", fields(Settings), ids=lambda each: each.name)
def test_every_setting_is_in_the_readme_with_its_option(each):
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{each.metadata['variable']}`")]
    for option in each.metadata["option"].split("/"):
        assert not option or is_written(option, row)
    default = each.default
    if isinstance(default, int | str) and not isinstance(default, bool) and default:
        assert str(default).lower() in row.lower()


@pytest.mark.parametrize("each", fields(Phone), ids=lambda each: each.name)
def test_every_key_of_the_file_of_phones_is_documented(each):
    text = (PROJECT / "docs" / "phones.md").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `{each.name}`")]
    if each.default and each.default is not True:
        assert str(each.default) in row


def commands(group, prefix="python -m local_stt"):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


@pytest.mark.parametrize(("name", "command"), list(commands(main)), ids=lambda value: str(value))
def test_every_command_and_option_is_documented(name, command):
    assert is_written(name)
    own = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    assert [option for option in own if not is_written(option)] == []


def test_every_make_verb_is_in_the_readme():
    verbs = re.findall(r"^([a-z-]+):.*##", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert [verb for verb in verbs if not is_written(f"make {verb}", README) and verb != "help"] == []


def test_links_to_files_lead_somewhere():
    for path in [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *PROJECT.glob("*/README.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_version_is_in_the_changelog_and_the_project_file():
    assert f"## [{__version__}]" in (PROJECT / "CHANGELOG.md").read_text()
    assert f'version = "{__version__}"' in (PROJECT / "pyproject.toml").read_text()


def test_the_licence_is_there():
    assert "MIT License" in (PROJECT / "LICENSE").read_text()
