"""Capitals: of sentences, of I, of names and of what else has them in English."""

import re
from collections.abc import Sequence

from .word_lists import (
    ALWAYS,
    DAYS,
    FAMILY_OR_WORDS,
    FIXED,
    GIVEN_NAMES,
    GIVEN_OR_WORDS,
    MONTHS,
    MONTHS_OR_WORDS,
    NOT_NAMES,
    NUMBER_WORDS,
    ORDINALS,
    STREETS,
    TITLES,
)


def _cues(*texts: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(text.split()) for text in texts)


_NAME_CUES = _cues("name is", "my name's", "name was")
_PERSON_CUES = _cues(
    "this is", "speak to", "speak with", "talk to", "speaking with", "ask for", "hi", "hello", "hey"
)
_BEFORE_MONTH = frozenset({"in", "of", "since", "until", "till", "last", "next", "early", "late", "mid"})
_ENOUGH = 0.5
"""Log-odds that suffice for a capital: rare words are names more often in reservations than on the phone"""
_RELUCTANT = -2.0
"""Log-odds that suffice after `my name is` and after titles"""

_ENDING = re.compile(r"'s$|'$")
_DATE_WORD = re.compile(rf"\b({'|'.join(sorted(MONTHS | MONTHS_OR_WORDS | DAYS))})\b")


def capitalized(word: str) -> str:
    """Write a word with a capital, and what follows O' or Mc too."""
    if word.lower() in FIXED:
        return FIXED[word.lower()]
    if re.match(r"o'[a-z]{3}", word) and not word.startswith("o'clock"):
        return "O'" + word[2:].capitalize()
    if re.match(r"mc[a-z]{4}", word):
        return "Mc" + word[2:].capitalize()
    return word[:1].upper() + word[1:]


def date_capitals(text: str) -> str:
    """Write the months and days of a date with capitals."""
    return _DATE_WORD.sub(lambda match: match[0].capitalize(), text)


def capital_places(words: Sequence[str], marks: Sequence[str], log_odds: Sequence[float]) -> list[bool]:
    """Decide for each word whether it has a capital.

    `words` are in small letters, or in digits; `marks` are those after each word; `log_odds` are the model's
    for a capital.
    """
    capitals: list[bool] = []
    for at, word in enumerate(words):
        is_start = at == 0 or marks[at - 1] in (".", "?")
        follows = at > 0 and not marks[at - 1]
        capitals.append(
            is_start
            or _is_listed(word)
            or (log_odds[at] > _ENOUGH and not _is_dull(words, at))
            or _is_letter(words, at)
            or _is_month(words, at)
            or (follows and _continues_name(words, at, capitals, log_odds))
            or _is_title(words, at, log_odds)
            or _is_street(words, at)
        )
    return capitals


def _is_listed(word: str) -> bool:
    return word in FIXED or _ENDING.sub("", word) in ALWAYS


def _is_dull(words: Sequence[str], at: int) -> bool:
    """Say whether the model has no say about a word: a number, May, a half of the day."""
    if words[at] in NUMBER_WORDS or words[at] in ORDINALS:
        return STREETS.isdisjoint(words[at + 1 : at + 2])
    return words[at] in MONTHS_OR_WORDS or _is_half_of_day(words, at)


def _is_half_of_day(words: Sequence[str], at: int) -> bool:
    """Say whether a word is a part of `a m` or `p m`."""
    is_first = words[at] in ("a", "p") and words[at + 1 : at + 2] == ["m"]
    is_second = words[at] == "m" and at > 0 and words[at - 1] in ("a", "p")
    return is_first or is_second or words[at] in ("am", "pm")


def _is_letter(words: Sequence[str], at: int) -> bool:
    """Say whether a word is the name of a letter."""
    word = words[at]
    return len(word) == 1 and word.isalpha() and word not in "ao" and not _is_half_of_day(words, at)


def _is_month(words: Sequence[str], at: int) -> bool:
    """Say whether May or March is the month: beside a number, or after a word like `in`."""
    if words[at] not in MONTHS_OR_WORDS:
        return False
    before, after = words[at - 1 : at], words[at + 1 : at + 2]
    is_dated = any(_is_day(word) for word in (*before, *after))
    return is_dated or not _BEFORE_MONTH.isdisjoint(before)


def _is_day(word: str) -> bool:
    return word[0].isdigit() or word in ORDINALS


def _continues_name(
    words: Sequence[str], at: int, capitals: Sequence[bool], log_odds: Sequence[float]
) -> bool:
    """Say whether a name is expected here: after a cue, a title or a given name."""
    word, before = words[at], words[at - 1]
    is_named, is_person = _follows(words, at, _NAME_CUES), _follows(words, at, _PERSON_CUES)
    if word in GIVEN_OR_WORDS and (is_named or is_person):
        return True
    if word in NOT_NAMES or not word[0].isalpha() or _is_dull(words, at):
        return False
    if is_named:
        return True
    if before in GIVEN_NAMES or (before in GIVEN_OR_WORDS and capitals[at - 1]):
        return word in FAMILY_OR_WORDS or log_odds[at] > 0
    if before in TITLES and word in FAMILY_OR_WORDS:
        return True
    is_second_name = capitals[at - 1] and _follows(words, at - 1, _NAME_CUES)
    return log_odds[at] > _RELUCTANT and (is_second_name or before in TITLES)


def _follows(words: Sequence[str], at: int, cues: Sequence[tuple[str, ...]]) -> bool:
    return any(tuple(words[max(at - len(cue), 0) : at]) == cue for cue in cues)


def _is_title(words: Sequence[str], at: int, log_odds: Sequence[float]) -> bool:
    """Say whether a word is a title before a name."""
    if words[at] not in TITLES or at + 1 == len(words):
        return False
    name = words[at + 1]
    return _is_listed(name) or name in FAMILY_OR_WORDS or (name not in NOT_NAMES and log_odds[at + 1] > 0)


def _is_street(words: Sequence[str], at: int) -> bool:
    """Say whether a word belongs to the name of a street: after its number, up to `street` or the like."""
    for start in range(max(at - 3, 0), at):
        if words[start][0].isdigit():
            name = words[start + 1 : start + 4]
            ends = [place for place, word in enumerate(name) if word in STREETS and place > 0]
            return bool(ends) and at <= start + 1 + ends[0] and NOT_NAMES.isdisjoint(name[: ends[0]])
    return False
