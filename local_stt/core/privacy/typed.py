"""Find the values that people typed into a corrected text, in forms that no recognizer writes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ...events import Redaction, Word
from ..call_record import LineKind, Utterance, mean_confidence
from ..spacing import joined
from .call_redactor import RedactionRules
from .policies import Policy
from .spans import redacted
from .values import Value, spans_of

SHORTEST = 4
"""Digits of the shortest number that may be private"""

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

CODES = (
    Policy.NUMBER_SEQUENCE,
    Policy.ACCOUNT_NUMBER,
    Policy.CREDIT_CARD_NUMBER,
    Policy.PHONE_NUMBER,
    Policy.BANKING_INFORMATION,
    Policy.US_SOCIAL_SECURITY_NUMBER,
    Policy.PASSPORT_NUMBER,
    Policy.DRIVERS_LICENSE,
    Policy.HEALTHCARE_NUMBER,
    Policy.VEHICLE_ID,
    Policy.PASSWORD,
)
"""What letters with digits may be"""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://.|www\..|.*[^\W\d_]{2}\.[a-z]{2,}/.", re.IGNORECASE)
_LETTERED = re.compile(r"[^\W\d_]")


def with_typed_values_found(lines: Iterable[Utterance], rules: RedactionRules) -> list[Utterance]:
    """Return the lines of a corrected text, to be redacted by the rules of its language.

    What those rules do not know as it was typed is redacted here.  In English, other numbers are read out,
    a word for each digit, as the rules know them.
    """
    is_english = rules.language.code.startswith("en")
    found = [_redacted(line, rules, with_numbers=not is_english) for line in lines]
    return [_read_out(line) for line in found] if is_english else found


def _redacted(line: Utterance, rules: RedactionRules, *, with_numbers: bool) -> Utterance:
    if line.kind is not LineKind.SPEECH:
        return line
    spans = spans_of(_values(line.words, with_numbers=with_numbers), rules.policies)
    if not spans:
        return line
    parts = [
        Redaction(str(span.policy), line.words[span.first].start, line.words[span.last - 1].end)
        for span in spans
    ]
    return replace(
        _with_words(line, redacted(line.words, spans, rules.substitute)),
        redactions=tuple(sorted((*line.redactions, *parts), key=lambda each: each.start)),
    )


def _values(words: Sequence[Word], *, with_numbers: bool) -> Iterator[Value]:
    """Yield addresses, amounts and codes, each one word; and long numbers, if they are wanted."""
    for at, word in enumerate(words):
        text = _plain(word.text)
        digits = len(_digits(text))
        if "@" in text.strip("@") or text[:1] == "@":
            yield Value((Policy.EMAIL_ADDRESS, Policy.USERNAME), at, at + 1)
        elif _ADDRESS.match(text):
            yield Value((Policy.URL,), at, at + 1)
        elif digits and any(unicodedata.category(letter) == "Sc" for letter in text):
            yield Value((Policy.MONEY_AMOUNT, Policy.NUMBER_SEQUENCE), at, at + 1)
        elif digits >= SHORTEST and _LETTERED.search(text):
            yield Value(CODES, at, at + 1)
    if with_numbers:
        for first, run in _numbers(words):
            yield Value(CODES, first, first + len(run))


def _read_out(line: Utterance) -> Utterance:
    places = {at for first, run in _numbers(line.words) for at in range(first, first + len(run))}
    if not places:
        return line
    words: list[Word] = []
    for at, word in enumerate(line.words):
        words += _digits_of(word) if at in places else (word,)
    return _with_words(line, tuple(words))


def _with_words(line: Utterance, words: tuple[Word, ...]) -> Utterance:
    text = joined(word.text for word in words)
    return replace(line, words=words, text=text, confidence=mean_confidence(words), tokens=())


def _numbers(words: Sequence[Word]) -> Iterator[tuple[int, list[Word]]]:
    """Yield the words of each long number after the position of the first; it may be typed with blanks."""
    for is_number, run in groupby(enumerate(words), lambda each: _is_number(each[1].text)):
        places, number = zip(*run, strict=True)
        if is_number and sum(len(_digits(word.text)) for word in number) >= SHORTEST:
            yield places[0], list(number)


def _is_number(text: str) -> bool:
    return bool(_digits(text)) and not _LETTERED.search(_plain(text))


def _plain(text: str) -> str:
    """Return a text with the plain forms of its letters and digits, as of those that are raised."""
    return unicodedata.normalize("NFKC", text)


def _digits(text: str) -> list[int]:
    """List the digits of a text, in any script."""
    return [unicodedata.decimal(letter) for letter in _plain(text) if letter.isdecimal()]


def _digits_of(word: Word) -> Iterator[Word]:
    """Yield a word for each digit; they share the time."""
    digits = _digits(word.text)
    step = (word.end - word.start) / len(digits)
    for at, digit in enumerate(digits):
        end = word.end if at + 1 == len(digits) else word.start + step * (at + 1)
        yield Word(NAMES[digit], word.start + step * at, end, word.confidence)
