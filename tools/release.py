"""Builds the package of this version into dist/, checks it, and writes its part of the changelog beside it.

    python -m tools.release

Nothing is published.  The exit status is 2 where the changelog has no part for the version.
"""

import re
import subprocess
import sys
from pathlib import Path

from local_stt import __version__
from tools.project import PROJECT

DIST = PROJECT / "dist"


def notes(changelog: str, version: str) -> str:
    """Return what a changelog says of a version, without the heading.

    Raises `ValueError` where it says nothing.  The form is that of https://keepachangelog.com.
    """
    found = re.search(
        rf"^## \[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}$\n(.*?)(?=^## |\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    if not found or not found[1].strip():
        raise ValueError(
            f"CHANGELOG.md has nothing for {version}: head what is new with `## [{version}] - YYYY-MM-DD`."
        )
    return found[1].strip() + "\n"


def build(folder: Path) -> list[Path]:
    """Build the source archive and, from it, the wheel; return both.  Raises `CalledProcessError`."""
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder)], cwd=PROJECT, check=True)
    return [folder / f"local_stt-{__version__}.tar.gz", folder / f"local_stt-{__version__}-py3-none-any.whl"]


def main() -> None:
    """Build, check and say what was made."""
    try:
        text = notes((PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__)
    except ValueError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    DIST.mkdir(exist_ok=True)
    built = build(DIST)
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *map(str, built)], check=True)
    (DIST / f"local_stt-{__version__}.md").write_text(text, encoding="utf-8")
    for each in (*built, DIST / f"local_stt-{__version__}.md"):
        print(each.relative_to(PROJECT))


if __name__ == "__main__":
    main()
