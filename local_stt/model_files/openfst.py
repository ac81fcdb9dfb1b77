"""The programs of OpenFst, which put graphs together, and the folders of their plug-ins.

Debian 12 has them in libfst-tools and libfst22-plugins-base, Homebrew in openfst.  The plug-ins, which
read graphs with look-ahead, are on no path of the loader's.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

TO_INSTALL = "OpenFst (Debian 12: libfst-tools and libfst22-plugins-base; macOS: brew install openfst)"

_PLUGIN = "olabel_lookahead-fst.*"
_PLACES = ("/usr/lib/*/fst", "/usr/lib/fst", "/usr/local/lib/fst", "/opt/homebrew/lib/fst")
_LOADER_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of Linux and of macOS"""


def is_installed() -> bool:
    """Say whether the programs and the plug-ins are there."""
    return bool(shutil.which("fstcompose") and plugins())


def plugins() -> list[Path]:
    """Find the folders that hold the plug-ins, the newest version first."""
    root = Path("/")
    files = [file for place in _PLACES for file in root.glob(f"{place[1:]}/**/{_PLUGIN}")]
    return sorted({file.parent for file in files}, reverse=True)


def environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Make the environment in which the programs find their plug-ins."""
    places = [str(folder) for folder in plugins()]
    paths = {name: ":".join([*places, *filter(None, [environ.get(name)])]) for name in _LOADER_PATHS}
    return {**environ, **paths}
