"""Which model to use: the one asked for, or the best for the language of calls, fetched if need be."""

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from . import model_files, values
from .config import BUNDLED_MODELS, Settings
from .engine import Engine, GiveUp, SeveralEngines, cores, start_engine
from .errors import DownloadError, ModelError, SettingError
from .looking import is_folder, is_there
from .model_files import ListedModel, default_for
from .model_files.languages import closeness, language_name
from .phones import SET_FOR_ALL, Phone, Phonebook
from .private import make_file, make_folder
from .progress import progress
from .terminal import View
from .timeline import Stretch

LOWEST_PRIORITY = 19
"""As `nice` counts"""

EMBEDDED_NOTICE = """\
This is the embedded demo model. It knows 736 words of phone talk and nothing else: whatever else
is said is left out or comes out as some of those words. It is for trying the program, not for
real calls. For those, get a real model, once, with a network:

    make download-model"""


def open_engines(settings: Settings, phonebook: Phonebook, view: View, give_up: GiveUp) -> SeveralEngines:
    """An engine for each model and vocabulary that some number asks for, the default one first."""
    with contextlib.ExitStack() as opened:
        folders: dict[tuple[str, str], Path] = {}
        engines: dict[tuple[Path, tuple[str, ...]], Engine] = {}

        def loaded_by(phone: Phone) -> tuple[Path, tuple[str, ...]]:
            return folders[phone.model, phone.language], phone.words

        for words_are, phone in phonebook.vocabularies:
            chosen = replace(settings, model=phone.model, greeting_language=phone.language, words=phone.words)
            if (phone.model, phone.language) not in folders:
                folders[phone.model, phone.language] = model_folder(chosen, view)
            if loaded_by(phone) not in engines:
                folder, _ = loaded_by(phone)
                engine = _load(folder, chosen, view, give_up, live=True, words_are=words_are)
                engines[loaded_by(phone)] = opened.enter_context(contextlib.closing(engine))
        opened.pop_all()
    by_number = {number: phonebook.of(number) for number in phonebook.numbers}
    default, *_ = engines.values()
    return SeveralEngines(default, {number: engines[loaded_by(phone)] for number, phone in by_number.items()})


def open_engine(
    settings: Settings, view: View, give_up: GiveUp, *, live: bool = True, words_are: str = SET_FOR_ALL
) -> Engine:
    """Load the model asked for, or the best there is, here or in worker processes.

    `words_are` is what sets the words, for the user to look at.
    """
    folder = model_folder(settings, view)
    return _load(folder, settings, view, give_up, live=live, words_are=words_are)


def _load(
    folder: Path, settings: Settings, view: View, give_up: GiveUp, *, live: bool, words_are: str
) -> Engine:
    if folder.name == model_files.EMBEDDED:
        view.warn(EMBEDDED_NOTICE)
    else:
        view.notice(f"Loading {folder.name}{' and measuring how fast it is' if live else ''} …")
    if not settings.words and model_files.is_unused(folder):
        view.warn(
            f"The composed graph of {folder.name} is not used, as it is damaged or the model has changed: "
            f"`models compile {folder.name}` makes it anew."
        )
    workers = cores() if settings.workers is None else settings.workers
    kept = functools.partial(keep_bad_audio, settings.data_dir) if settings.keep_bad_audio else _forget
    try:
        engine = start_engine(
            folder,
            settings.words,
            workers=workers,
            gated=settings.gate,
            live=live,
            upper_band=settings.upper_band,
            keep_aside=kept,
            give_up=give_up,
        )
    except SettingError as error:  # nothing else can be wrong but the words
        raise SettingError(f"{words_are}: {error}") from error
    if engine.ready.unknown_words:
        unknown = ", ".join(engine.ready.unknown_words)
        view.warn(f"{folder.name} does not know these of {words_are}: {unknown}.")
    return engine


def open_in_background(folder: Path, phrases: Sequence[str], settings: Settings, give_up: GiveUp) -> Engine:
    """Load a model for work that nobody waits for: its processes leave the processor to all others."""
    workers = max(1, cores() if settings.workers is None else settings.workers)
    return start_engine(
        folder,
        phrases,
        workers=workers,
        gated=settings.gate,
        live=False,
        niceness=LOWEST_PRIORITY,
        upper_band=settings.upper_band,
        give_up=give_up,
    )


def second_model(settings: Settings, view: View) -> Path | None:
    """The model for the second pass, if there is to be one.  Raises `ModelError` as `chosen_model` does."""
    if not settings.second_pass:
        return None
    folder = model_files.require_model(find_folder(settings, settings.second_pass))
    _warn_of_another_language(folder, settings, view)
    return folder


def keep_bad_audio(data_dir: Path, call_id: str, track: str, pieces: list[Stretch]) -> None:
    """Save audio that killed two recognizers as mu-law, as a bug report needs it."""
    folder = data_dir / "bad-audio"
    make_folder(folder)
    path = folder / f"{call_id}-{track}-{pieces[0].start}.ulaw"
    make_file(path)
    path.write_bytes(b"".join(piece.audio for piece in pieces))


def _forget(*_: object) -> None:
    """Audio of a call is not kept unless the user allows it."""


def model_folder(settings: Settings, view: View) -> Path:
    """Choose the model, download one where there is none for the language, and say what was done and why.

    Raises `ModelError` when the one asked for cannot be used, and when there is none for the language.
    """
    if settings.model:
        folder = model_files.require_model(find_folder(settings, settings.model))
        _warn_of_another_language(folder, settings, view)
        return folder
    selection = model_files.select(settings.models_dir, settings.greeting_language)
    for remark in selection.remarks():
        view.notice(remark)
    return selection.chosen.path if selection.chosen else _default_or_embedded(settings, view)


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
        path = values.path(name)
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


def _default_or_embedded(settings: Settings, view: View) -> Path:
    """Download a model for the language of calls.

    A download that fails does so in seconds, and for English the embedded model is always there.
    """
    language = language_name(settings.greeting_language)
    try:
        listed = default_model(settings)
        view.notice(
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
        view.notice(f"No model could be downloaded. {error}")
        return model_files.require_model(find_folder(settings, model_files.EMBEDDED))


def default_model(settings: Settings) -> ListedModel:
    """Choose the model of the official list to begin with.  Raises `DownloadError`."""
    return default_for(settings.greeting_language, model_files.fetch_list(settings.model_list_url))


def is_english(settings: Settings) -> bool:
    """Say whether calls are in English, which the embedded model is for."""
    return closeness("en", settings.greeting_language) > 0


def _warn_of_another_language(folder: Path, settings: Settings, view: View) -> None:
    if code := model_files.foreign_to(folder, settings.greeting_language):
        view.warn(
            f"{folder.name} is a model for {language_name(code)}, and the language of calls is "
            f"{language_name(settings.greeting_language)}. Name another model, or set the language: "
            "LOCAL_STT_GREETING_LANGUAGE (--language), or `language` in phones.toml."
        )
