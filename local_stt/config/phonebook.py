"""Settings of single phone numbers, from `phones.toml`.

["+15551234567"]
answer = "forward"
forward_to = "+15557654321"
"""

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..core.analysis import AlertRule
from ..core.formatting import Language, language_of
from ..core.formatting.custom_spelling import Spelling
from ..core.formatting.key_terms import KeyTerm
from ..core.privacy import (
    FileRedaction,
    NameFinder,
    Policy,
    RedactedAudio,
    RedactedPartials,
    RedactionRules,
    Substitute,
    policies_of,
)
from ..core.turns import USUAL_RULES, TurnRules
from ..errors import SettingError
from . import parsers, wording


class CallHandling(StrEnum):
    """How a call goes on after the greeting."""

    LISTEN = "listen"
    """Nobody answers; the caller is transcribed until hanging up"""
    VOICEMAIL = "voicemail"
    """The caller is asked for a message, and transcribed until hanging up"""
    FORWARD = "forward"
    """A person's telephone rings"""
    CONFERENCE = "conference"
    """All callers meet in a room"""


def entry(default: Any, parse: Callable[[Any], Any], description: str, variable: str = "") -> Any:
    """Declare a field of `Phone` that the file may set.

    `parse` raises `ValueError` as parsers of settings do.  `variable` is the setting that numbers without
    the key have.
    """
    metadata = {"parse": parse, "description": description, "variable": variable}
    return field(default=default, metadata=metadata)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text in quotes")
    return parsers.spoken(value)


def _language(value: Any) -> str:
    return parsers.language(_text(value))


