"""Choose the formatter of a call, by the language of its model or of its number."""

from collections.abc import Collection

from ..config.settings import CallSettings, FormattingSettings
from ..core.formatting import LANGUAGES, Language, language_of
from ..core.readable import Formatter
from ..model_files.languages import base, closeness, language_name, language_of_name
from .model_file import load

WITH_MARKS = "en"
"""The language that has a model of marks and capitals"""


class Formatters:
    """The formatters of all languages, or none if text is not to be formatted."""

    def __init__(self, formatting: FormattingSettings, calls: CallSettings) -> None:
        self._is_on, self._default = formatting.format_text, calls.language

    def for_model(self, name: str) -> Formatter | None:
        """Return the formatter for text of a model.

        The language of calls counts where it is the model's too, as it names a region, and where a name does
        not tell the language.
        """
        return self.for_language(self._code_of(name))

    def language_of_model(self, name: str) -> Language:
        """Return the rules for the words of a model, also if text is not to be formatted."""
        return language_of(self._code_of(name))

    def for_language(self, code: str) -> Formatter | None:
        """Return the formatter for a language such as `en-US`; None if text is not to be formatted."""
        return self.of_turns(code) if self._is_on else None

    def of_turns(self, code: str) -> Formatter:
        """Return the formatter for a language, which knows its turns even if nothing is to be formatted."""
        return Formatter(language_of(code), load() if closeness(WITH_MARKS, code) else None)

    def unwritten(self, model: str) -> set[str]:
        """Return the languages of a model and of its calls whose numbers stay in words, without regions."""
        codes = {self._code_of(model), self._default} if self._is_on else set[str]()
        return {base(code) for code in codes if not language_of(code).matchers}

    def _code_of(self, model: str) -> str:
        code = language_of_name(model)
        is_of_calls = not code or closeness(code, self._default)
        return self._default if is_of_calls else code


def notice_of(unwritten: Collection[str]) -> str:
    """Say for the user that numbers stay in words in some languages."""
    written = _listed({base(code) for code in LANGUAGES})
    return f"Numbers stay in words in {_listed(unwritten)}: they are written in digits in {written}."


def _listed(codes: Collection[str]) -> str:
    return " and ".join(map(language_name, sorted(codes)))
