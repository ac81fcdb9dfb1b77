"""Cut what was said on a call into sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..call_record import Utterance, mean_confidence
from ..captions import by_turns
from ..formats import milliseconds
from ..formatting.tokens import REDACTED, is_redaction, one_each
from ..spacing import joined

MARKS = ".,?!;:"
ENDS = (".", "?", "!")


class Piece(NamedTuple):
    """A word or a written form, with its times in milliseconds."""

    text: str
    """With the mark after it"""
    bare: str
    """Without that mark"""
    start: int
    end: int
    confidence: float
    is_word: bool
    """Whether it is neither a written form, such as a date, nor redacted"""
    is_redacted: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one speaker said up to a mark, or without a pause where there are no marks."""

    speaker: str
    track: str
    pieces: tuple[Piece, ...]

    @property
    def start(self) -> int:
        """Its beginning, in milliseconds"""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Its end, in milliseconds"""
        return self.pieces[-1].end

    @property
    def confidence(self) -> float:
        """Mean confidence of its pieces"""
        return round(sum(piece.confidence for piece in self.pieces) / len(self.pieces), 3)

    @property
    def text(self) -> str:
        """Its text as people read it"""
        return joined(piece.text for piece in self.pieces)


def sentences(said: Sequence[Utterance]) -> list[Sentence]:
    """Cut utterances into sentences, sorted by their start.

    A sentence may go on after a pause.  Text without marks has a sentence in each utterance.
    """
    spoken = [each for each in said if each.words]
    has_marks = any(token.text.endswith(ENDS) for each in spoken for token in each.tokens)
    turns = by_turns(spoken) if has_marks else spoken
    found = [sentence for turn in turns for sentence in _cut(turn, at_marks=has_marks)]
    return sorted(found, key=lambda each: each.start)


def _cut(turn: Utterance, *, at_marks: bool) -> Iterator[Sentence]:
    pieces = list(_pieces(turn))
    first = 0
    for at, piece in enumerate(pieces, 1):
        is_last = at == len(pieces)
        if is_last or (at_marks and piece.text.endswith(ENDS) and not pieces[at].text[0].islower()):
            yield Sentence(turn.speaker, turn.track, tuple(pieces[first:at]))
            first = at


def _pieces(turn: Utterance) -> Iterator[Piece]:
    words = turn.words
    redacted = {at for at, word in enumerate(words) if is_redaction(word.text)}
    for token in turn.tokens or one_each(words):
        text, first, last, kind = token.text, token.first, token.last, token.kind
        is_redacted = kind == REDACTED or not redacted.isdisjoint(range(first, last))
        start, end = milliseconds(words[first].start), milliseconds(words[last - 1].end)
        confidence = mean_confidence(words[first:last])
        is_word = kind == "word" and not is_redacted
        yield Piece(text, text.rstrip(MARKS), start, end, confidence, is_word, is_redacted)
