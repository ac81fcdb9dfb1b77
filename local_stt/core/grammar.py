"""Write phrases that recognition is restricted to as a model spells them and as libvosk reads them.

A model knows each word in one spelling: `hello`, `HELLO` or `Hello`, with its accents composed or not.
Users write phrases in theirs.  Besides words a model has symbols, such as `<UNK>` or `!SIL`.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from .spacing import JOINERS

UNKNOWN_WORDS = ("[unk]", "<unk>", "<UNK>", "[UNK]")
"""Names of models for a word that they do not know"""

SYMBOL = re.compile(r"\[[A-Za-z_]+]|</?[A-Za-z_]+>|!SIL|#\d+")
"""A symbol of a model.  Only letters count in brackets: `[3]` is a word of some models."""

MARKUP = frozenset("<>{}\\")
"""Characters that begin or end commands in captions and web pages"""

Knows = Callable[[str], bool]
"""Tells whether a model's vocabulary has exactly this word"""


def is_symbol(word: str) -> bool:
    """Tell whether a word is a symbol for a sound or for any unknown word.  No transcript should have one."""
    return bool(SYMBOL.fullmatch(word))


def as_text(word: str) -> str:
    """Return a model's word as it may be in a transcript; empty for a symbol.

    Accents are composed, as most programs write them.  Models are downloaded, so they are not trusted.
    Characters that could control a terminal, change the direction of writing, break a line or pass for markup
    are left out.
    """
    if is_symbol(word):
        return ""
    composed = unicodedata.normalize("NFC", word)
    plain = "".join(each for each in composed if each.isprintable() or each in JOINERS)
    return "" if is_symbol(plain) else "".join(each for each in plain if each not in MARKUP)


def unknown_word(knows: Knows) -> str | None:
    """Find a model's symbol for unknown words; None if it has none."""
    return next(filter(knows, UNKNOWN_WORDS), None)


def spelling(word: str, knows: Knows) -> str | None:
    """Find a model's spelling of a word; None if the model does not know it or it is a symbol."""
    return None if is_symbol(word) else next(filter(knows, _spellings(word)), None)


def missing_words(phrases: Iterable[str], knows: Knows) -> list[str]:
    """List the words of phrases that a model does not know, each once and as the user wrote it."""
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    return [word for word in words if word not in UNKNOWN_WORDS and spelling(word, knows) is None]


def spelled(phrases: Iterable[str], knows: Knows) -> list[str]:
    """Write phrases as a model spells them.  Phrases with a word that it does not know are left out."""
    found = ([spelling(word, knows) for word in phrase.split()] for phrase in phrases)
    return list(dict.fromkeys(" ".join(filter(None, words)) for words in found if all(words)))


def grammar(phrases: Sequence[str], unknown: str | None) -> str:
    """Write the grammar for libvosk: the phrases, and the symbol for all other speech if there is one.

    It is JSON without `\\u` escapes, which libvosk does not know.
    """
    return json.dumps([*phrases, *([unknown] if unknown else [])], ensure_ascii=False)


def _spellings(word: str) -> Iterator[str]:
    for form in ("NFC", "NFD"):
        for cased in (word, word.lower(), word.upper(), word.title(), word.casefold()):
            yield unicodedata.normalize(form, cased)
