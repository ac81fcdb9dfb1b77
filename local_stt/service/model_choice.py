"""Chooses the model: the one asked for, or the best for the language of calls, downloaded if need be."""

from pathlib import Path

from .. import model_files
from ..config import parsers
from ..config.settings import CallSettings, ModelSettings, Settings
from ..console.progress import progress
from ..errors import DownloadError, ModelError
from ..model_files import ListedModel, default_for
from ..model_files.languages import closeness, language_name
from ..notices import notices
from ..system.files import exists
from ..system.installation import BUNDLED_MODELS, command


def second_model(settings: Settings) -> Path | None:
    """Return the model for the second pass; None without one.  Raises `ModelError` as `chosen_model` does."""
    if not settings.models.second_pass:
        return None
    folder = model_files.require_model(find_folder(settings.models, settings.models.second_pass))
    _warn_of_another_language(folder, settings.calls)
    return folder


def model_folder(settings: Settings) -> Path:
    """Choose the model, download one where there is none for the language, and say what was done and why.

    Raises `ModelError` when the one asked for cannot be used, and when there is none for the language.
    """
    if settings.models.model:
        folder = model_files.require_model(find_folder(settings.models, settings.models.model))
        _warn_of_another_language(folder, settings.calls)
        return folder
    selection = model_files.select(settings.models.folder, settings.calls.language)
    for remark in selection.remarks():
        notices.info(remark)
    return selection.chosen.path if selection.chosen else _default_or_embedded(settings)


def chosen_model(settings: Settings) -> Path | None:
    """Return the model asked for, or the best on this disk for the language; None to download one.

    Raises `ModelError` when the one asked for cannot be used.
    """
    if settings.models.model:
        return model_files.require_model(find_folder(settings.models, settings.models.model))
    best = model_files.select(settings.models.folder, settings.calls.language).chosen
    return best.path if best else None


def find_folder(settings: ModelSettings, name: str) -> Path:
    """Find a folder by its path, or by the name of an installed model; its files are not read.

    Raises `ModelError` for a text that is no path, and for the name of a model that is not there.
    """
    try:
        path = parsers.path(name)
    except ValueError as error:
        raise ModelError(f"The model {name!r} {error}.") from error
    if folder := model_files.find_named(path, settings.folder, BUNDLED_MODELS):
        return folder if folder.name.strip(".") else folder.resolve()  # `.` and `..` name no model
    if path.parent == Path() and not exists(path):
        raise ModelError(
            f"There is no model {name} in {settings.folder}: "
            f"run `{command(f'models download {name}')}`, or name another one."
        )
    return path


def download_model(name: str, settings: ModelSettings) -> Path:
    """Download a model of the official list or the punctuation model, unless it is there.

    Shows a progress bar.
    """
    if name == model_files.PUNCTUATION:
        return _download(model_files.punctuation_model(settings.list_url), settings)
    return _download(model_files.find_listed(model_files.fetch_list(settings.list_url), name), settings)


def _download(listed: ListedModel, settings: ModelSettings) -> Path:
    with progress(f"Downloading {listed.name}", in_bytes=True, then="checking and unpacking") as report:
        return model_files.download(listed, settings.folder, progress=report)


def _default_or_embedded(settings: Settings) -> Path:
    """Download a model for the language of calls; for English the embedded model is always there.

    A download that fails does so in seconds.  Raises `ModelError` when there is no model then.
    """
    language = language_name(settings.calls.language)
    try:
        listed = default_model(settings)
        notices.info(
            f"There is no speech model yet for {language}: "
            f"downloading {listed.name} ({listed.size / 1e6:,.0f} MB) …"
        )
        return _download(listed, settings.models)
    except DownloadError as error:
        if not is_english(settings.calls):
            raise ModelError(
                f"There is no speech model for {language} in {settings.models.folder}, and none could be "
                f"downloaded. {error} "
                "LOCAL_STT_MODEL names one, LOCAL_STT_GREETING_LANGUAGE sets the language."
            ) from error
        notices.info(f"No model could be downloaded. {error}")
        return model_files.require_model(find_folder(settings.models, model_files.EMBEDDED))


def default_model(settings: Settings) -> ListedModel:
    """Choose the default model of the official list for the language of calls.  Raises `DownloadError`."""
    return default_for(settings.calls.language, model_files.fetch_list(settings.models.list_url))


def is_english(settings: CallSettings) -> bool:
    """Check whether calls are in English, the language of the embedded model."""
    return closeness("en", settings.language) > 0


def _warn_of_another_language(folder: Path, settings: CallSettings) -> None:
    if code := model_files.foreign_to(folder, settings.language):
        notices.warning(
            f"{folder.name} is a model for {language_name(code)}, and the language of calls is "
            f"{language_name(settings.language)}. Name another model, or set the language: "
            "LOCAL_STT_GREETING_LANGUAGE (--language), or `language` in phones.toml."
        )
