"""The command line as a whole: its help, its versions, completion, and what it says of mistakes."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from helpers.project import PROJECT
from local_stt import __version__
from local_stt.cli import COMMANDS, main
from local_stt.cli.run import run

HEAVY = ("vosk", "numpy", "sqlalchemy", "twilio", "flask", "requests", "rich", "pyngrok", "soundfile")


def typed(*arguments):
    return CliRunner().invoke(main, arguments)


def imported_by(code):
    """Return the modules that code about `main` imports, without those of Python."""
    code = f"import sys, click; from local_stt.cli import main; {code}; print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stderr
    return {name for name in said.split() if name.partition(".")[0] not in sys.stdlib_module_names}


def test_help_imports_no_command_and_nothing_heavy():
    imported = imported_by("main(['--help'], standalone_mode=False)")
    assert imported.isdisjoint(HEAVY)
    ours = {name for name in imported if name.startswith("local_stt.cli.")}
    assert ours == {"local_stt.cli.encoding", "local_stt.cli.groups"}
    assert len(imported) < 40


def test_a_command_that_is_used_is_imported_with_what_it_needs():
    assert "vosk" in imported_by("main(['run', '--help'], standalone_mode=False)")


@pytest.mark.parametrize("summaries", COMMANDS.values(), ids=COMMANDS)
def test_summaries_are_the_first_sentences_of_the_commands_help(summaries):
    context = click.Context(main)
    for name, summary in summaries.items():
        assert main.get_command(context, name).get_short_help_str(limit=200) == summary


def test_help_lists_commands_in_sections_with_examples():
    output = typed("--help").output
    assert all(f"\n{heading}:\n" in output for heading in COMMANDS)
    assert "local-stt calls search invoice" in output


def test_help_of_a_command_lists_settings_in_sections_with_variable_default_and_range():
    output = " ".join(typed("run", "--help").output.split())
    assert "--port INTEGER port to listen on" in output
    assert "[env var: LOCAL_STT_PORT; default: 8080; 0<=x<=65535]" in output
    assert "Twilio: --phone-number NUMBER" in output
    assert "--tracks [both|inbound]" in output


def test_versions_are_those_of_the_program_vosk_and_the_model(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCAL_STT_MODEL", "demo-en")
    assert typed("--version").output.splitlines() == [
        f"local_stt {__version__}",
        f"vosk {version('vosk')}",
        "model demo-en",
    ]


def test_a_model_that_cannot_be_used_is_said_beside_the_versions(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCAL_STT_MODEL", "nowhere")
    assert "model none: There is no model nowhere" in typed("--version").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rnu"], "No such command 'rnu'. Did you mean 'run'?"),
        (["run", "--prot", "1"], "'--port'"),
        (["run", "--port", "x"], "Invalid value for '--port': 'x' is not a valid integer."),
        (["run", "--port", "65536"], "Invalid value for '--port': 65536 is not in the range 0<=x<=65535."),
        (
            ["run", "--tracks", "left"],
            "Invalid value for '--tracks': 'left' is not one of 'both', 'inbound'.",
        ),
        (
            ["run", "--public-url", "http://a.example"],
            "Invalid value for '--public-url': 'http://a.example' does not begin with https://",
        ),
        (["run", "--phone-number", "555"], "Invalid value for '--phone-number': '555' is not a phone number"),
    ],
)
def test_a_mistake_is_named_and_is_exit_status_2(arguments, sentence):
    result = typed(*arguments)
    assert sentence in " ".join(result.output.split())
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("local-stt ", ["run", "dial", "calls"]),
        ("local-stt calls s", ["show", "search"]),
        ("local-stt run --por", ["--port"]),
    ],
)
def test_a_shell_completes_commands_and_options(words, expected, monkeypatch):
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    completion = BashComplete(main, {}, "local-stt", "_LOCAL_STT_COMPLETE")
    arguments, incomplete = completion.get_completion_args()
    found = [each.value for each in completion.get_completions(arguments, incomplete)]
    assert [each for each in expected if each not in found] == []


def test_a_shell_completes_choices_and_files():
    parameters = {each.name: each for each in run.params}
    context = click.Context(run)
    tracks = parameters["tracks"].shell_complete(context, "b")
    assert [each.value for each in tracks] == ["both"]
    assert [each.type for each in parameters["data_dir"].shell_complete(context, "x")] == ["file"]
    assert parameters["greeting"].shell_complete(context, "x") == []


def test_completing_commands_imports_none():
    assert "local_stt.cli.run" not in imported_by("main.shell_complete(click.Context(main), '')")


@pytest.mark.parametrize("arguments", [["--help"], ["doctor", "--json", "--port", "0"]], ids=" ".join)
def test_an_output_that_is_full_is_a_sentence(arguments):
    command = [sys.executable, "-m", "local_stt", *arguments]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command, cwd=PROJECT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 2
    assert "Error: The output cannot be written (No space left on device).\n" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_shell_completes_the_command_as_it_is_typed():
    for shell in ("bash", "zsh", "fish"):
        ended = subprocess.run(
            [sys.executable, "-m", "local_stt"],
            cwd=PROJECT,
            env={"_LOCAL_STT_COMPLETE": f"{shell}_source", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "local-stt" in ended.stdout
        assert "local_stt " not in ended.stdout
