"""Choose the formatter of a call, by the language of its model and by the settings of its number."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from ..config.phonebook import PUNCTUATION_FOR_ALL, Phone, Phonebook
from ..config.settings import CallSettings, FormattingSettings
from ..core.call_record import CallRecord, Utterance
from ..core.formatting import LANGUAGES, Language, language_of
from ..core.formatting.custom_spelling import Spelling, Spellings
from ..core.formatting.key_terms import KeyTerm, KeyTerms
from ..core.readable import Formatter, with_tokens
from ..core.turns import USUAL_RULES
from ..model_files.languages import base, closeness, language_name, language_of_name
from ..system.installation import MODELS
from .model_file import load
from .options import AS_SET, TextOptions
from .punctuation import punctuation_named

WITH_MARKS = "en"
"""The language that has a model of marks and capitals"""


class WriteText(Protocol):
    """Adds to what was recognized how people write it."""

    def __call__(
        self, said: Sequence[Utterance], model: str, number: str, options: TextOptions = AS_SET, /
    ) -> list[Utterance]:
        """Take the name of the model, the number of the call, and what is wanted besides its settings."""


def as_recognized(said: Sequence[Utterance], *_: object) -> list[Utterance]:
    """Leave text as it was recognized."""
    return list(said)


class Formatters:
    """The formatters of all languages and numbers, or none if text is not to be formatted."""

    def __init__(
        self,
        formatting: FormattingSettings,
        calls: CallSettings,
        phonebook: Phonebook | None = None,
        models_dir: Path = MODELS,
    ) -> None:
        """Take the settings of all numbers, and the phonebook with those of single numbers.

        Loads the punctuation models that they name, from `models_dir`.  Raises `SettingError` for one that
        cannot be used.
        """
        self._formatting, self._default, self._phonebook = formatting, calls.language, phonebook
        named = phonebook.punctuation if phonebook else [(PUNCTUATION_FOR_ALL, formatting.punctuation)]
        self._punctuation = {name: punctuation_named(name, models_dir, setting) for setting, name in named}

    def for_model(self, name: str, number: str = "", options: TextOptions = AS_SET) -> Formatter | None:
        """Return the formatter for text of a model, in a call of a number.

        The language of calls counts where it is the model's too, as it names a region, and where a name does
        not tell the language.
        """
        return self.for_language(self._code_of(name), number, options)

    def for_call(self, call: CallRecord) -> Formatter | None:
        """Return the formatter for the text of a kept call."""
        return self.for_model(call.text_model, call.started.number)

    def language_of_model(self, name: str) -> Language:
        """Return the rules for the words of a model, also if text is not to be formatted."""
        return language_of(self._code_of(name))

    def for_language(self, code: str, number: str = "", options: TextOptions = AS_SET) -> Formatter | None:
        """Return the formatter for a language such as `en-US`; None if text is not to be formatted."""
        chosen = options.applied_to(self._settings_of(number))
        return self._of(code, chosen) if chosen.format_text else None

    def of_turns(self, code: str, number: str = "") -> Formatter:
        """Return the formatter for a language, which knows its turns even if nothing is to be formatted."""
        return self._of(code, self._settings_of(number))

    def _of(self, code: str, chosen: FormattingSettings | Phone) -> Formatter:
        has_marks = closeness(WITH_MARKS, code) > 0
        return Formatter(
            language_of(code),
            self._punctuation[chosen.punctuation] if has_marks else None,
            load() if has_marks else None,
            key_terms=_key_terms(chosen.key_terms) if chosen.key_terms else None,
            drops_fillers=chosen.fillers == "drop",
            masks_profanity=chosen.filter_profanity,
            spellings=_spellings(chosen.spelling) if chosen.spelling else None,
            rules=chosen.turn_rules if isinstance(chosen, Phone) else USUAL_RULES,
        )

    def written(
        self, said: Sequence[Utterance], model: str, number: str, options: TextOptions = AS_SET
    ) -> list[Utterance]:
        """Return what a model recognized with its tokens, to be kept."""
        return with_tokens(said, self.for_model(model, number, options))

    def prepare(self) -> None:
        """Load and index what the formatters of all numbers need, so that no call waits for it."""
        for phone in self._phonebook.phones if self._phonebook else ():
            self._of(phone.language, phone)

    def unwritten(self, model: str) -> set[str]:
        """Return the languages of a model and of its calls whose numbers stay in words, without regions."""
        codes = {self._code_of(model), self._default} if self._formatting.format_text else set[str]()
        return {base(code) for code in codes if not language_of(code).matchers}

    def _code_of(self, model: str) -> str:
        code = language_of_name(model)
        is_of_calls = not code or closeness(code, self._default)
        return self._default if is_of_calls else code

    def _settings_of(self, number: str) -> FormattingSettings | Phone:
        return self._phonebook.of(number) if self._phonebook else self._formatting


@lru_cache
def _key_terms(terms: tuple[KeyTerm, ...]) -> KeyTerms:
    """Index terms once for all calls."""
    return KeyTerms(terms)


@lru_cache
def _spellings(spellings: tuple[Spelling, ...]) -> Spellings:
    return Spellings(spellings)


def notice_of(unwritten: Collection[str]) -> str:
    """Say for the user that numbers stay in words in some languages."""
    written = _listed({base(code) for code in LANGUAGES})
    return f"Numbers stay in words in {_listed(unwritten)}: they are written in digits in {written}."


def _listed(codes: Collection[str]) -> str:
    return " and ".join(map(language_name, sorted(codes)))
