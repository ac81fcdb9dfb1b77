"""Phrases that recognition is restricted to, as a model spells them and as libvosk reads them.

A model knows each word in one spelling: `hello`, `HELLO` or `Hello`, with its accents composed or not.
Users write phrases in theirs.  Besides words a model has symbols, such as `<UNK>` or `!SIL`.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

UNKNOWN_WORDS = ("[unk]", "<unk>", "<UNK>", "[UNK]")
"""What models call a word that is none of theirs"""

SYMBOL = re.compile(r"\[[A-Za-z_]+]|</?[A-Za-z_]+>|!SIL|#\d+")
"""Letters alone in brackets: `[3]` is a word of some models"""

JOINERS = "\u200c\u200d"
"""Letters that nobody sees and that Persian, Hindi and others cannot be written without"""

MARKUP = frozenset("<>{}\\")
"""What begins or ends commands in captions and web pages"""

Knows = Callable[[str], bool]
"""Whether a model's vocabulary has exactly this word"""


def is_symbol(word: str) -> bool:
    """Tell what stands for a sound or for any unknown word, which no transcript should have."""
    return bool(SYMBOL.fullmatch(word))


def as_text(word: str) -> str:
    """Return a model's word as a transcript may have it; empty for a symbol.

    Accents are composed, as most programs write them.  A model is a download: what could command a terminal,
    turn the direction of writing, break a line or be taken for markup is left out.
    """
    if is_symbol(word):
        return ""
    composed = unicodedata.normalize("NFC", word)
    plain = "".join(each for each in composed if each.isprintable() or each in JOINERS)
    return "" if is_symbol(plain) else "".join(each for each in plain if each not in MARKUP)


def unknown_word(knows: Knows) -> str | None:
    """Find what a model calls a word that is none of its own, if it has a name for it."""
    return next(filter(knows, UNKNOWN_WORDS), None)


def spelling(word: str, knows: Knows) -> str | None:
    """Find how a model spells a word; None if it does not know it."""
    return None if is_symbol(word) else next(filter(knows, _spellings(word)), None)


def missing_words(phrases: Iterable[str], knows: Knows) -> list[str]:
    """List the words of phrases that a model does not know, each once and as the user wrote it."""
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    return [word for word in words if word not in UNKNOWN_WORDS and spelling(word, knows) is None]


def spelled(phrases: Iterable[str], knows: Knows) -> list[str]:
    """Write phrases as a model spells them, without those that have a word it does not know."""
    found = ([spelling(word, knows) for word in phrase.split()] for phrase in phrases)
    return list(dict.fromkeys(" ".join(filter(None, words)) for words in found if all(words)))


def grammar(phrases: Sequence[str], unknown: str | None) -> str:
    """Write the grammar for libvosk, with the symbol that takes in all other speech, if there is one.

    It is UTF-8 in full, as libvosk knows no `\\u` escapes.
    """
    return json.dumps([*phrases, *([unknown] if unknown else [])], ensure_ascii=False)


def _spellings(word: str) -> Iterator[str]:
    for form in ("NFC", "NFD"):
        for cased in (word, word.lower(), word.upper(), word.title(), word.casefold()):
            yield unicodedata.normalize(form, cased)
