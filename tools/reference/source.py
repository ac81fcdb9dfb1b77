"""What the code says of itself, read from its syntax trees."""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

from tools.project import PROJECT


def documented(module: ModuleType, name: str) -> dict[str, str]:
    """Return the docstrings below the fields of a class of a module, by the fields' names."""
    (found,) = (
        node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef) and node.name == name
    )
    texts = {}
    for field, text in zip(found.body, found.body[1:], strict=False):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=key)) | ast.Assign(targets=[ast.Name(id=key)]),
                ast.Expr(value=ast.Constant(value=str(said))),
            ):
                texts[key] = inspect.cleandoc(said)
    return texts


def calls_of(*names: str) -> Iterator[tuple[str, list[str], set[str]]]:
    """Yield every call of a function of these names in the program.

    Yields the name, the arguments that are texts, and the names of those that are set to True.
    """
    for path in sorted((PROJECT / "local_stt").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (name := _name(node.func)) in names:
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                true = {each.arg or "" for each in node.keywords if ast.unparse(each.value) == "True"}
                yield name, [text for text in texts if isinstance(text, str)], true


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
