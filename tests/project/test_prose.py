"""Docs and docstrings are plain English: docs/contributing/style.md."""

import ast
import re

import pytest

from helpers.project import PROJECT
from helpers.source import MODULES, nodes

AVOIDED = re.compile(
    r"\b(whoever|whatever|whomever|what is to be|of which|told|so many|backroom|backstage|errand)\b",
    re.IGNORECASE,
)

IMPERATIVES = set((PROJECT / "tests" / "data" / "imperatives.txt").read_text().split())
"""Verbs that docstrings open with"""

VALUES = ("property", "cached_property")

PAGES = [
    path
    for path in sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
    if path != PROJECT / "docs" / "contributing" / "style.md"  # which lists the words
]


def docstrings(path):
    """Yield every docstring of a module, those of attributes included, with the line it begins in."""
    for node in nodes(path):
        statements = getattr(node, "body", [])
        for each in statements if isinstance(statements, list) else []:
            if isinstance(each, ast.Expr) and isinstance(getattr(each.value, "value", None), str):
                yield each.lineno, each.value.value


def opening_words(path):
    """Yield the first word of each function's docstring; those of properties are nouns."""
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_value = any(ast.unparse(each).rpartition(".")[2] in VALUES for each in node.decorator_list)
            text = ast.get_docstring(node)
            if text and not is_value:
                yield re.sub(r"\W", "", text.split()[0]).lower()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_docs_are_in_plain_words(page):
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in prose.splitlines() if AVOIDED.search(line)] == []


def test_docstrings_are_in_plain_words():
    found = [
        f"{path.relative_to(PROJECT)}:{line}: {text}"
        for path in MODULES
        for line, text in docstrings(path)
        if AVOIDED.search(text)
    ]
    assert found == []


def test_docstrings_of_functions_open_with_a_verb():
    words = [word for path in MODULES for word in opening_words(path)]
    assert sum(word in IMPERATIVES for word in words) >= 0.9 * len(words)


SOURCE = '''
"""Of a module"""
LIMIT = 3
"""Of a constant"""
class Call:
    """Of a class"""
    id: str
    """Of a field"""
    def end(self):
        """End it."""
    @property
    def state(self):
        """What it is doing"""
'''


def test_docstrings_are_found_wherever_they_stand(tmp_path):
    module = tmp_path / "module.py"
    module.write_text(SOURCE)
    assert [text.split()[0] for _, text in docstrings(module)] == ["Of", "Of", "Of", "Of", "End", "What"]
    assert list(opening_words(module)) == ["end"]
