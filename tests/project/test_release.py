"""The package: what it is made of, and what goes with a version of it."""

import tomllib

import pytest

from helpers.project import PROJECT
from local_stt import __version__
from local_stt.system import installation
from tools.release import notes

CHANGELOG = """# Changelog

## [Unreleased]

- later

## [1.1.0] - 2026-02-01

### Added

- one thing

## [1.0.0] - 2026-01-01

- another
"""


def test_notes_are_what_the_changelog_says_of_a_version():
    assert notes(CHANGELOG, "1.1.0") == "### Added\n\n- one thing\n"
    assert notes(CHANGELOG, "1.0.0") == "- another\n"


@pytest.mark.parametrize("version", ["1.2.0", "1.1", "1.1.0.dev1"])
def test_a_version_that_the_changelog_does_not_know_is_not_built(version):
    with pytest.raises(ValueError, match=f"has nothing for {version}"):
        notes(CHANGELOG, version)


def test_there_are_notes_for_the_version_that_is_built():
    assert notes((PROJECT / "CHANGELOG.md").read_text(), __version__)


def test_the_package_has_the_command_the_types_and_the_embedded_model():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"local-stt": "local_stt.__main__:start"}
    assert (PROJECT / "local_stt" / "py.typed").exists()
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included.pop("models/demo-en") == "local_stt/models/demo-en"
    model = PROJECT / "models" / "demo-en"
    links = [each for each in model.rglob("*") if each.is_symlink() and each.is_dir()]
    assert included == {  # a wheel has no links
        each.resolve().relative_to(PROJECT).as_posix(): f"local_stt/{each.relative_to(PROJECT).as_posix()}"
        for each in links
    }
    assert installation.BUNDLED_MODELS / "demo-en" == PROJECT / "models" / "demo-en"


@pytest.mark.parametrize(
    ("arguments", "in_checkout", "installed"),
    [
        ("run", "make run", "local-stt run"),
        ("models download", "make download-model", "local-stt models download"),
        ("models download vosk-x", "make download-model MODEL=vosk-x", "local-stt models download vosk-x"),
        ("models verify", ".venv/bin/local-stt models verify", "local-stt models verify"),
    ],
)
def test_commands_are_named_as_a_user_types_them_there(arguments, in_checkout, installed):
    assert installation.command(arguments) == in_checkout
    assert installation.command(arguments, in_checkout=False) == installed
