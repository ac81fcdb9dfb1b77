"""Cut what was said on a call into paragraphs and captions, and find phrases in it.  No I/O.

The recognizer gives no punctuation.  So an utterance counts as a sentence, and the turns of speakers make
paragraphs.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..events import Word
from .call_record import LineKind, Utterance, joined_utterance
from .spacing import joined
from .terms import Phrase, phrase_of, terms

PARAGRAPH_PAUSE = 2.0
"""Seconds of silence after which the same speaker's next utterance begins a paragraph"""

CHARS_PER_CAPTION = 84
"""Longest caption: two lines of 42 characters, as broadcasters use"""


NO_NAMES: Mapping[str, str] = {}
"""Where speakers have no names, they are called as the tracks are"""

MIN_NOTE_SECONDS = 1.0
"""Shortest time for which a line that is not speech is shown"""


@dataclass(frozen=True, slots=True)
class Caption:
    """Text that is shown at once.  Times are seconds on the call's clock."""

    speaker: str
    """Name of the speaker; empty for a line that is not speech"""
    start: float
    end: float
    text: str


def speaker_and_text(utterance: Utterance, names: Mapping[str, str] = NO_NAMES) -> tuple[str, str]:
    """Return the speaker and the text of a line; without a speaker and in brackets if it is not speech.

    An example of the latter is `[caller pressed 5]`.  `names` are those of speakers.
    """
    speaker = names.get(utterance.speaker, utterance.speaker)
    if utterance.kind is LineKind.SPEECH:
        return speaker, utterance.formatted
    return "", f"[{f'{speaker} {utterance.text}'.strip()}]"


def paragraphs(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Join consecutive utterances of one speaker into one, unless there is a pause between them."""
    return [functools.reduce(joined_utterance, each) for each in in_paragraphs(utterances)]


def in_paragraphs(utterances: Iterable[Utterance]) -> list[list[Utterance]]:
    """Divide utterances into paragraphs: those of one speaker without a pause between them."""
    found: list[list[Utterance]] = []
    for utterance in utterances:
        if found and _continues(found[-1][-1], utterance):
            found[-1].append(utterance)
        else:
            found.append([utterance])
    return found


def by_turns(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Join what each speaker said without a long pause, also where others spoke meanwhile."""
    tracks = dict.fromkeys(each.track for each in utterances)
    return [
        turn for track in tracks for turn in paragraphs([each for each in utterances if each.track == track])
    ]


def in_order(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Sort utterances by their start."""
    return sorted(utterances, key=lambda each: each.start)


def captions(
    utterances: Sequence[Utterance],
    max_chars: int = CHARS_PER_CAPTION,
    names: Mapping[str, str] = NO_NAMES,
) -> list[Caption]:
    """Cut utterances between words or tokens into captions of at most `max_chars` characters.

    Only a single word or token may be longer.  The captions are sorted by their start, as players expect,
    also where speakers talk at the same time.  `names` are those of speakers.
    """
    return sorted(_captions(utterances, max_chars, names), key=lambda each: each.start)


def _captions(utterances: Sequence[Utterance], max_chars: int, names: Mapping[str, str]) -> Iterator[Caption]:
    for utterance in utterances:
        speaker = names.get(utterance.speaker, utterance.speaker)
        line: list[Word] = []
        for word in utterance.pieces:
            if line and len(_text([*line, word])) > max_chars:
                yield _caption(speaker, line)
                line = []
            line.append(word)
        if line:
            yield _caption(speaker, line)
        elif not utterance.words:
            end = max(utterance.end, utterance.start + MIN_NOTE_SECONDS)
            said_by, text = speaker_and_text(utterance, names)
            yield Caption(said_by, utterance.start, end, text)


@dataclass(frozen=True, slots=True)
class Found:
    """A place where a phrase was said."""

    speaker: str
    words: tuple[Word, ...]


def find_phrase(utterances: Sequence[Utterance], phrase: str) -> Iterator[Found]:
    """Find each place where a phrase was said, by its words or as they are written.

    A `*` at the end of the phrase leaves its last word open.
    """
    wanted = phrase_of(phrase)
    if not wanted.terms:
        return
    for utterance in utterances:
        spoken = [(word.text, place, place + 1) for place, word in enumerate(utterance.words)]
        written = [(token.text, token.first, token.last) for token in utterance.tokens]
        found = {*_places(spoken, wanted), *_places(written, wanted)}
        for first, last in sorted(found):
            yield Found(utterance.speaker, utterance.words[first:last])


def _places(pieces: Sequence[tuple[str, int, int]], wanted: Phrase) -> Iterator[tuple[int, int]]:
    """Yield the first word of each place of a phrase in pieces, and the word after its last.

    A piece is a text with the places of its first word and of the word after its last.
    """
    said = [(term.text, first, last) for text, first, last in pieces for term in terms(text)]
    for at in wanted.places([text for text, _, _ in said]):
        yield said[at][1], said[at + len(wanted.terms) - 1][2]


def _continues(last: Utterance, utterance: Utterance) -> bool:
    return (
        last.track == utterance.track
        and last.kind is utterance.kind is LineKind.SPEECH
        and utterance.start - last.end < PARAGRAPH_PAUSE
    )


def _caption(speaker: str, line: Sequence[Word]) -> Caption:
    return Caption(speaker, line[0].start, line[-1].end, _text(line))


def _text(words: Sequence[Word]) -> str:
    return joined(word.text for word in words)
