"""Run the programs of OpenFst, which compose graphs, and find their plug-ins.

Debian 12 has them in libfst-tools and libfst22-plugins-base, Homebrew in openfst.  The plug-ins read graphs
with look-ahead.  The loader does not find them by itself.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ..system.parent import ends_with_this

TO_INSTALL = "OpenFst (Debian 12: libfst-tools and libfst22-plugins-base; macOS: brew install openfst)"

PROGRAMS = ("fstsymbols", "fstcompose", "fstrelabel", "fstconvert")

_PLUGIN = "olabel_lookahead-fst.*"
_PLACES = ("/usr/lib/*/fst", "/usr/lib/fst", "/usr/local/lib/fst", "/opt/homebrew/lib/fst")
_LOADER_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Variables with the paths of the loader, on Linux and on macOS"""


class ProgramError(Exception):
    """A program failed; the message is a sentence without its full stop."""

    def __init__(self, program: str, why: str, *, lacks_memory: bool) -> None:
        super().__init__(f"{program} failed ({why})")
        self.lacks_memory = lacks_memory


def is_installed() -> bool:
    """Tell whether the programs and the plug-ins are installed."""
    return all(map(shutil.which, PROGRAMS)) and bool(plugins())


def run(program: str, *arguments: str | Path) -> None:
    """Run one of the programs, which ends if this process ends.  Raises `ProgramError` and `OSError`."""
    absolute = [each if isinstance(each, str) else str(each.absolute()) for each in arguments]
    done = subprocess.run(
        ends_with_this(program, *absolute),
        env=environment(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lacks_memory = done.returncode == -signal.SIGKILL or "bad_alloc" in done.stderr
        raise ProgramError(program, _why(done.returncode, done.stderr), lacks_memory=lacks_memory)


def plugins() -> list[Path]:
    """Find the folders of the plug-ins, the newest version first."""
    root = Path("/")
    files = [file for place in _PLACES for file in root.glob(f"{place[1:]}/**/{_PLUGIN}")]
    return sorted({file.parent for file in files}, reverse=True)


def environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment in which the programs find their plug-ins."""
    places = [str(folder) for folder in plugins()]
    paths = {name: ":".join([*places, *filter(None, [environ.get(name)])]) for name in _LOADER_PATHS}
    return {**environ, **paths}


def _why(status: int, said: str) -> str:
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    readable = "".join(letter for letter in said if letter.isprintable() or letter == "\n")
    return [f"it ended with status {status}", *readable.strip().splitlines()][-1]
