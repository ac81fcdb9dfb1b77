"""Draw the imports between the packages of local_stt, as the flowchart in docs/architecture.md.

    python -m tools.import_graph            write the picture into the document
    python -m tools.import_graph --check    exit 1 if the picture does not match the code

An arrow means: imports.  A path of several arrows includes direct imports too (a transitive reduction), as
nobody could read the picture with all of them.
"""

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.project import PROJECT

PACKAGE = PROJECT / "local_stt"
DOCUMENT = PROJECT / "docs" / "architecture.md"
BEGINNING = "<!-- picture of the imports: python -m tools.import_graph writes it -->\n"
END = "<!-- end of the picture -->"
LEFT_OUT = {"__init__.py", "__main__.py"}
"""Modules of no use in the picture: the version, and the entry to the command line"""

Graph = dict[str, set[str]]
"""The imports of each package, and of each module outside packages"""


def read_imports(package: Path = PACKAGE) -> Graph:
    """Return the imports in a package, with the modules of each folder in it taken together."""
    graph: Graph = {}
    for path in sorted(package.rglob("*.py")):
        importer = _node(path.relative_to(package))
        if importer in LEFT_OUT:
            continue
        imported = {_node(each.relative_to(package)) for each in imported_modules(path)}
        graph.setdefault(importer, set()).update(imported - {importer} - LEFT_OUT)
    return graph


def _node(path: Path) -> str:
    """Return the name in the picture of the package of a module, or of a module outside packages."""
    return path.name if len(path.parts) == 1 else f"{path.parts[0]}/"


def imported_modules(path: Path) -> Iterator[Path]:
    """Yield the modules that a module imports relatively, as all of this program do."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            target = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                yield _module(target / alias.name) or _module(target) or target / "__init__.py"


def _module(path: Path) -> Path | None:
    """Return the file of a module named without its ending; None if there is no such module."""
    candidates = (path.with_name(f"{path.name}.py"), path / "__init__.py")
    return next((each for each in candidates if each.exists()), None)


def layers(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the names layer by layer: each below all that import it.

    Raises `ValueError` if there is a circle.
    """
    left = dict(graph)
    found: list[list[str]] = []
    while left:
        imported = set().union(*left.values())
        layer = sorted(left.keys() - imported)
        if not layer:
            raise ValueError(f"a circle of imports among {', '.join(sorted(left))}")
        found.append(layer)
        left = {name: imports for name, imports in left.items() if name not in layer}
    return found


def reduced(graph: Mapping[str, set[str]]) -> Graph:
    """Return the graph without imports that a longer path includes."""
    reachable: Graph = {}
    for name in (name for layer in reversed(layers(graph)) for name in layer):
        below = (reachable[each] for each in graph[name])
        reachable[name] = graph[name].union(*below)
    return {
        name: imports - set().union(*(reachable[each] for each in imports)) for name, imports in graph.items()
    }


def picture(graph: Mapping[str, set[str]]) -> str:
    """Return the graph as a Mermaid flowchart in a Markdown block."""
    ordered = [name for layer in layers(graph) for name in layer]
    arrows = reduced(graph)
    pointed_at = set().union(*arrows.values())
    statements = []
    for name in ordered:
        if imports := " & ".join(each for each in ordered if each in arrows[name]):
            statements.append(f"    {name} --> {imports}")
        elif name not in pointed_at:
            statements.append(f"    {name}")
    return "\n".join(["```mermaid", "flowchart TB", *statements, "```", ""])


def with_picture(text: str, graph: Mapping[str, set[str]]) -> str:
    """Return the document's text with the picture between its markers.  Raises `ValueError` without these."""
    before, _, rest = text.partition(BEGINNING)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"there are no two lines for the picture: {BEGINNING.strip()} and {END}")
    return before + BEGINNING + picture(graph) + END + after


def main() -> int:
    """Write the picture, or check it."""
    parser = argparse.ArgumentParser(description="Draw the imports between the packages of local_stt.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the picture is old")
    check: bool = parser.parse_args().check
    text = DOCUMENT.read_text(encoding="utf-8")
    drawn = with_picture(text, read_imports())
    if check and drawn != text:
        print("The picture in docs/architecture.md is old: run python -m tools.import_graph", file=sys.stderr)
        return 1
    if not check:
        DOCUMENT.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
