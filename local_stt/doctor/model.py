"""The speech models that are used."""

from collections.abc import Iterator
from pathlib import Path

from .. import model_files
from ..config.settings import Settings
from ..engine import try_model
from ..model_files import read_traits
from ..model_files.languages import language_name
from ..service.model_choice import chosen_model, second_model
from ..system.installation import command
from .findings import Level


def check_model(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Load the model that calls are recognized by, and say what it is like."""
    folder = chosen_model(settings)
    if folder is None:
        yield (
            Level.NOTE,
            f"There is none for {language_name(settings.calls.language)} yet: `run` downloads one, or "
            f"`{command('models download')}` does it now.",
        )
        return
    yield from _examine(folder, settings)
    if settings.recognition.words and not read_traits(folder).takes_phrases:
        yield (
            Level.PROBLEM,
            f"{folder.name} has a fixed graph and cannot be restricted to LOCAL_STT_WORDS: use a small or "
            "lgraph model, or unset it.",
        )


def check_second_model(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Load the model for second passes, if one is set."""
    if folder := second_model(settings):
        yield from _examine(folder, settings)
    else:
        yield Level.OK, "None is set (LOCAL_STT_SECOND_PASS)."


def _examine(folder: Path, settings: Settings) -> Iterator[tuple[Level, str]]:
    verdict = model_files.verify(folder)
    problems = verdict.problems or ((problem,) if (problem := try_model(folder)) else ())
    for problem in (*problems, *verdict.static_problems):
        yield Level.PROBLEM, f"{folder.name}: {problem}. `local-stt models verify {folder.name}` says more."
    if problems:
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
