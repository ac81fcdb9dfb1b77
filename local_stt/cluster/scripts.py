"""Run Lua scripts in Redis: each does several commands as one, which nothing else comes between."""

from pathlib import Path
from typing import Any

from .connection import Client

FOLDER = Path(__file__).parent


class Script:
    """A script of this folder.  Redis gets its text once, and then its checksum."""

    def __init__(self, client: Client, *names: str) -> None:
        """Join the files with these names, without their suffix."""
        text = "\n".join((FOLDER / f"{name}.lua").read_text(encoding="utf-8") for name in names)
        self._script = client.register_script(text)

    def __call__(self, keys: list[str], *arguments: str | bytes | float) -> Any:
        """Run the script, and return its answer.  Raises the errors of `connection.UNREACHABLE`."""
        return self._script(keys=keys, args=list(arguments))
