"""The rules of docs/architecture.md, checked."""

import ast
import re
import sys

import pytest

from local_stt.config import PROJECT

PACKAGE = PROJECT / "local_stt"
ROOMS = {
    "click": {"cli"},
    "dotenv": {"config"},
    "flask": {"forms", "net", "server", "telephony", "web"},
    "flask_smorest": {"web"},
    "flask_sock": {"telephony", "web"},
    "marshmallow": {"web"},
    "numpy": {"audio", "decoding", "upper_band"},
    "phonenumbers": {"dialing"},
    "prometheus_client": {"metrics"},
    "pyngrok": {"tunnel"},
    "requests": {"bounded_http", "cli", "credentials", "model_files", "simulator", "telephony"},
    "rich": {"cli", "progress", "roster", "terminal"},
    "simple_websocket": {"http_server", "simulator", "telephony", "web"},
    "soundfile": {"decoding"},
    "soxr": {"decoding"},
    "sqlalchemy": {"store"},
    "twilio": {"telephony"},
    "vosk": {"recognizer"},
    "webargs": {"web"},
    "werkzeug": {"connections", "forms", "web"},
    "wsproto": {"http_server", "web"},
}
"""Where each vendor package may be imported"""

PURE = {"events", "errors", "media_stream", "timeline", "audio", "gate", "ear", "session", "wer"} | {
    "kept",
    "grammar",
    "transcript",
    "formats",
    "terms",
    "spacing",
    "opening",
}
PURE_IMPORTS = {
    "numpy",
    "base64",
    "copy",
    "json",
    "re",
    "dataclasses",
    "enum",
    "typing",
    "collections",
    "functools",
    "bisect",
    "unicodedata",
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


def vendors(path):
    """The packages from elsewhere that a module imports."""
    return {name for name in imports(path) if name not in sys.stdlib_module_names}


def reads_environment(source):
    """Whether a program names the environment, in whatever way it came by it."""
    names = {"environ", "environb", "getenv", "getenvb"}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="request"), attr="environ"):
                pass  # of a WSGI request
            case ast.Attribute(attr=name) if name in names:
                return True
            case ast.ImportFrom(module="os") if names & {alias.name for alias in node.names}:
                return True
    return False


def test_each_vendor_is_in_its_rooms_and_in_no_other():
    found = {}
    for path in MODULES:
        for name in vendors(path):
            found.setdefault(name, set()).add(room(path))
    assert found == ROOMS


def test_the_architecture_document_names_each_rooms_vendors():
    text = (PROJECT / "docs" / "architecture.md").read_text()
    documented = {}
    for cell, names in re.findall(r"^\| `(\w+)(?:\.py|/)` \|.*\| *(.*?) *\|$", text, re.MULTILINE):
        for name in filter(None, names.split(", ")):
            module = {"python-dotenv": "dotenv"}.get(name, name.replace("-", "_"))
            documented.setdefault(module, set()).add(cell)
    assert documented == ROOMS


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_core_does_no_io_and_knows_only_itself(name):
    path = PACKAGE / f"{name}.py"
    assert set(imports(path)) <= PURE_IMPORTS
    assert set(siblings(path)) <= PURE


def test_only_the_command_line_reads_the_environment():
    readers = {room(path) for path in MODULES if reads_environment(path.read_text())}
    setters = {"recognizer", "tunnel", "engine", "decoding", "model_files"}
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
    decoder = (PACKAGE / "decoding" / "process.py").read_text()
    assert re.findall(r".*os\.environ.*", decoder) == [  # handed on to a process that gets nothing else
        "            env={name: os.environ[name] for name in INHERITED if name in os.environ}"
    ]
    nursery = (PACKAGE / "engine" / "nursery.py").read_text()
    assert nursery.count("os.environ") == 1  # some of it is handed on to the process it starts


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import os\nos.environ['A']", True),
        ("import os\nos.getenv('A')", True),
        ("import os as system\nsystem.environ", True),
        ("from os import environ", True),
        ("from os import getenv as get", True),
        ("def load(environ):\n    'As os.environ'\n    return environ", False),
        ("import os\nos.fsync(1)", False),
    ],
)
def test_reading_the_environment_is_noticed_however_it_is_written(source, reads):
    assert reads_environment(source) == reads


def test_every_module_says_what_it_is_for():
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_every_module_is_in_the_architecture_document():
    text = (PROJECT / "docs" / "architecture.md").read_text()
    rooms = {room(path) for path in MODULES} - {"__init__", "__main__"}
    assert {name for name in rooms if f"`{name}" not in text} == set()