def _room(value: Any) -> str:
    if not _text(value).strip():
        raise ValueError("is no name of a room")
    return _text(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _number(value: Any) -> str:
    return parsers.phone_number(_text(value))


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 5 <= value <= 600:
        raise ValueError("is not a number of seconds from 5 to 600")
    return value


def _likelihood(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("is not a number from 0 to 1")
    return parsers.likelihood(str(value))


def _silence(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("is not a number of milliseconds")
    return parsers.silence(str(value))


def _answer(value: Any) -> CallHandling:
    if value not in list(CallHandling):
        raise ValueError(f"is none of {', '.join(CallHandling)}")
    return CallHandling(value)


def _no_answer(value: Any) -> str:
    if value not in (CallHandling.VOICEMAIL, HANG_UP):
        raise ValueError(f"is neither {CallHandling.VOICEMAIL} nor {HANG_UP}")
    return str(value)


def _phrases(value: Any) -> tuple[str, ...]:
    return parsers.as_phrases(parsers.spoken(each) for each in _texts(value, '["yes", "call me back"]'))


def _punctuation(value: Any) -> str:
    return parsers.punctuation(_text(value))


def _spelling(value: Any) -> tuple[Spelling, ...]:
    return wording.as_spellings(_texts(value, '["s t t = STT"]'))


def _key_terms(value: Any) -> tuple[KeyTerm, ...]:
    return wording.as_key_terms(_texts(value, '["Xarelto", "Nguyen ~ win"]'))


def _alerts(value: Any) -> tuple[AlertRule, ...]:
    return wording.as_alerts(_texts(value, '["billing = invoice, refund*"]'))


def _texts(value: Any, example: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"is not a list of phrases, such as {example}")
    return value


def _policies(value: Any) -> frozenset[Policy]:
    if isinstance(value, str):
        return policies_of(value)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError('is not a list of policies, such as ["phone_number", "person_name"]')
    return policies_of(",".join(value))


def _one_of(parser: parsers.OneOf) -> Callable[[Any], Any]:
    return lambda value: parser(_text(value))


HANG_UP = "hang-up"

_LONGEST = 100
"""Characters of a value in a message"""

SET_FOR_ALL = "LOCAL_STT_WORDS"
"""The setting for numbers that have no words of their own"""

PUNCTUATION_FOR_ALL = "LOCAL_STT_PUNCTUATION"
"""The setting for numbers that have no punctuation of their own"""

GREETING = "This call is being transcribed."
RECORDED_GREETING = "This call is being transcribed and recorded."


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """The settings of one number."""

    greeting: str = entry("", _text, "what the caller hears first; empty for nothing", "LOCAL_STT_GREETING")
    language: str = entry(
        "",
        _language,
        "the language in which Twilio reads texts out; without `model`, the model is for it too",
        "LOCAL_STT_GREETING_LANGUAGE",
    )
    answer: CallHandling = entry(
        CallHandling.LISTEN,
        _answer,
        f"what follows the greeting: {', '.join(f'`{each}`' for each in CallHandling)}",
    )
    forward_to: str = entry("", _number, "the number that rings, with `forward`")
    ring_seconds: int = entry(20, _seconds, "how many seconds it rings, 5 to 600")
    no_answer: str = entry(
        CallHandling.VOICEMAIL,
        _no_answer,
        f"what the caller gets when nobody answers: `{CallHandling.VOICEMAIL}` or `{HANG_UP}`",
    )
    voicemail: str = entry(
        "Nobody can take your call. Please leave a message, and hang up.",
        _text,
        "what the caller hears before leaving a message",
    )
    conference: str = entry("local_stt", _room, "the name of the room, with `conference`")
    model: str = entry("", _text, "the model for these calls: a folder, or a name", "LOCAL_STT_MODEL")
    words: tuple[str, ...] = entry(
        (),
        _phrases,
        "a list of phrases, to recognize only these; an empty list for every word",
        "LOCAL_STT_WORDS",
    )
    end_of_turn_confidence_threshold: float = entry(
        0.7,
        _likelihood,
        "likelihood that a speaker has finished, 0 to 1, from which a short silence ends the turn",
        "LOCAL_STT_END_OF_TURN_CONFIDENCE_THRESHOLD",
    )
    min_end_of_turn_silence_when_confident: int = entry(
        500,
        _silence,
        "that short silence, in milliseconds",
        "LOCAL_STT_MIN_END_OF_TURN_SILENCE_WHEN_CONFIDENT",
    )
    max_turn_silence: int = entry(
        2400,
        _silence,
        "milliseconds of silence that end a turn in any case",
        "LOCAL_STT_MAX_TURN_SILENCE",
    )
    record: bool = entry(False, _yes_or_no, "whether the audio is kept", "RECORD_CALLS")
    format_text: bool = entry(
        True, _yes_or_no, "whether numbers, marks and capitals are written", "LOCAL_STT_FORMAT_TEXT"
    )
    punctuation: str = entry(
        parsers.PUNCTUATION_RULES,
        _punctuation,
        "what decides on marks and capitals: `rules`, `none`, or a punctuation model",
        "LOCAL_STT_PUNCTUATION",
    )
    spelling: tuple[Spelling, ...] = entry(
        (), _spelling, "how words are written: a list of rules such as `s t t = STT`", "LOCAL_STT_SPELLING"
    )
    key_terms: tuple[KeyTerm, ...] = entry(
        (),
        _key_terms,
        "a list of names and phrases that are written where words sound like them",
        "LOCAL_STT_KEY_TERMS",
    )
    fillers: str = entry(
        "drop", _one_of(parsers.fillers), "`drop` or `keep` fillers such as `um`", "LOCAL_STT_FILLERS"
    )
    filter_profanity: bool = entry(
        False, _yes_or_no, "whether profanities are masked", "LOCAL_STT_FILTER_PROFANITY"
    )
    alerts: tuple[AlertRule, ...] = entry(
        (),
        _alerts,
        "a list of topics with the words and phrases that are reported when they are said, such as "
        "`billing = invoice, refund*`; an empty list for none",
        "LOCAL_STT_ALERTS",
    )
    redact: frozenset[Policy] = entry(
        frozenset(),
        _policies,
        "a list of policies: private values to redact; an empty list for none",
        "LOCAL_STT_REDACT",
    )
    redact_sub: Substitute = entry(
        Substitute.ENTITY_NAME,
        _one_of(parsers.substitute),
        "what takes their place in text: `entity_name` or `hash`",
        "LOCAL_STT_REDACT_SUB",
    )
    redact_audio: RedactedAudio = entry(
        RedactedAudio.SILENCE,
        _one_of(parsers.redacted_audio),
        "what takes their place in recordings: `silence`, `beep` or `no`",
        "LOCAL_STT_REDACT_AUDIO",
    )
    redact_partials: RedactedPartials = entry(
        RedactedPartials.MASK,
        _one_of(parsers.redacted_partials),
        "what viewers see before a text is final: `mask` or `hide`",
        "LOCAL_STT_REDACT_PARTIALS",
    )

    def redaction_rules(
        self, language: Language | None = None, names: NameFinder | None = None
    ) -> RedactionRules | None:
        """Return what is redacted on its calls, or of text in another language; None for nothing.

        `names` finds more names and places than the rules.
        """
        if not self.redact:
            return None
        language = language or language_of(self.language)
        silence = max(self.max_turn_silence / 1000, USUAL_RULES.max_turn_silence)  # numbers have pauses
        return RedactionRules(self.redact, language, self.redact_sub, self.redact_partials, silence, names)

    def file_redaction(self, language: Language, names: NameFinder | None = None) -> FileRedaction:
        """Return what is redacted of a file of its calls, whose text is in a language."""
        return FileRedaction(self.redaction_rules(language, names), self.redacted_sound)

    @property
    def turn_rules(self) -> TurnRules:
        """When turns on its calls are over."""
        return TurnRules(
            self.end_of_turn_confidence_threshold,
            self.min_end_of_turn_silence_when_confident / 1000,
            self.max_turn_silence / 1000,
        )

    @property
    def redacted_sound(self) -> RedactedAudio:
        """What takes the place of redacted words in recordings; `no` if nothing is redacted."""
        return self.redact_audio if self.redact else RedactedAudio.NO

    @property
    def spoken_greeting(self) -> str:
        """The greeting; the default one adds that the call is recorded, if it is."""
        return RECORDED_GREETING if self.record and self.greeting == GREETING else self.greeting


class Phonebook:
    """Every number's `Phone`."""

    def __init__(
        self, default: Phone, phones: Mapping[str, Phone] | None = None, file: Path = Path("phones.toml")
    ) -> None:
        """Take the settings of numbers that are not listed, those that are, and the file that lists them."""
        self._default, self._phones, self._file = default, dict(phones or {}), file

    @property
    def numbers(self) -> list[str]:
        """The listed numbers"""
        return list(self._phones)

    @property
    def phones(self) -> list[Phone]:
        """The settings of all numbers, the default first"""
        return [self._default, *self._phones.values()]

    @property
    def vocabularies(self) -> list[tuple[str, Phone]]:
        """The settings of all numbers, each after the name of what sets its words"""
        listed = [(self._words_of(number), phone) for number, phone in self._phones.items()]
        return [(SET_FOR_ALL, self._default), *listed]

    @property
    def punctuation(self) -> list[tuple[str, str]]:
        """What decides on marks and capitals of numbers, each after the name of what sets it"""
        own = [
            (f"{_place(self._file, number)}: punctuation", phone.punctuation)
            for number, phone in self._phones.items()
            if phone.punctuation != self._default.punctuation
        ]
        return [(PUNCTUATION_FOR_ALL, self._default.punctuation), *own]

    def refuse_circles(self, answered: Collection[str]) -> None:
        """Raise `SettingError` for calls that are passed on to a number that is answered here."""
        for number, phone in self._phones.items():
            if phone.answer is CallHandling.FORWARD and phone.forward_to in answered:
                raise answered_here(f"{_place(self._file, number)}: forward_to", phone.forward_to)

    def _words_of(self, number: str) -> str:
        has_its_own = self._phones[number].words != self._default.words
        return f"{'words in' if has_its_own else f'{SET_FOR_ALL} for'} {_place(self._file, number)}"

    @property
    def redacted_policies(self) -> frozenset[Policy]:
        """What is redacted on the calls of any number."""
        return frozenset().union(*(phone.redact for phone in self.phones))

    @property
    def records_calls(self) -> bool:
        """Whether the calls of any number are recorded."""
        return any(phone.record for phone in self.phones)

    def of(self, number: str) -> Phone:
        """Return the settings of a number."""
        return self._phones.get(number, self._default)


def read_phones(file: Path, default: Phone) -> Phonebook:
    """Read a file; missing keys are those of `default`.  Raises `SettingError`."""
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8-sig"))  # some editors begin with a mark
    except RecursionError as error:
        raise SettingError(f"{file} cannot be read: its brackets are nested too deeply.") from error
    except OSError as error:
        raise SettingError(
            f"{file} cannot be read ({error.strerror}): name another with --phones."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(
            f'{file} cannot be read ({error}): it must be TOML, with sections such as ["+15551234567"].'
        ) from error
    numbers = [_listed(file, name) for name in listed]
    if twice := [number for number in numbers if numbers.count(number) > 1]:
        raise SettingError(f"{file}: {twice[0]} has two sections: make them one.")
    phones = {
        number: _phone(file, number, section, default)
        for number, section in zip(numbers, listed.values(), strict=True)
    }
    phonebook = Phonebook(default, phones, file)
    phonebook.refuse_circles(phones)
    return phonebook


def refuse_long_short_silence(phone: Phone, shortest: str, longest: str) -> None:
    """Raise `SettingError` if the short silence that ends a turn is longer than the one that always does.

    `shortest` and `longest` name the two settings.
    """
    short, long = phone.min_end_of_turn_silence_when_confident, phone.max_turn_silence
    if short > long:
        raise SettingError(
            f"{shortest} is {short}, which is more than {longest} with {long}: set the first to less."
        )


def answered_here(setting: str, number: str) -> SettingError:
    """Return the error for a setting that forwards calls to a number that is answered here."""
    return SettingError(
        f"{setting} is {number}, which is answered here as well: calls would go round for ever. "
        "Name the telephone of a person."
    )


def _place(file: Path, number: str) -> str:
    return f'{file}, ["{number}"]'


def _listed(file: Path, name: str) -> str:
    try:
        return parsers.phone_number(name)
    except ValueError as error:
        raise SettingError(f'{file}: {name!r} {error}; a section is ["+15551234567"].') from error


def _phone(file: Path, number: str, section: Any, default: Phone) -> Phone:
    where = _place(file, number)
    if not isinstance(section, dict):
        raise SettingError(f'{file}: {number} is not a section ["+15551234567"].')
    known = {each.name: each for each in fields(Phone)}
    if unknown := [name for name in section if name not in known]:
        close = difflib.get_close_matches(unknown[0], known, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
        raise SettingError(f"{where}: {unknown[0]!r} is not known. {hint}")
    said = {name: _parsed(where, known[name], value) for name, value in section.items()}
    said["model"] = said.get("model") or default.model  # "" names none
    phone = replace(default, **said)
    refuse_long_short_silence(phone, f"{where}: min_end_of_turn_silence_when_confident", "max_turn_silence")
    if phone.answer is CallHandling.FORWARD and not phone.forward_to:
        raise SettingError(f'{where}: answer is "forward", so forward_to must say which number rings.')
    return phone


def _parsed(where: str, each: "Field[Any]", value: Any) -> Any:
    try:
        return each.metadata["parse"](value)
    except ValueError as error:
        shown = repr(value) if len(repr(value)) <= _LONGEST else f"{repr(value)[:_LONGEST]}…"
        raise SettingError(f"{where}: {each.name} = {shown} {error}.") from error
