"""The rules of docs/architecture.md, checked."""

import ast
import re
import sys

import pytest

from helpers.project import PROJECT
from helpers.source import MODULES, PACKAGE, nodes
from tools.import_graph import imported_modules, layers, read_imports

ROOMS = {
    "boto3": {"audio_store/"},
    "botocore": {"audio_store/"},
    "click": {"cli/"},
    "docx": {"exports/"},
    "dotenv": {"config/"},
    "doublemetaphone": {"core/"},
    "flask": {"api/", "net/", "server.py", "telephony/", "web/"},
    "flask_smorest": {"api/", "web/"},
    "flask_sock": {"api/", "telephony/", "web/"},
    "marshmallow": {"api/", "web/"},
    "numpy": {"audio.py", "bandwidth_extension/", "core/", "decoding/", "formatters/", "names/"},
    "onnxruntime": {"formatters/", "names/"},
    "phonenumbers": {"contacts/", "telephony/"},
    "platformdirs": {"system/"},
    "prometheus_client": {"metrics.py"},
    "pyngrok": {"net/"},
    "rapidfuzz": {"core/"},
    "redis": {"cluster/"},
    "requests": {"assistant/", "cli/", "model_files/", "net/", "simulator/", "telephony/"},
    "rich": {"cli/", "console/"},
    "simple_websocket": {"api/", "net/", "simulator/", "telephony/", "web/"},
    "soundfile": {"decoding/"},
    "soxr": {"decoding/"},
    "sqlalchemy": {"store/"},
    "twilio": {"telephony/"},
    "vosk": {"recognizer.py"},
    "webargs": {"api/"},
    "werkzeug": {"api/", "net/", "web/"},
    "wsproto": {"api/", "net/", "web/"},
}
"""Where each vendor package may be imported: modules, and folders with a slash behind"""

READERS_OF_ENVIRONMENT = {"cli/", "decoding/", "engine/", "model_files/", "recognizer.py", "net/"}

CORE_KNOWS = {"core/", "audio.py", "errors.py", "events.py"}
"""What the core may import of this package.  None of these does I/O, nor knows threads, clocks or logs."""

PURE_IMPORTS = {
    "doublemetaphone",
    "numpy",
    "rapidfuzz",
    "base64",
    "copy",
    "difflib",
    "json",
    "re",
    "dataclasses",
    "enum",
    "typing",
    "collections",
    "functools",
    "itertools",
    "bisect",
    "unicodedata",
}


def imports(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def place(path):
    """Where a module is in the package."""
    return path.relative_to(PACKAGE).as_posix()


def cells_of(path, cells):
    """The cells that a module is in."""
    name = place(path)
    return {cell for cell in cells if name == cell or (cell[-1] == "/" and name.startswith(cell))}


def covered(modules, cells):
    """The cells that these modules are in; an error for a module that is in none."""
    found = {place(path): cells_of(path, cells) for path in modules}
    assert [name for name, within in found.items() if not within] == []
    return set().union(*found.values())


def vendors(path):
    """The packages from elsewhere that a module imports."""
    return {name for name in imports(path) if name not in sys.stdlib_module_names}


def reads_environment(source):
    """Tell whether a program names the environment, however it imports it."""
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
            module = {"python-docx": "docx", "python-dotenv": "dotenv"}.get(name, name.replace("-", "_"))
            documented.setdefault(module, set()).add(cell)
    assert documented == ROOMS


PURE = [path for path in MODULES if cells_of(path, CORE_KNOWS)]


@pytest.mark.parametrize("path", PURE, ids=place)
def test_the_core_does_no_io_and_knows_only_itself(path):
    assert set(imports(path)) <= PURE_IMPORTS
    names = {node.id for node in nodes(path) if isinstance(node, ast.Name)}
    assert names & {"open", "print", "input"} == set()
    covered(imported_modules(path), CORE_KNOWS)


def test_no_room_imports_itself_by_way_of_others():
    graph = read_imports()
    assert {"core/", "telephony/", "store/", "web/"} <= set(graph)
    layers(graph)  # raises ValueError, which names the rooms


def test_a_ring_of_rooms_is_noticed(tmp_path):
    for name, source in {
        "core/vad.py": "from ..events import Word\n",
        "events.py": "def later():\n    from .net import guards\n",
        "net/guards.py": "from ..core.vad import SpeechGate\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    with pytest.raises(ValueError, match="a circle of imports"):
        layers(read_imports(tmp_path))


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
    fork_server = (PACKAGE / "engine/fork_server.py").read_text()
    assert fork_server.count("os.environ") == 1  # some of it is handed on to the process it starts


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


LISTED = re.compile(r"^(?:[│ ]*[├└]── )?(\w+(?:, \w+)*)/? {2,}\S", re.MULTILINE)
"""A line in which a package says what its modules are for"""

LISTING = [
    path
    for path in PACKAGE.rglob("__init__.py")
    if LISTED.search(ast.get_docstring(ast.parse(path.read_text())))
]


@pytest.mark.parametrize("package", LISTING, ids=place)
def test_a_package_says_what_each_of_its_modules_is_for(package):
    said = ast.get_docstring(ast.parse(package.read_text()))
    there = {path.stem for path in package.parent.iterdir() if path.suffix == ".py"} - {"__init__"}
    folders = {path.parent.name for path in package.parent.glob("*/__init__.py")}
    assert there - set(re.findall(r"\w+", said)) == set()
    assert {name for names in LISTED.findall(said) for name in names.split(", ")} <= there | folders


def test_nearly_all_packages_list_their_modules():
    assert len(LISTING) >= 13


TESTS = sorted((PROJECT / "tests").rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(PROJECT / "tests").as_posix())
def test_no_test_imports_from_another(path):
    for node in nodes(path):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [name for name in names if name.split(".")[-1].startswith("test_")]
