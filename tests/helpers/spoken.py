"""Words as a recognizer gives them."""

from local_stt.core.formatting import LANGUAGES, text_of, write
from local_stt.events import FinalText, Word


def spoken(said, start=0.0):
    """Words of 0.9 seconds, one a second, of a text or a list."""
    texts = said.split() if isinstance(said, str) else said
    return [Word(text, start + at, start + at + 0.9, 1.0) for at, text in enumerate(texts)]


def written(text, code="en"):
    """An utterance as it is written."""
    return text_of(write(spoken(text), LANGUAGES[code]))


def spoken_final(text, start=0.0, track="inbound"):
    """Make a final whose words follow one another without a pause, three in 0.9 seconds."""
    words = tuple(
        Word(word, start + at * 0.3, start + at * 0.3 + 0.28, 1.0) for at, word in enumerate(text.split())
    )
    return FinalText("CA1", track, text, words[0].start, words[-1].end, words)
