"""Parsers of lists of words: custom spellings, key terms and alerts."""

from collections.abc import Iterable, Iterator

from ..core.analysis.alerts import MAX_PHRASES, MAX_TOPICS, AlertRule
from ..core.formatting.custom_spelling import Spelling
from ..core.formatting.key_terms import MAX_TERMS, MAX_WORDS, KeyTerm, spoken_words
from ..core.terms import phrase_of
from . import parsers


def spellings(value: str) -> tuple[Spelling, ...]:
    """Read rules such as `acme, ack me = ACME` separated by semicolons, or from `@file` with one a line."""
    return as_spellings(parsers.lines(value, ";"))


def as_spellings(lines: Iterable[str]) -> tuple[Spelling, ...]:
    """Read one rule a line."""
    written: dict[tuple[str, ...], str] = {}
    for line in filter(str.strip, lines):
        said, is_rule, text = map(str.strip, parsers.spoken(line).partition("="))
        phrases = [tuple(phrase.lower().split()) for phrase in said.split(",") if phrase.strip()]
        if not (is_rule and phrases and text):
            raise ValueError(
                f"has {line.strip()!r}, which is not of the form `word, other words = What is written`"
            )
        for phrase in phrases:
            if written.setdefault(phrase, text) != text:
                raise ValueError(f"says of {' '.join(phrase)!r} twice how it is written: leave one")
    return tuple(Spelling(phrase, text) for phrase, text in written.items())


def key_terms(value: str) -> tuple[KeyTerm, ...]:
    """Read phrases separated by commas, or from `@file` with one a line."""
    return as_key_terms(parsers.lines(value, ","))


def as_key_terms(lines: Iterable[str]) -> tuple[KeyTerm, ...]:
    """Read one phrase a line, perhaps with what it sounds like: `Nguyen ~ win`."""
    terms = tuple(_key_term(line) for line in lines if line.strip())
    if len(terms) > MAX_TERMS:
        raise ValueError(f"has {len(terms)} phrases, and {MAX_TERMS} are the most: leave some out")
    return terms


def _key_term(line: str) -> KeyTerm:
    text, has_sound, sound = (" ".join(part.split()) for part in parsers.spoken(line).partition("~"))
    if len(text.split()) > MAX_WORDS:
        raise ValueError(f"has {text!r}, which has more than {MAX_WORDS} words: shorten it")
    for part in (text, sound) if has_sound else (text,):
        if not spoken_words(part):
            raise ValueError(
                f"has {line.strip()!r}: on each side of ~ there must be a letter from a to z, or a digit"
                if has_sound
                else f"has {line.strip()!r}, which has no letter from a to z by which its sound is known"
            )
    return KeyTerm(text, sound)


def alerts(value: str) -> tuple[AlertRule, ...]:
    """Read topics such as `billing = invoice, refund*` between semicolons, or from `@file`, one a line."""
    return as_alerts(parsers.lines(value, ";"))


def as_alerts(lines: Iterable[str]) -> tuple[AlertRule, ...]:
    """Read one topic a line, with its phrases."""
    rules = dict.fromkeys(rule for line in lines if line.strip() for rule in _alert_rules(line))
    topics = {rule.topic for rule in rules}
    if len(topics) > MAX_TOPICS:
        raise ValueError(f"has {len(topics)} topics, and {MAX_TOPICS} are the most: leave some out")
    if len(rules) > MAX_PHRASES:
        raise ValueError(f"has {len(rules)} phrases, and {MAX_PHRASES} are the most: leave some out")
    return tuple(rules)


def _alert_rules(line: str) -> Iterator[AlertRule]:
    topic, is_rule, said = parsers.spoken(line).partition("=")
    phrases = [" ".join(phrase.split()) for phrase in said.split(",") if phrase.strip()]
    if not (is_rule and topic.strip() and phrases):
        raise ValueError(f"has {line.strip()!r}, which is not of the form `topic = word, more words`")
    for phrase in phrases:
        if not phrase_of(phrase).terms:
            raise ValueError(f"has {phrase!r}, which has no letter and no digit")
        yield AlertRule(" ".join(topic.split()), phrase)
