"""Write, read and delete the lines of transcripts, with their words and what is redacted in them."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from ..core.call_record import Edition, LineKind, Utterance, index_terms
from ..core.formatting.tokens import parted
from ..events import Redaction, Token, Turn, Word
from .damage import check_types
from .schema import redactions, utterances, words

EDITION_NUMBERS = {Edition.LIVE: 1, Edition.SECOND: 2, Edition.EDITED: 3}
"""Numbers of the editions in the database"""


def of_edition(edition: Edition) -> ColumnElement[bool]:
    """Match the lines of an edition.  Lines that nobody said are written live, and belong to all.

    An edited line without words is one whose words were all removed.
    """
    said = utterances.c.edition == EDITION_NUMBERS[edition]
    if edition is Edition.LIVE:
        return said
    if edition is Edition.EDITED:
        said &= utterances.c.text != ""
    return said | (
        (utterances.c.edition == EDITION_NUMBERS[Edition.LIVE]) & (utterances.c.kind != str(LineKind.SPEECH))
    )


def insert_line(connection: Connection, call: int, line: Utterance, edition: Edition = Edition.LIVE) -> None:
    """Write a line with its words and its redactions to a call, given by its number."""
    number = EDITION_NUMBERS[edition]
    utterance = connection.execute(
        insert(utterances)
        .values(
            call=call,
            track=line.track,
            start=line.start,
            end=line.end,
            text=line.text,
            confidence=line.confidence,
            kind=str(line.kind),
            edition=number,
            **_written(line.text, line.tokens),
        )
        .returning(utterances.c.id)
    ).scalar_one()
    _insert_words(connection, utterance, line.words)
    if line.redactions:
        place = {"call": call, "edition": number, "track": line.track}
        connection.execute(insert(redactions), [place | asdict(each) for each in line.redactions])


def _insert_words(connection: Connection, utterance: int, spoken: Iterable[Word]) -> None:
    rows = [
        {"utterance": utterance, "position": position, **asdict(word)} for position, word in enumerate(spoken)
    ]
    if rows:
        connection.execute(insert(words), rows)


def write_tokens(connection: Connection, call: int, turn: Turn) -> None:
    """Write the tokens of a turn to its lines, which are written already."""
    of_turn = (
        (utterances.c.call == call)
        & (utterances.c.edition == EDITION_NUMBERS[Edition.LIVE])
        & (utterances.c.kind == str(LineKind.SPEECH))
        & (utterances.c.track == turn.track)
        & utterances.c.start.between(turn.start, turn.end)
    )
    lines = connection.execute(
        select(utterances.c.id, utterances.c.text, func.count())
        .join(words)
        .where(of_turn)
        .group_by(utterances.c.id)
        .order_by(utterances.c.start, utterances.c.id)
    ).all()
    sizes = [count for _, _, count in lines]
    if sum(sizes) != len(turn.words):  # a line could not be written
        return
    for (line, text, _), tokens in zip(lines, parted(turn.tokens, sizes), strict=True):
        connection.execute(update(utterances).where(utterances.c.id == line).values(_written(text, tokens)))


def read_lines(connection: Connection, call: int, edition: Edition) -> list[Utterance]:
    """Read the lines of an edition with their words and redactions, sorted by when they began."""
    return [line for _, line in _read(connection, call, edition, of_edition(edition))]


def read_own_lines(connection: Connection, call: int, edition: Edition) -> list[tuple[int, Utterance]]:
    """Read the lines that belong to one edition alone, each after its number, as `read_lines` does."""
    own = utterances.c.edition == EDITION_NUMBERS[edition]
    if edition is Edition.LIVE:
        own &= utterances.c.kind == str(LineKind.SPEECH)
    return _read(connection, call, edition, own)


def rewrite_line(connection: Connection, number: int, line: Utterance) -> None:
    """Replace text, words and tokens of a line, given by its number."""
    values = {"text": line.text, "confidence": line.confidence, **_written(line.text, line.tokens)}
    connection.execute(update(utterances).where(utterances.c.id == number).values(values))
    connection.execute(delete(words).where(words.c.utterance == number))
    _insert_words(connection, number, line.words)


def _read(
    connection: Connection, call: int, edition: Edition, condition: ColumnElement[bool]
) -> list[tuple[int, Utterance]]:
    of_call = (utterances.c.call == call) & condition
    said = select(utterances).where(of_call).order_by(utterances.c.start, utterances.c.id)
    spoken = select(words).join(utterances).where(of_call).order_by(words.c.utterance, words.c.position)
    words_of: dict[int, list[Word]] = defaultdict(list)
    for word in connection.execute(spoken):
        check_types(word, words)
        words_of[word.utterance].append(Word(word.text, word.start, word.end, word.confidence))
    lines = connection.execute(said).all()
    redactions_of = _redactions_of(connection, call, edition, lines)
    return [(line.id, _utterance(line, words_of[line.id], redactions_of[line.id])) for line in lines]


def delete_lines(connection: Connection, call: int, edition: Edition | None = None) -> None:
    """Delete the lines that were written for an edition of a call, or all of the call."""
    lines, parts = utterances.c.call == call, redactions.c.call == call
    if edition:
        lines &= utterances.c.edition == EDITION_NUMBERS[edition]
        parts &= redactions.c.edition == EDITION_NUMBERS[edition]
    connection.execute(delete(words).where(words.c.utterance.in_(select(utterances.c.id).where(lines))))
    connection.execute(delete(utterances).where(lines))
    connection.execute(delete(redactions).where(parts))


def _redactions_of(
    connection: Connection, call: int, edition: Edition, lines: Sequence[Row[Any]]
) -> dict[int, list[Redaction]]:
    """Read the redactions of an edition, by the utterance of their track that had begun last."""
    starts: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for line in lines:
        if line.kind == LineKind.SPEECH:
            starts[line.track].append((line.start, line.id))
    of_edition = (redactions.c.call == call) & (redactions.c.edition == EDITION_NUMBERS[edition])
    rows = select(redactions).where(of_edition).order_by(redactions.c.start, redactions.c.id)
    found: dict[int, list[Redaction]] = defaultdict(list)
    for row in connection.execute(rows):
        check_types(row, redactions)
        begun = starts[row.track]
        if begun:
            _, number = begun[max(0, bisect(begun, row.start, key=lambda each: each[0]) - 1)]
            found[number].append(Redaction(row.policy, row.start, row.end))
    return found


def _utterance(row: Row[Any], spoken: Sequence[Word], redacted: Sequence[Redaction]) -> Utterance:
    check_types(row, utterances)
    return Utterance(
        row.track,
        row.start,
        row.end,
        row.text,
        row.confidence,
        tuple(spoken),
        LineKind(row.kind),
        tokens_of(row.tokens),
        redactions=tuple(redacted),
    )


def tokens_of(stored: Iterable[Any] | None) -> tuple[Token, ...]:
    """Read the tokens of a line.  Raises `TypeError` or `ValueError` for values that are none."""
    return tuple(_token(*each) for each in stored or ())


def _token(text: object, first: object, last: object, kind: object) -> Token:
    if not (isinstance(text, str) and isinstance(kind, str)):
        raise TypeError("The text or the kind of a token is no text.")
    if not (isinstance(first, int) and isinstance(last, int) and 0 <= first < last):
        raise TypeError("The words of a token are none.")
    return Token(text, first, last, kind)


def _written(text: str, tokens: tuple[Token, ...]) -> dict[str, Any]:
    """Return the columns that depend on how a line is written."""
    return {"terms": index_terms(text, tokens), "tokens": [astuple(token) for token in tokens] or None}
