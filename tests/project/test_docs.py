"""The documentation says what there is."""

import re
from importlib import metadata

import pytest

from helpers.project import PROJECT
from helpers.source import classes
from local_stt import __version__
from tools.import_graph import layers, picture, read_imports, reduced, with_picture

README = (PROJECT / "README.md").read_text()
DOCS = README + "".join(path.read_text() for path in sorted((PROJECT / "docs").rglob("*.md")))


def is_written(name, text=DOCS):
    """Whether a word or a command is in the text, and not as part of a longer one."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def test_a_word_is_not_documented_by_a_longer_one():
    assert is_written("--to", "| `--to ws://…` |")
    assert not is_written("--to", "--tokens, --to-file, --no--to, and run--to")


def test_every_make_verb_is_documented():
    verbs = re.findall(r"^([a-z-]+):.*##", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert [verb for verb in verbs if not is_written(f"make {verb}") and verb != "help"] == []


DOCS_FOLDER = PROJECT / "docs"
PAGES = sorted(DOCS_FOLDER.rglob("*.md"))
BESIDE_CODE = (
    "benchmarks",
    "local_stt/evaluation",
    "models",
    "models/demo-en",
    "local_stt/formatters",
    "tools/demo_model",
    "tools/punctuation",
    "tools/upper_band",
)
WITH_LINKS = [*PROJECT.glob("*.md"), *PAGES, *(PROJECT / folder / "README.md" for folder in BESIDE_CODE)]


def links(page):
    """Return the links of a page to files, without their anchors."""
    return re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())


@pytest.mark.parametrize("page", WITH_LINKS, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_to_files_lead_somewhere(page):
    assert [target for target in links(page) if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_of_the_docs_stay_in_the_docs(page):
    """The site has nothing else: what is elsewhere is named as code, `models/README.md`."""
    outside = [each for each in links(page) if not (page.parent / each).resolve().is_relative_to(DOCS_FOLDER)]
    assert outside == []


def in_nav(config):
    """Return the pages that the site's configuration lists, in its order."""
    return re.findall(r"^ *- .*?([\w/-]+\.md)$", config.partition("\nnav:\n")[2], re.MULTILINE)


def test_the_site_lists_each_page_once():
    listed = in_nav((PROJECT / "mkdocs.yml").read_text())
    assert sorted(listed) == sorted(page.relative_to(DOCS_FOLDER).as_posix() for page in PAGES)


def test_pages_are_found_in_the_configuration_of_the_site():
    config = (
        "a: no.md\n\nnav:\n  - Home: README.md\n  - More:\n      - more/README.md\n      - A: more/a-b.md\n"
    )
    assert in_nav(config) == ["README.md", "more/README.md", "more/a-b.md"]


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("# TwiML of your own", "twiml-of-your-own"), ("## `a.py`: the <b>, again", "apy-the-b-again")],
)
def test_anchors_are_those_of_github(heading, anchor):
    assert anchors(heading) == {anchor}
    assert anchors(f"```\n{heading}\n```\n") == set()


def test_links_into_pages_lead_to_a_heading():
    for path in [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]:
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text()):
            page = path.parent / target if target else path
            assert anchor in anchors(page.read_text()), f"{path.name}: {target}#{anchor}"


def pages():
    return [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def named_modules(text):
    """The modules that a page names: by their path, or in backticks by their place in the package."""
    return {
        name
        for name in [*re.findall(r"local_stt/[\w/]+\.py", text), *re.findall(r"`([\w/]+\.py)`", text)]
        if not (PROJECT / name).exists() and not (PROJECT / "local_stt" / name).exists()
    }


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_modules_named_in_the_docs_exist(page):
    assert named_modules(page.read_text()) == set()


def test_a_module_that_is_gone_is_noticed():
    text = "`core/gate.py`, [gate](../local_stt/gate.py), `audio.py`, `local_stt/net/guards.py`"
    assert named_modules(text) == {"core/gate.py", "local_stt/gate.py"}


ON_STRUCTURE = [page for page in pages() if page.stem == "architecture" or page.parent.stem == "decisions"]
"""Pages in which a capital letter and a small one in backticks are a class"""


@pytest.mark.parametrize("page", ON_STRUCTURE, ids=lambda page: page.stem)
def test_classes_named_in_the_docs_exist(page):
    assert set(re.findall(r"`([A-Z]\w*[a-z]\w*)", page.read_text())) - classes() == set()


def test_the_picture_of_the_imports_is_what_the_code_says():
    """`python -m tools.import_graph` draws it."""
    text = (PROJECT / "docs" / "architecture.md").read_text()
    assert with_picture(text, read_imports()) == text


def test_the_table_of_packages_has_each_above_all_that_it_imports():
    text = (PROJECT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `([\w/.]+)` \|", text, re.MULTILINE)
    graph = read_imports()
    assert sorted(rows) == sorted(graph)
    upwards = [(name, each) for name in graph for each in graph[name] if rows.index(each) < rows.index(name)]
    assert upwards == []


def test_imports_are_read_as_those_of_packages(tmp_path):
    files = {
        "__init__.py": "",
        "errors.py": "",
        "web/__init__.py": "from .pages import page\n",
        "web/pages.py": "import re\nfrom ..store import Store\nfrom .. import errors, __version__\n",
        "store/__init__.py": "from .calls import Store\n",
        "store/calls.py": "def load():\n    from ..errors import StoreError\n",
    }
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    graph = read_imports(tmp_path)
    assert graph == {"web/": {"store/", "errors.py"}, "store/": {"errors.py"}, "errors.py": set()}
    assert layers(graph) == [["web/"], ["store/"], ["errors.py"]]
    assert reduced(graph) == {"web/": {"store/"}, "store/": {"errors.py"}, "errors.py": set()}
    assert picture(graph | {"alone/": set()}).splitlines()[2:-1] == [
        "    alone/",
        "    web/ --> store/",
        "    store/ --> errors.py",
    ]


def test_a_circle_of_imports_is_named():
    with pytest.raises(ValueError, match="a circle of imports among store/, web/"):
        layers({"cli/": {"web/"}, "web/": {"store/"}, "store/": {"web/"}})


def test_the_version_is_in_the_changelog_and_that_of_the_package():
    assert f"## [{__version__}]" in (PROJECT / "CHANGELOG.md").read_text()
    assert metadata.version("local_stt") == __version__


def test_the_licence_is_there():
    assert "MIT License" in (PROJECT / "LICENSE").read_text()
