"""Parts of pages."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- `make reference` writes this page from the code: change it there. -->"


def page(title: str, *parts: str) -> str:
    """Return a page: a title, and parts with a blank line between them."""
    return "\n\n".join([NOTE, f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar in a cell stands for itself."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(map(_line, lines))


def code(text: str, language: str = "") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |".replace("|  |", "| |")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
