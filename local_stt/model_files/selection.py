"""Select the model for a language, among the installed ones and those of the official list."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import DownloadError
from ..system.installation import command
from .catalogue import ListedModel
from .folders import DEFAULT, FoundModel, installed
from .languages import canonical, closeness, language_name
from .traits import read_traits


@dataclass(frozen=True, slots=True)
class Selection:
    """The installed models, sorted by whether they suit a language.  The embedded one is left out."""

    language: str
    fitting: tuple[FoundModel, ...]
    """Models for the language, the best first"""
    unknown: tuple[FoundModel, ...]
    """Models without a known language"""
    foreign: tuple[FoundModel, ...]
    """Models for other languages"""

    @property
    def chosen(self) -> FoundModel | None:
        """The model to use if none was named."""
        return next(iter(self.fitting), None)

    def remarks(self) -> list[str]:
        """Explain the choice to the user, in sentences; none if there was nothing to choose."""
        return [*self._about_the_choice(), *self._about_the_unknown()]

    def _about_the_choice(self) -> Iterable[str]:
        if len(self.fitting) > 1:
            best, *others = self.fitting
            yield (
                f"{best.name} is used: of the {len(self.fitting)} models for {language_name(self.language)} "
                f"{self._why_the_first()}. LOCAL_STT_MODEL chooses another: {_names(others)}."
            )
        if not self.fitting and self.foreign:
            yield (
                f"No model for {language_name(self.language)} is installed, only for other languages: "
                f"{_names_with_languages(self.foreign)}. LOCAL_STT_GREETING_LANGUAGE sets the language."
            )

    def _about_the_unknown(self) -> Iterable[str]:
        for model in self.unknown:
            yield (
                f"{model.name} is never chosen by itself, as its language is not known: name it with "
                f"LOCAL_STT_MODEL, or let its folder's name end with its language ({model.name}-en)."
            )

    def _why_the_first(self) -> str:
        best, *others = [closeness(_language(model), self.language) for model in self.fitting]
        if others[-1] == best:
            return "it is the largest"
        closest = f"closest to {canonical(self.language)}"
        return f"it is the largest of those {closest}" if others[0] == best else f"it is {closest}"


def select(models_dir: Path, language: str) -> Selection:
    """Sort the installed models by how well they suit a language: the same region first, then the largest."""
    languages = {model: _language(model) for model in installed(models_dir) if not model.embedded}
    fitting = [model for model, code in languages.items() if closeness(code, language)]
    return Selection(
        language,
        tuple(sorted(fitting, key=lambda model: -closeness(languages[model], language))),
        tuple(model for model, code in languages.items() if not code),
        tuple(model for model, code in languages.items() if code and model not in fitting),
    )


def default_for(language: str, listed: Iterable[ListedModel]) -> ListedModel:
    """Choose a model of the official list to begin with: a small one that suits the language best.

    Raises `DownloadError` if the list has none for the language.
    """
    fitting = [model for model in listed if not model.obsolete and closeness(model.lang, language)]
    if not fitting:
        raise DownloadError(
            f"There is no official model for {language_name(language)}: "
            f"`{command('models list')}` shows those there are."
        )
    return min(fitting, key=lambda model: _preference(model, language))


def foreign_to(folder: Path, language: str) -> str:
    """Return the language of a model if it is certainly another one than `language`; else an empty text."""
    code = read_traits(folder).language
    return "" if not code or closeness(code, language) else code


def _preference(model: ListedModel, language: str) -> tuple[int, bool, bool, int]:
    return (
        -closeness(model.lang, language),
        model.type != "small",
        model.name != DEFAULT,
        model.size,
    )


def _language(model: FoundModel) -> str:
    return read_traits(model.path).language


def _names(models: Iterable[FoundModel]) -> str:
    return ", ".join(model.name for model in models)


def _names_with_languages(models: Iterable[FoundModel]) -> str:
    return ", ".join(f"{model.name} for {language_name(_language(model))}" for model in models)
