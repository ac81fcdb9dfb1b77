"""Choose the formatter of a call, by the language of its model or of its number."""

from ..config.settings import CallSettings, FormattingSettings
from ..core.formatting import language_of
from ..core.readable import Formatter
from ..model_files.languages import closeness, language_of_name
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
        code = language_of_name(name)
        is_of_calls = not code or closeness(code, self._default)
        return self.for_language(self._default if is_of_calls else code)

    def for_language(self, code: str) -> Formatter | None:
        """Return the formatter for a language such as `en-US`; None if text is not to be formatted."""
        return self.of_turns(code) if self._is_on else None

    def of_turns(self, code: str) -> Formatter:
        """Return the formatter for a language, which knows its turns even if nothing is to be formatted."""
        return Formatter(language_of(code), load() if closeness(WITH_MARKS, code) else None)
