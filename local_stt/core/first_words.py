"""Show the first words of a call in its list.  No I/O."""

from collections.abc import Iterable, Sequence

from ..events import Token
from .call_record import LineKind, Utterance
from .formatting.tokens import text_of
from .spacing import joined

MAX_LETTERS = 160

CUT = "…"


def opening_of(lines: Iterable[Utterance]) -> str:
    """Return the first words of the lines of a call."""
    return first_words((line.track, line.text, line.tokens) for line in lines if line.kind is LineKind.SPEECH)


def first_words(lines: Iterable[tuple[str, str, Sequence[Token]]]) -> str:
    """Join the first lines of a call, each with its track, text and tokens, as people write them.

    A line is left out if the token before, of the same speaker, has its words already.  What is longer than
    `MAX_LETTERS` is cut between words.
    """
    written: list[str] = []
    covered: dict[str, int] = {}  # words that the last token of a track has of lines to come
    for track, text, tokens in lines:
        words = len(text.split())
        ahead = covered.get(track, 0)
        if tokens:
            written.append(text_of(tokens))
            covered[track] = max(0, tokens[-1].last - words)
        elif ahead > 0:
            covered[track] = ahead - words
        else:
            written.append(text)
    whole = joined(written)
    if len(whole) <= MAX_LETTERS:
        return whole
    head = whole[: MAX_LETTERS - len(CUT) + 1]
    return (head.rpartition(" ")[0] or head[:-1]).rstrip() + CUT
