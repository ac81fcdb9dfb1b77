"""The rules of docs/architecture.md, checked."""

import ast
import re

import pytest

from local_stt.config import PROJECT

PACKAGE = PROJECT / "local_stt"
ONE_HOME = {
    "click": "cli",
    "dotenv": "config",
    "flask": "server",
    "flask_sock": "server",
    "numpy": "audio",
    "pyngrok": "tunnel",
    "soundfile": "audio_file",
    "soxr": "audio_file",
    "twilio": "telephony",
    "vosk": "recognizer",
    "werkzeug": "http_server",
}
PURE = {"events", "errors", "media_stream", "timeline", "audio", "session", "wer"}
PURE_IMPORTS = {
    "numpy",
    "base64",
    "json",
    "re",
    "dataclasses",
    "enum",
    "typing",
    "collections",
    "functools",
    "bisect",
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def siblings(path):
    """The modules of this package that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield from [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]


def room(path):
    """The module or, for one inside a folder, the folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_vendor_has_one_home(path):
    assert {
        name: ONE_HOME[name] for name in imports(path) if ONE_HOME.get(name, room(path)) != room(path)
    } == {}


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_core_does_no_io_and_knows_only_itself(name):
    path = PACKAGE / f"{name}.py"
    assert set(imports(path)) <= PURE_IMPORTS
    assert set(siblings(path)) <= PURE


def test_only_the_command_line_reads_the_environment():
    readers = {room(path) for path in MODULES if "os.environ" in path.read_text()}
    setters = {"recognizer", "tunnel", "engine"}
    assert readers == {"cli"} | setters
    # These set what a library or a child process reads from there and takes from nowhere else, the
    # one for libvosk, the other for ngrok, whose command line everybody can see; they take no setting.
    assert "os.environ.setdefault(" in (PACKAGE / "recognizer.py").read_text()
    uses = re.findall(r"os\.environ.*", (PACKAGE / "tunnel.py").read_text())
    assert uses == [
        "os.environ.get(name)",  # to put it back
        "os.environ[name] = value",
        "os.environ[name] = before",
        "os.environ[name]",
    ]
    nursery = (PACKAGE / "engine" / "nursery.py").read_text()
    assert nursery.count("os.environ") == 2  # handed on, with one addition, to the process it starts


def test_every_module_says_what_it_is_for():
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_every_module_is_in_the_architecture_document():
    text = (PROJECT / "docs" / "architecture.md").read_text()
    rooms = {room(path) for path in MODULES} - {"__init__", "__main__"}
    assert {name for name in rooms if f"`{name}" not in text} == set()
