"""Which model to use: the one asked for, or the best for the language of calls, fetched if need be."""

from pathlib import Path

from .. import model_files
from ..config import parsers
from ..config.settings import BUNDLED_MODELS, Settings
from ..console.progress import progress
from ..errors import DownloadError, ModelError
from ..model_files import ListedModel, default_for
from ..model_files.languages import closeness, language_name
from ..notices import notices
from ..system.files import is_folder, is_there


def second_model(settings: Settings) -> Path | None:
    """The model for the second pass, if there is to be one.  Raises `ModelError` as `chosen_model` does."""
    if not settings.second_pass:
        return None
    folder = model_files.require_model(find_folder(settings, settings.second_pass))
    _warn_of_another_language(folder, settings)
    return folder


def model_folder(settings: Settings) -> Path:
    """Choose the model, download one where there is none for the language, and say what was done and why.

    Raises `ModelError` when the one asked for cannot be used, and when there is none for the language.
    """
    if settings.model:
        folder = model_files.require_model(find_folder(settings, settings.model))
        _warn_of_another_language(folder, settings)
        return folder
    selection = model_files.select(settings.models_dir, settings.greeting_language)
    for remark in selection.remarks():
        notices.info(remark)
    return selection.chosen.path if selection.chosen else _default_or_embedded(settings)


def chosen_model(settings: Settings) -> Path | None:
    """The model asked for, or the best on this disk for the language; None when one should be downloaded.

    Raises `ModelError` when the one asked for cannot be used.
    """
    if settings.model:
        return model_files.require_model(find_folder(settings, settings.model))
    best = model_files.select(settings.models_dir, settings.greeting_language).chosen
    return best.path if best else None


def find_folder(settings: Settings, name: str) -> Path:
    """The folder meant by a path, or by the name of an installed model; what is in it is not read."""
    try:
        path = parsers.path(name)
    except ValueError as error:
        raise ModelError(f"The model {name!r} {error}.") from error
    for folder in (path, settings.models_dir / name, BUNDLED_MODELS / name):
        if is_folder(folder):
            return folder if folder.name.strip(".") else folder.resolve()  # `.` and `..` name no model
    if path.parent == Path() and not is_there(path):
        raise ModelError(
            f"There is no model {name} in {settings.models_dir}: "
            f"run `make download-model MODEL={name}`, or name another one."
        )
    return path


def download_model(name: str, settings: Settings) -> Path:
    """Fetch a model of the official list, with a progress bar, unless it is there."""
    return _download(model_files.find_listed(model_files.fetch_list(settings.model_list_url), name), settings)


def _download(listed: ListedModel, settings: Settings) -> Path:
    with progress(f"Downloading {listed.name}", in_bytes=True, then="checking and unpacking") as report:
        return model_files.download(listed, settings.models_dir, progress=report)


def _default_or_embedded(settings: Settings) -> Path:
    """Download a model for the language of calls.

    A download that fails does so in seconds, and for English the embedded model is always there.
    """
    language = language_name(settings.greeting_language)
    try:
        listed = default_model(settings)
        notices.info(
            f"There is no speech model yet for {language}: "
            f"downloading {listed.name} ({listed.size / 1e6:,.0f} MB) …"
        )
        return _download(listed, settings)
    except DownloadError as error:
        if not is_english(settings):
            raise ModelError(
                f"There is no speech model for {language} in {settings.models_dir}, and none could be "
                f"downloaded. {error} "
                "LOCAL_STT_MODEL names one, LOCAL_STT_GREETING_LANGUAGE sets the language."
            ) from error
        notices.info(f"No model could be downloaded. {error}")
        return model_files.require_model(find_folder(settings, model_files.EMBEDDED))


def default_model(settings: Settings) -> ListedModel:
    """Choose the model of the official list to begin with.  Raises `DownloadError`."""
    return default_for(settings.greeting_language, model_files.fetch_list(settings.model_list_url))


def is_english(settings: Settings) -> bool:
    """Say whether calls are in English, which the embedded model is for."""
    return closeness("en", settings.greeting_language) > 0


def _warn_of_another_language(folder: Path, settings: Settings) -> None:
    if code := model_files.foreign_to(folder, settings.greeting_language):
        notices.warning(
            f"{folder.name} is a model for {language_name(code)}, and the language of calls is "
            f"{language_name(settings.greeting_language)}. Name another model, or set the language: "
            "LOCAL_STT_GREETING_LANGUAGE (--language), or `language` in phones.toml."
        )
