"""Turns with their private words in brackets."""

from local_stt.core.formatting import LANGUAGES, Language
from local_stt.core.privacy import Policy, find, held_from
from local_stt.events import Word

EVERY = frozenset(Policy)
ENGLISH = LANGUAGES["en"]
OTHER = Language("xx", counting=frozenset(("eins", "zwei", "drei", "vier")))


def spoken(text, start=0.0):
    """Return the words of a text as a recognizer gives them."""
    return tuple(
        Word(word, start + at / 3, start + at / 3 + 0.3, 0.9 - at / 100)
        for at, word in enumerate(text.split())
    )


def bracketed(text, question="", policies=EVERY, language=ENGLISH):
    """Return a text with brackets around what is found in it."""
    words = text.split()
    for span in find(spoken(text), policies, language, question.split()):
        words[span.first] = f"[{words[span.first]}"
        words[span.last - 1] += "]"
    return " ".join(words)


def named(text, question="", policies=EVERY):
    """Return what is found in a text, by the policies that it is of."""
    words = text.split()
    spans = find(spoken(text), policies, ENGLISH, question.split())
    return [(span.policy.value, " ".join(words[span.first : span.last])) for span in spans]


def waiting(text, question="", policies=EVERY, language=ENGLISH):
    """Return the end of a turn that waits for more."""
    held = held_from(spoken(text), policies, language, question.split())
    return " ".join(text.split()[held:])
