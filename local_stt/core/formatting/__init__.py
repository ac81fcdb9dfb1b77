"""Text that people can read: numbers, dates, money and addresses as they are written.

tokens      the pieces of a written text, and the words that each stands for
matching    how words that have a written form are found
english     numbers, money, dates, times, addresses and spelled words of English; its fillers and profanities
spanish     numbers, money, dates, times, addresses and spelled words of Spanish
├── spoken          numbers as they are said, in any language
├── telephone       the groups of telephone numbers
└── electronic      what e-mail and web addresses have in common
wording     fillers are left out, profanities are masked
key_terms   phrases that a user expects, in place of what was misheard
└── sounds      how words sound
custom_spelling     words that a user wants to have written in another way
punctuation     marks, and how likely a speaker has finished
├── features        what the models look at
├── linear_model    weights of features
├── pieces          words are cut into pieces, for a model that knows those
└── casing          capitals
    └── word_lists      names, titles, numbers and other words
"""

from collections.abc import Iterator, Sequence

from ...events import Word
from .english import ENGLISH
from .matching import Language, tokens_of
from .spanish import SPANISH
from .tokens import Token, covers, shifted, text_of

__all__ = ["LANGUAGES", "Language", "Token", "covers", "in_number", "language_of", "text_of", "write"]

LANGUAGES: dict[str, Language] = {language.code: language for language in (*ENGLISH, *SPANISH)}
"""The languages whose numbers are written, by their code"""

SENTENCE_PAUSE = 1.5
"""Seconds of silence after which another sentence begins, except within a number"""


def language_of(code: str) -> Language:
    """Choose the rules for a code such as `en-GB`.  A language without rules leaves words as they are."""
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0]) or Language(code)


WHOLE_NUMBER = 10
"""Digits from which a number that is read out is whole: those of a telephone number"""


def in_number(words: Sequence[Word], language: Language) -> bool:
    """Tell whether words end in a number that may go on after a pause, as people say long ones in groups."""
    count = 0
    for word in reversed(words):
        if not language.counts(word.text):
            break
        count += 1
    if count < 2:
        return False
    number = tokens_of([word.text for word in words[-count:]], language)[-1]
    return sum(letter.isdigit() for letter in number.text) < WHOLE_NUMBER


def write(words: Sequence[Word], language: Language) -> tuple[Token, ...]:
    """Write the words of a turn.  The tokens cover all words, in order, each once."""
    return tuple(
        token
        for first, last in _sentences(words, language)
        for token in shifted(tokens_of([word.text for word in words[first:last]], language), first)
    )


def _sentences(words: Sequence[Word], language: Language) -> Iterator[tuple[int, int]]:
    first = 0
    for at in range(1, len(words)):
        if words[at].start - words[at - 1].end >= SENTENCE_PAUSE and not _in_number(words, at, language):
            yield first, at
            first = at
    if words:
        yield first, len(words)


def _in_number(words: Sequence[Word], at: int, language: Language) -> bool:
    """Tell whether a number goes on after a pause.  It has two words or more, unlike that of `one moment`."""
    return all(language.counts(word.text) for word in words[at - 1 : at + 2])
