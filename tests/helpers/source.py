"""The source of local_stt, to look at."""

import ast
from functools import cache

from helpers.project import PROJECT

PACKAGE = PROJECT / "local_stt"

MODULES = sorted(PACKAGE.rglob("*.py"))


@cache
def nodes(path):
    """Return the syntax tree of a module, node by node."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def classes():
    """Return the names of all classes."""
    return {node.name for path in MODULES for node in nodes(path) if isinstance(node, ast.ClassDef)}
