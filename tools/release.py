"""Build the package of this version into dist/, check it, and write its part of the changelog beside it.

    python -m tools.release

The wheel is installed into an environment of its own, in an empty folder, where the demo must run and the
embedded model must be whole.  Nothing is published.  The exit status is 2 where the changelog has no part for
the version.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
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


def try_out(wheel: Path) -> None:
    """Install a wheel in an empty folder, and use it there.  Raises `CalledProcessError`."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder) / "venv", with_pip=True)
        programs = Path(folder) / "venv" / "bin"
        environ = {"PATH": os.environ["PATH"], "HOME": folder}  # nothing of this folder and this user
        for command in (
            ["pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)],
            ["local-stt", "--version"],
            ["local-stt", "models", "verify", "demo-en"],
            ["local-stt", "demo", "--speed", "5"],
            ["local-stt", "doctor", "--port", "0"],
        ):
            subprocess.run([programs / command[0], *command[1:]], cwd=folder, env=environ, check=True)


def main() -> None:
    """Build, check, try out, and list what was made."""
    try:
        text = notes((PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__)
    except ValueError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    DIST.mkdir(exist_ok=True)
    built = build(DIST)
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *map(str, built)], check=True)
    try_out(built[-1])
    beside = DIST / f"local_stt-{__version__}.md"
    beside.write_text(text, encoding="utf-8")
    for each in (*built, beside):
        print(each.relative_to(PROJECT))


if __name__ == "__main__":
    main()
