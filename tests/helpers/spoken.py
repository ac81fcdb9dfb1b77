"""Words as a recognizer gives them."""

from local_stt.core.formatting import LANGUAGES, text_of, write
from local_stt.events import Word


def spoken(said, start=0.0):
    """Words of 0.9 seconds, one a second, of a text or a list."""
    texts = said.split() if isinstance(said, str) else said
    return [Word(text, start + at, start + at + 0.9, 1.0) for at, text in enumerate(texts)]


def written(text, code="en"):
    """An utterance as it is written."""
    return text_of(write(spoken(text), LANGUAGES[code]))
