"""Where the program's own files are, and how its commands are called there.

In a checkout, data and models are beside the package.  Installed, they are in the user's data folder,
as a package's own folder belongs to pip.
"""

from pathlib import Path

from platformdirs import user_data_path

PACKAGE = Path(__file__).resolve().parents[1]

IMPORT_FOLDER = PACKAGE.parent
"""The folder that Python imports this package from"""

_IS_CHECKOUT = (IMPORT_FOLDER / "pyproject.toml").is_file() and not (PACKAGE / "models").exists()

CHECKOUT = IMPORT_FOLDER if _IS_CHECKOUT else None
"""The project's folder; None where the package is installed without it"""


def _user_data() -> Path:
    """Return the user's data folder; for a user without a home, one in the working folder."""
    try:
        return user_data_path("local_stt", appauthor=False)
    except RuntimeError:
        return Path("local_stt-data")


_USER_DATA = _user_data()

DATA = CHECKOUT / "data" if CHECKOUT else _USER_DATA / "data"

MODELS = CHECKOUT / "models" if CHECKOUT else _USER_DATA / "models"

BUNDLED_MODELS = CHECKOUT / "models" if CHECKOUT else PACKAGE / "models"
"""Where the embedded model is, wherever other models are kept"""


def pip_install(extra: str) -> str:
    """Return the command that installs what an optional part of this program needs."""
    return f"pip install -r requirements-{extra}.txt" if CHECKOUT else f"pip install 'local_stt[{extra}]'"


_DOWNLOAD = "models download"


def command(arguments: str, *, in_checkout: bool = CHECKOUT is not None) -> str:
    """Return how a user types a command of this program: `make run` in a checkout, else `local-stt run`."""
    if not in_checkout:
        return f"local-stt {arguments}"
    if arguments.startswith(_DOWNLOAD):
        name = arguments.removeprefix(_DOWNLOAD).strip()
        return f"make download-model MODEL={name}" if name else "make download-model"
    return f"make {arguments}" if arguments in ("run", "call", "demo") else f".venv/bin/local-stt {arguments}"
