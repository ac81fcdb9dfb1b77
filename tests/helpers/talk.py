"""What was said on made calls, as utterances."""

from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.call_record import Utterance
from local_stt.core.readable import formatted
from local_stt.events import Word
from local_stt.formatters import Formatters

ENGLISH = Formatters(FormattingSettings(), CallSettings()).of_turns("en-US")


def utterance(track, start, end, text="i have something to say", **options):
    """Make an utterance whose words fill its time."""
    texts = text.split()
    each = (end - start) / len(texts)
    words = tuple(
        Word(word, start + each * at, start + each * (at + 1), 0.9) for at, word in enumerate(texts)
    )
    return Utterance(track, start, end, text, 0.9, words, **options)


def conversation(*texts):
    """Make utterances of two speakers in turn, with three words a second and a second of silence between."""
    said, at = [], 0.0
    for number, text in enumerate(texts):
        end = at + len(text.split()) / 3
        said.append(utterance("outbound" if number % 2 else "inbound", at, end, text))
        at = end + 1.0
    return said


def written(*texts):
    """Make such a conversation, with its text formatted."""
    return formatted(conversation(*texts), ENGLISH)
