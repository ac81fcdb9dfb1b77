"""Opens engines, each with its model loaded: for calls, for files, and for background jobs."""

import contextlib
import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .. import model_files
from ..config.phonebook import SET_FOR_ALL, Phone, Phonebook
from ..config.settings import RecognitionSettings, Settings
from ..core.formatting.key_terms import KeyTerm, spoken_words
from ..core.jitter_buffer import AudioChunk
from ..engine import Engine, EngineRouter, OnFatal, cores, start_engine
from ..errors import SettingError
from ..formatters import Formatters, notice_of
from ..notices import notices
from ..system.installation import command
from ..system.private import make_file, make_folder
from .model_choice import model_folder

LOWEST_PRIORITY = 19
"""Niceness, as `nice` counts"""

MOST_NAMED = 20
"""Unknown words of key terms that are named at the start"""

EMBEDDED_NOTICE = f"""\
This is the embedded demo model. It knows 736 words of phone talk and nothing else: other words
are left out, or come out as some of those. It is for trying the program, not for
real calls. For those, get a real model, once, with a network:

    {command("models download")}"""


def open_engines(settings: Settings, phonebook: Phonebook, on_fatal: OnFatal) -> EngineRouter:
    """Open an engine for each model and vocabulary that a number asks for, the default one first."""
    with contextlib.ExitStack() as opened:
        folders: dict[tuple[str, str], Path] = {}
        unwritten: set[str] = set()
        engines: dict[tuple[Path, tuple[str, ...]], Engine] = {}

        def loaded_by(phone: Phone) -> tuple[Path, tuple[str, ...]]:
            return folders[phone.model, phone.language], phone.words

        for phone in phonebook.phones:
            if (phone.model, phone.language) not in folders:
                chosen = settings_for(phone, settings)
                folder = folders[phone.model, phone.language] = model_folder(chosen)
                unwritten |= _unwritten(folder, chosen)
        for words_are, phone in phonebook.vocabularies:
            if loaded_by(phone) not in engines:
                folder, _ = loaded_by(phone)
                chosen = settings_for(phone, settings)
                alike = [each for each in phonebook.phones if loaded_by(each) == loaded_by(phone)]
                terms = [term for each in alike if each.format_text for term in each.key_terms]
                engine = _load(folder, chosen, on_fatal, live=True, words_are=words_are, key_terms=terms)
                engines[loaded_by(phone)] = opened.enter_context(contextlib.closing(engine))
        opened.pop_all()
    _say_what_stays_in_words(unwritten)
    by_number = {number: phonebook.of(number) for number in phonebook.numbers}
    default, *_ = engines.values()
    return EngineRouter(default, {number: engines[loaded_by(phone)] for number, phone in by_number.items()})


def settings_for(phone: Phone, settings: Settings) -> Settings:
    """Return the settings for the calls of one number."""
    return replace(
        settings,
        models=replace(settings.models, model=phone.model),
        calls=replace(settings.calls, language=phone.language),
        recognition=replace(settings.recognition, words=phone.words),
    )


def open_engine(
    settings: Settings, on_fatal: OnFatal, *, live: bool = True, words_are: str = SET_FOR_ALL
) -> Engine:
    """Load the model asked for, or the best there is, here or in worker processes.

    `words_are` names what sets the words, for messages to the user.  Raises `SettingError` for words that
    the model does not take, and `ModelError` as `model_folder` does.
    """
    folder, formatting = model_folder(settings), settings.formatting
    terms = formatting.key_terms if formatting.format_text else ()
    engine = _load(folder, settings, on_fatal, live=live, words_are=words_are, key_terms=terms)
    _say_what_stays_in_words(_unwritten(folder, settings))
    return engine


def _unwritten(folder: Path, settings: Settings) -> set[str]:
    formatters = Formatters(settings.formatting, settings.calls, models_dir=settings.models.folder)
    return formatters.unwritten(folder.name)


def _say_what_stays_in_words(languages: set[str]) -> None:
    if languages:
        notices.info(notice_of(languages))


def _load(
    folder: Path,
    settings: Settings,
    on_fatal: OnFatal,
    *,
    live: bool,
    words_are: str,
    key_terms: Iterable[KeyTerm],
) -> Engine:
    if folder.name == model_files.EMBEDDED:
        notices.warning(EMBEDDED_NOTICE)
    else:
        notices.info(f"Loading {folder.name}{' and measuring how fast it is' if live else ''} …")
    if not settings.recognition.words and model_files.is_unused(folder):
        notices.warning(
            f"The composed graph of {folder.name} is not used, as it is damaged or the model has changed: "
            f"`{command(f'models compile {folder.name}')}` makes it again."
        )
    workers = cores() if settings.recognition.workers is None else settings.recognition.workers
    keeps = live and settings.storage.keep_bad_audio  # the audio of a file is there anyway
    kept = functools.partial(keep_bad_audio, settings.data_dir) if keeps else _forget
    try:
        engine = start_engine(
            folder,
            settings.recognition.words,
            workers=workers,
            gated=settings.recognition.gate,
            live=live,
            upper_band=settings.recognition.upper_band,
            key_words=_words_without_a_sound(key_terms),
            on_set_aside=kept,
            on_fatal=on_fatal,
        )
    except SettingError as error:  # only the words can be wrong
        raise SettingError(f"{words_are}: {error}") from error
    if engine.ready.unknown_words:
        unknown = ", ".join(engine.ready.unknown_words)
        notices.warning(f"{folder.name} does not know these of {words_are}: {unknown}.")
    if unknown_of_terms := engine.ready.unknown_key_words:
        more = len(unknown_of_terms) - MOST_NAMED
        notices.info(
            f"{folder.name} does not know these words of key terms, which are found by their sound: "
            f"{', '.join(unknown_of_terms[:MOST_NAMED])}{f' and {more} more' * (more > 0)}."
        )
    return engine


def _words_without_a_sound(terms: Iterable[KeyTerm]) -> list[str]:
    """List the words of terms for which the user has not said what they sound like."""
    return [word for term in terms if not term.sounds_like for word in spoken_words(term.text)]


def open_in_background(
    folder: Path, phrases: Sequence[str], settings: RecognitionSettings, on_fatal: OnFatal
) -> Engine:
    """Load a model for background jobs: its processes leave the processor to all others."""
    workers = max(1, cores() if settings.workers is None else settings.workers)
    return start_engine(
        folder,
        phrases,
        workers=workers,
        gated=settings.gate,
        live=False,
        niceness=LOWEST_PRIORITY,
        upper_band=settings.upper_band,
        on_fatal=on_fatal,
    )


def keep_bad_audio(data_dir: Path, call_id: str, track: str, chunks: list[AudioChunk]) -> None:
    """Save audio that killed two recognizers as mu-law, for a bug report."""
    folder = data_dir / "bad-audio"
    make_folder(folder)
    path = folder / f"{call_id}-{track}-{chunks[0].start}.ulaw"
    make_file(path)
    path.write_bytes(b"".join(chunk.audio for chunk in chunks))


def _forget(*_: object) -> None:
    """Drop the audio of a call, which is not kept unless the user allows it."""
