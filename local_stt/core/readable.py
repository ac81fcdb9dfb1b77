"""Text as people read it: numbers as they are written, marks and capitals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..events import FinalText, Word
from .call_record import LineKind, Utterance
from .formatting import Language, Token, write
from .formatting.punctuation import PunctuationModel, end_of_turn, punctuated
from .formatting.tokens import written_words
from .spacing import joined

PAUSE = 1.0
"""Seconds of silence after which a speaker's next utterance begins another sentence"""

ENDS = 0.5
"""Likelihood of an end from which a sentence ends, though the speaker goes on soon"""


@dataclass(frozen=True, slots=True)
class Formatter:
    """Writes text of one language."""

    language: Language
    model: PunctuationModel | None = None
    """Decides on marks and capitals; without it there are none"""

    def tokens(self, words: Sequence[Word], *, ends: bool) -> tuple[Token, ...]:
        """Write words.  With `ends`, a sentence ends with them."""
        tokens = write(words, self.language)
        return punctuated(tokens, words, self.model, ends=ends) if self.model else tokens

    def is_end(self, words: Sequence[Word]) -> bool:
        """Tell whether a sentence ends with these words, as far as they alone say."""
        return not self.model or end_of_turn(words, self.model) >= ENDS


def formatted(utterances: Sequence[Utterance], formatter: Formatter | None) -> list[Utterance]:
    """Return utterances with their tokens; without a formatter, as they are."""
    if formatter is None:
        return list(utterances)
    following = _following(utterances)
    return [
        replace(each, tokens=formatter.tokens(each.words, ends=_ends(each, after, formatter)))
        if each.kind is LineKind.SPEECH and each.words
        else each
        for each, after in zip(utterances, following, strict=True)
    ]


def readable(final: FinalText, formatter: Formatter | None) -> FinalText:
    """Return a final with tokens in place of its words, to be shown; without a formatter, as it is.

    As the rest of the call is not known, only the words say whether a sentence ends.
    """
    if formatter is None or not final.words:
        return final
    tokens = formatter.tokens(final.words, ends=formatter.is_end(final.words))
    words = written_words(final.words, tokens)
    return replace(final, text=joined(word.text for word in words), words=words)


def _following(utterances: Sequence[Utterance]) -> Iterable[Utterance | None]:
    """Return for each utterance the next one of the same track."""
    latest: dict[str, Utterance] = {}
    found: list[Utterance | None] = []
    for each in reversed(utterances):
        found.append(latest.get(each.track))
        latest[each.track] = each
    return reversed(found)


def _ends(utterance: Utterance, following: Utterance | None, formatter: Formatter) -> bool:
    if following is None or following.start - utterance.end >= PAUSE:
        return True
    return formatter.is_end(utterance.words)
