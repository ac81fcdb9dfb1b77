"""The speech models that are used."""

from collections.abc import Iterator
from pathlib import Path

from .. import model_files, names
from ..config.settings import Settings
from ..core.privacy.policies import NAMES
from ..engine import verdict_after_loading
from ..model_files import read_traits
from ..model_files.languages import language_name
from ..service.engines import settings_for
from ..service.model_choice import chosen_model, is_english, second_model
from ..system.installation import command
from ..telephony.call_flow import load_phonebook
from .findings import Level


def check_models(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Load each model that calls are recognized by, and say what it is like."""
    examined = set()
    for words_are, phone in load_phonebook(settings).vocabularies:
        chosen = settings_for(phone, settings)
        folder = chosen_model(chosen)
        if folder is None:
            yield Level.NOTE, _none_yet(chosen)
        elif (folder, phone.language) not in examined:
            examined.add((folder, phone.language))
            yield from _examine(folder, chosen)
        if folder and phone.words and not read_traits(folder).takes_phrases:
            yield (
                Level.PROBLEM,
                f"{words_are}: {folder.name} has a fixed graph and cannot be restricted to phrases: use a "
                "small or lgraph model, or unset them.",
            )


def check_second_model(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Load the model for second passes, if one is set."""
    if folder := second_model(settings):
        yield from _examine(folder, settings)
    else:
        yield Level.OK, "None is set (LOCAL_STT_SECOND_PASS)."


def check_names_model(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Load the model that finds names and places, if they are redacted."""
    policies, wanted = load_phonebook(settings).redacted_policies, settings.redaction.names_model
    if NAMES.isdisjoint(policies):
        yield Level.OK, "Neither names nor places are redacted (LOCAL_STT_REDACT)."
    elif names.chosen_model(wanted, policies):
        yield Level.OK, "The names model loads: it finds names and places that are in no list."
    elif wanted is False:
        yield Level.OK, "Names and places are found by list only, as LOCAL_STT_NAMES_MODEL is no."
    else:
        yield Level.NOTE, f"Names and places are found by list only: `{names.INSTALL}` adds a model."


def _none_yet(settings: Settings) -> str:
    language = language_name(settings.calls.language)
    if is_english(settings.calls):
        return (
            f"There is none for {language} yet: `run` downloads one, or `{command('models download')}` does."
        )
    return f"There is none for {language} yet: `run` downloads one; if it cannot, it ends."


def _examine(folder: Path, settings: Settings) -> Iterator[tuple[Level, str]]:
    verdict = verdict_after_loading(folder, model_files.verify(folder))
    for problem in (*verdict.problems, *verdict.static_problems):
        yield Level.PROBLEM, f"{folder.name}: {problem}. `{command(f'models verify {folder}')}` says more."
    if verdict.problems:
        return
    yield Level.OK, f"{folder.name} loads: {_described(folder)}."
    if code := model_files.foreign_to(folder, settings.calls.language):
        yield (
            Level.NOTE,
            f"It is for {language_name(code)}, and LOCAL_STT_GREETING_LANGUAGE is "
            f"{settings.calls.language}: set one to suit the other.",
        )


def _described(folder: Path) -> str:
    traits = read_traits(folder)
    language = language_name(traits.language) if traits.language else "language not known"
    if model_files.static_model(folder):
        graph = "graph composed ahead of time"
    elif traits.takes_phrases:
        graph = "graph in two parts, which can be restricted to phrases"
    else:
        graph = "fixed graph"
    return f"{language}, {traits.sample_frequency:,.0f} Hz, {graph}"
