"""Which model to use: the one asked for, or the best there is, fetched if need be."""

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from . import model_files
from .config import BUNDLED_MODELS, Settings
from .engine import Engine, GiveUp, SeveralEngines, cores, start_engine
from .errors import DownloadError, ModelError, SettingError
from .looking import is_folder, is_there
from .phones import SET_FOR_ALL, Phonebook
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
        engines: dict[tuple[str, tuple[str, ...]], Engine] = {}
        for words_are, phone in phonebook.vocabularies:
            if (phone.model, phone.words) not in engines:
                chosen = replace(settings, model=phone.model, words=phone.words)
                engine = open_engine(chosen, view, give_up, words_are=words_are)
                engines[phone.model, phone.words] = opened.enter_context(contextlib.closing(engine))
        opened.pop_all()
    by_number = {number: phonebook.of(number) for number in phonebook.numbers}
    default, *_ = engines.values()
    return SeveralEngines(
        default, {number: engines[phone.model, phone.words] for number, phone in by_number.items()}
    )


def open_engine(
    settings: Settings, view: View, give_up: GiveUp, *, live: bool = True, words_are: str = SET_FOR_ALL
) -> Engine:
    """Load the model asked for, or the best there is, here or in worker processes.

    `words_are` is what sets the words, for the user to look at.
    """
    folder = chosen_model(settings) or _default_or_embedded(settings, view)
    if folder.name == model_files.EMBEDDED:
        view.warn(EMBEDDED_NOTICE)
    else:
        view.notice(f"Loading {folder.name} …")
    workers = cores() if settings.workers is None else settings.workers
    kept = functools.partial(keep_bad_audio, settings.data_dir) if settings.keep_bad_audio else _forget
    try:
        engine = start_engine(
            folder,
            settings.words,
            workers=workers,
            gated=settings.gate,
            live=live,
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
        give_up=give_up,
    )


def second_model(settings: Settings) -> Path | None:
    """The model for the second pass, if there is to be one.  Raises `ModelError` as `chosen_model` does."""
    if not settings.second_pass:
        return None
    return model_files.require_model(find_folder(settings, settings.second_pass))


def keep_bad_audio(data_dir: Path, call_id: str, track: str, pieces: list[Stretch]) -> None:
    """Save audio that killed two recognizers as mu-law, as a bug report needs it."""
    folder = data_dir / "bad-audio"
    make_folder(folder)
    path = folder / f"{call_id}-{track}-{pieces[0].start}.ulaw"
    make_file(path)
    path.write_bytes(b"".join(piece.audio for piece in pieces))


def _forget(*_: object) -> None:
    """Audio of a call is not kept unless the user allows it."""


def chosen_model(settings: Settings) -> Path | None:
    """The model asked for, or the best on this disk; None when one should be downloaded first.

    Raises `ModelError` when the one asked for cannot be used.
    """
    if settings.model:
        return model_files.require_model(find_folder(settings, settings.model))
    best = model_files.best(settings.models_dir)
    return best.path if best and not best.embedded else None


def find_folder(settings: Settings, name: str) -> Path:
    """The folder meant by a path, or by the name of an installed model; what is in it is not read."""
    path = Path(name).expanduser()
    for folder in (path, settings.models_dir / name, BUNDLED_MODELS / name):
        if is_folder(folder):
            return folder
    if path.parent == Path() and not is_there(path):
        raise ModelError(
            f"There is no model {name} in {settings.models_dir}: "
            f"run `make download-model MODEL={name}`, or name another one."
        )
    return path


def download_model(name: str, settings: Settings) -> Path:
    """Fetch a model of the official list, with a progress bar, unless it is there."""
    listed = model_files.find_listed(model_files.fetch_list(settings.model_list_url), name)
    with progress(f"Downloading {name}", in_bytes=True, then="checking and unpacking") as report:
        return model_files.download(listed, settings.models_dir, progress=report)


def _default_or_embedded(settings: Settings, view: View) -> Path:
    """A download that fails does so in seconds, and the embedded model is always there."""
    view.notice(f"There is no speech model yet: downloading {model_files.DEFAULT} (40 MB) …")
    try:
        return download_model(model_files.DEFAULT, settings)
    except DownloadError as error:
        view.notice(f"No model could be downloaded. {error}")
        return model_files.require_model(find_folder(settings, model_files.EMBEDDED))
