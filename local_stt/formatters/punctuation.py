"""Choose what decides on marks and capitals, by the setting."""

from pathlib import Path

from ..config import parsers
from ..core.formatting.punctuation import Punctuation
from ..errors import ModelError, SettingError
from ..model_files import PUNCTUATION, find_named
from ..system.installation import command
from . import model_file, onnx_model


def punctuation_named(name: str, models_dir: Path, setting: str) -> Punctuation | None:
    """Load a model by its name or folder, or the rules; None for `none`.

    Raises `SettingError`, which names the setting.
    """
    if name == parsers.NO_PUNCTUATION:
        return None
    if name == parsers.PUNCTUATION_RULES:
        return model_file.load()
    try:
        return onnx_model.load(_folder(name, models_dir))
    except (ModelError, ValueError) as error:
        raise SettingError(f"{setting}: {error}.") from error


def _folder(name: str, models_dir: Path) -> Path:
    if folder := find_named(parsers.path(name), models_dir):
        return folder
    raise ModelError(
        f"there is no punctuation model {name!r}: run `{command(f'models download {PUNCTUATION}')}` and name "
        f"{PUNCTUATION}, or name a folder, `{parsers.PUNCTUATION_RULES}` or `{parsers.NO_PUNCTUATION}`"
    )
