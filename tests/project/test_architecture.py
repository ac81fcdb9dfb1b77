"""The rules of docs/architecture.md, checked."""

import ast
import re
import sys

import pytest

from local_stt.config.settings import PROJECT

PACKAGE = PROJECT / "local_stt"
ROOMS = {
    "click": {"cli/"},
    "dotenv": {"config/settings.py"},
    "flask": {"api/", "net/forms.py", "net/", "server.py", "telephony/", "web/"},
    "flask_smorest": {"api/", "web/"},
    "flask_sock": {"telephony/", "web/"},
    "marshmallow": {"api/", "web/"},
    "numpy": {"audio.py", "decoding/", "bandwidth_extension/upper_band.py"},
    "phonenumbers": {"telephony/outbound.py"},
    "prometheus_client": {"metrics.py"},
    "pyngrok": {"net/tunnel.py"},
    "requests": {
        "net/bounded_http.py",
        "cli/",
        "net/credentials.py",
        "model_files/",
        "simulator/",
        "telephony/",
    },
    "rich": {"cli/", "console/progress.py", "console/labels.py", "console/terminal.py"},
    "simple_websocket": {"net/http_server.py", "simulator/", "telephony/", "web/"},
    "soundfile": {"decoding/"},
    "soxr": {"decoding/"},
    "sqlalchemy": {"store/"},
    "twilio": {"telephony/"},
    "vosk": {"recognizer.py"},
    "webargs": {"api/"},
    "werkzeug": {"api/", "net/connections.py", "net/forms.py", "web/"},
    "wsproto": {"net/http_server.py", "web/"},
}
"""Where each vendor package may be imported: modules, and folders with a slash behind"""

READERS_OF_ENVIRONMENT = {"cli/", "decoding/", "engine/", "model_files/", "recognizer.py", "net/tunnel.py"}

PURE = {
    "audio.py",
    "core/track_transcriber.py",
    "errors.py",
    "events.py",
    "core/formats.py",
    "core/vad.py",
    "core/grammar.py",
    "core/call_record.py",
    "core/media_stream.py",
    "core/opening.py",
    "core/call_session.py",
    "core/spacing.py",
    "core/terms.py",
    "core/jitter_buffer.py",
    "core/captions.py",
    "core/wer.py",
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
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                module = folder / f"{alias.name}.py"
                yield place(module if module.exists() else folder.with_suffix(".py"))


def place(path):
    """Where a module is in the package."""
    return path.relative_to(PACKAGE).as_posix()


def covered(modules, cells):
    """The cells that these modules are in; an error for a module that is in none."""
    found = {
        path: {cell for cell in cells if path == cell or (cell[-1] == "/" and path.startswith(cell))}
        for path in map(place, modules)
    }
    assert [path for path, within in found.items() if not within] == []
    return set().union(*found.values())


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


@pytest.mark.parametrize("vendor", sorted({name for path in MODULES for name in vendors(path)} | set(ROOMS)))
def test_each_vendor_is_in_its_rooms_and_in_no_other(vendor):
    users = [path for path in MODULES if vendor in vendors(path)]
    assert covered(users, ROOMS[vendor]) == ROOMS[vendor]


def rows():
    """The rows of the architecture document: what a module or folder is, and its vendors."""
    text = (PROJECT / "docs" / "architecture.md").read_text()
    return re.findall(r"^\| `([\w/]+(?:\.py|/))` \|.*\| *(.*?) *\|$", text, re.MULTILINE)


def test_the_architecture_document_names_each_rooms_vendors():
    documented = {}
    for cell, names in rows():
        for name in filter(None, names.split(", ")):
            module = {"python-dotenv": "dotenv"}.get(name, name.replace("-", "_"))
            documented.setdefault(module, set()).add(cell)
    assert documented == ROOMS


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_core_does_no_io_and_knows_only_itself(name):
    path = PACKAGE / name
    assert set(imports(path)) <= PURE_IMPORTS
    assert set(siblings(path)) <= PURE


def test_only_the_command_line_reads_the_environment():
    readers = [path for path in MODULES if reads_environment(path.read_text())]
    assert covered(readers, READERS_OF_ENVIRONMENT) == READERS_OF_ENVIRONMENT
    # These set what a library or a child process reads from there and takes from nowhere else, the
    # one for libvosk, the other for ngrok, whose command line everybody can see; they take no setting.
    assert "os.environ.setdefault(" in (PACKAGE / "recognizer.py").read_text()
    uses = re.findall(r"os\.environ.*", (PACKAGE / "net/tunnel.py").read_text())
    assert uses == [
        "os.environ.get(name)",  # to put it back
        "os.environ[name] = value",
        "os.environ[name] = before",
        "os.environ[name]",
    ]
    decoder = (PACKAGE / "decoding/process.py").read_text()
    assert re.findall(r".*os\.environ.*", decoder) == [  # handed on to a process that gets nothing else
        "            env={name: os.environ[name] for name in INHERITED if name in os.environ}"
    ]
    nursery = (PACKAGE / "engine/fork_server.py").read_text()
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
    modules = [path for path in MODULES if place(path) not in ("__init__.py", "__main__.py")]
    covered(modules, {cell for cell, _ in rows()})
