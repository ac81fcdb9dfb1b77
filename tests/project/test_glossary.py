"""The glossary is in order, and names what there is."""

import re
from itertools import pairwise

import pytest

from helpers.project import PROJECT
from helpers.source import MODULES, PACKAGE, classes

ENTRIES = re.findall(
    r"^- \*\*(.+?)\*\*: (.+?)(?=\n- |\n*\Z)", (PROJECT / "docs" / "glossary.md").read_text(), re.M | re.S
)
SOURCES = {path.relative_to(PACKAGE).as_posix(): path.read_text() for path in MODULES}


def is_there(name):
    """Whether a name in backticks is a class, a module, a package, or else a word of the code."""
    if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name):
        return name in classes()
    if name.endswith(".py"):
        return name in SOURCES
    if name.endswith("/"):
        return f"{name}__init__.py" in SOURCES
    return any(name in source for source in SOURCES.values())


def test_every_line_of_the_glossary_is_an_entry():
    text = (PROJECT / "docs" / "glossary.md").read_text()
    assert len(ENTRIES) == len(re.findall(r"^- ", text, re.M)) > 50


def test_the_glossary_is_alphabetical_and_has_each_word_once():
    words = [word.casefold() for word, _ in ENTRIES]
    assert [(first, second) for first, second in pairwise(words) if first >= second] == []


@pytest.mark.parametrize(("word", "text"), ENTRIES, ids=[word for word, _ in ENTRIES])
def test_every_entry_names_what_carries_it_and_that_exists(word, text):
    names = re.findall(r"`([^`]+)`", text)
    assert [name for name in names if not is_there(name)] == []
    assert [name for name in names if name in classes() or name in SOURCES or name.endswith("/")], word


@pytest.mark.parametrize("name", ["NoSuchClass", "core/no_such_module.py", "nowhere/", "no-such-word"])
def test_a_name_that_is_not_there_is_noticed(name):
    assert not is_there(name)
