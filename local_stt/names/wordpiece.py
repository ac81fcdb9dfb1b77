"""WordPiece: the pieces of words that models of the BERT family know."""

import unicodedata
from collections.abc import Iterator, Sequence

START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"

MAX_LETTERS = 100
"""Letters of the longest word that is divided"""


class WordPieces:
    """A vocabulary of pieces, each with its number."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """Take all pieces, in the order of their numbers."""
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self.start, self.end, self._unknown = (self._numbers[each] for each in (START, END, UNKNOWN))

    def of(self, text: str) -> list[int]:
        """Return the numbers of the pieces of a text."""
        return [number for word in _words(text) for number in self._divided(word)]

    def _divided(self, word: str) -> list[int]:
        """Divide a word into the longest pieces that are known, from its beginning on."""
        if len(word) > MAX_LETTERS:
            return [self._unknown]
        found: list[int] = []
        at = 0
        while at < len(word):
            before = "##" if at else ""
            ends = (end for end in range(len(word), at, -1) if before + word[at:end] in self._numbers)
            end = next(ends, None)
            if end is None:
                return [self._unknown]
            found.append(self._numbers[before + word[at:end]])
            at = end
        return found


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text in small letters without accents, and each of its other characters."""
    word = ""
    for letter in unicodedata.normalize("NFD", text.lower()):
        if unicodedata.category(letter) in ("Mn", "Cc", "Cf"):
            continue
        if letter.isspace() or _stands_alone(letter):
            yield from filter(None, (word, letter.strip()))
            word = ""
        else:
            word += letter
    if word:
        yield word


def _stands_alone(letter: str) -> bool:
    """Say whether a character is a word of its own: punctuation and Chinese characters are."""
    is_ascii_mark = letter.isascii() and letter.isprintable() and not letter.isalnum()
    return is_ascii_mark or unicodedata.category(letter)[0] == "P" or "\u4e00" <= letter <= "\u9fff"
