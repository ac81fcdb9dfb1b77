"""Text as people read it: numbers as they are written, marks and capitals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..events import Token, Word
from .call_record import LineKind, Utterance, joined_utterance
from .formatting import Language, in_number, write
from .formatting.custom_spelling import Spellings
from .formatting.key_terms import KeyTerms, with_terms
from .formatting.punctuation import Punctuation, PunctuationModel, end_of_turn, punctuated
from .formatting.tokens import one_each, parted, placed, written_words
from .formatting.wording import filler_places, masked, without
from .turns import USUAL_RULES, TurnRules, turns

FILLER_PAUSE = 0.3
"""Seconds of a pause before a filler, from which it belongs to what follows"""


@dataclass(frozen=True, slots=True)
class Formatter:
    """Writes text of one language."""

    language: Language
    punctuation: Punctuation | None = None
    """Decides on marks and capitals; without it there are none"""
    ends: PunctuationModel | None = None
    """Knows how turns end"""
    key_terms: KeyTerms | None = None
    drops_fillers: bool = True
    masks_profanity: bool = False
    spellings: Spellings | None = None
    rules: TurnRules = USUAL_RULES
    """When a turn is over"""

    def tokens(self, words: Sequence[Word], *, ends: bool) -> tuple[Token, ...]:
        """Write the words of a turn.  With `ends`, the turn ends with them."""
        pieces = self._pieces(words)
        said = written_words(words, pieces) if pieces else words
        tokens = with_terms(write(said, self.language), pieces)
        if self.masks_profanity:
            tokens = masked(tokens, self.language)
        if self.spellings:
            tokens = self.spellings.applied(tokens, said)
        if self.punctuation:
            tokens = punctuated(tokens, said, self.punctuation, ends=ends)
        return placed(tokens, pieces) if pieces else tokens

    def _pieces(self, words: Sequence[Word]) -> tuple[Token, ...]:
        """Return what is written for the words, before numbers are; nothing if that is these words."""
        pieces = self.key_terms.found(words) if self.key_terms else ()
        if self.drops_fillers:
            texts = [piece.text if piece.kind == "word" else "" for piece in pieces] or [
                word.text for word in words
            ]
            if places := filler_places(texts, self.language):
                return without(pieces or one_each(words), places, _after_pauses(words))
        return pieces

    def end_of_turn(self, words: Sequence[Word]) -> float:
        """Estimate how likely the speaker has finished, from 0 to 1; 0 where no model knows."""
        return end_of_turn(words, self.ends) if self.ends else 0.0

    def is_in_number(self, words: Sequence[Word]) -> bool:
        """Tell whether words end in a number that may go on after a pause."""
        return in_number(words, self.language)


def _after_pauses(words: Sequence[Word]) -> frozenset[int]:
    """Return the positions of words before which the speaker paused."""
    return frozenset(
        at for at, (before, word) in enumerate(pairwise(words), 1) if word.start - before.end >= FILLER_PAUSE
    )


def formatted(utterances: Sequence[Utterance], formatter: Formatter | None) -> list[Utterance]:
    """Return utterances with their tokens; without a formatter, as they are.

    Tokens that an utterance has already are kept.  Utterances that share a token become one.
    """
    if formatter is None:
        return [replace(each, tokens=()) for each in utterances]
    return joined_by_tokens(with_tokens(utterances, formatter))


def with_tokens(utterances: Sequence[Utterance], formatter: Formatter | None) -> list[Utterance]:
    """Return utterances with their tokens.  The last token of one may have words of the next."""
    written = list(utterances)
    if formatter is None:
        return written
    for positions in _turns_without_tokens(utterances, formatter):
        turn = [utterances[position] for position in positions]
        words = [word for each in turn for word in each.words]
        parts = parted(formatter.tokens(words, ends=True), [len(each.words) for each in turn])
        for position, tokens in zip(positions, parts, strict=True):
            written[position] = replace(utterances[position], tokens=tokens)
    return written


def _turns_without_tokens(utterances: Sequence[Utterance], formatter: Formatter) -> Iterator[list[int]]:
    """Yield the positions of the utterances of each turn that is not formatted."""
    spoken: dict[str, list[int]] = defaultdict(list)
    for position, each in enumerate(utterances):
        if each.kind is LineKind.SPEECH and each.words:
            spoken[each.track].append(position)
    for track in spoken.values():
        positions = list(_without_tokens(utterances, track))
        said = ((utterances[position].start, utterances[position].words) for position in positions)
        for turn in turns(said, formatter.rules, formatter):
            yield [positions[number] for number in turn]


def _without_tokens(utterances: Sequence[Utterance], track: Iterable[int]) -> Iterator[int]:
    """Yield the positions of a track's utterances that neither have tokens nor are part of an earlier one."""
    covered = 0  # words that the token before covers
    for position in track:
        each = utterances[position]
        if each.tokens:
            covered = each.tokens[-1].last - len(each.words)
        elif covered > 0:
            covered -= len(each.words)
        else:
            yield position


def joined_by_tokens(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Join utterances of one track where a token has words of both."""
    found: list[Utterance] = []
    open_lines: dict[str, int] = {}  # where the line is whose last token goes on, by track
    for each in utterances:
        at = open_lines.pop(each.track, None) if each.words else None
        if at is None:
            at = len(found)
            found.append(each)
        else:
            found[at] = joined_utterance(found[at], each)
        if each.words and found[at].tokens and found[at].tokens[-1].last > len(found[at].words):
            open_lines[each.track] = at
    return found
