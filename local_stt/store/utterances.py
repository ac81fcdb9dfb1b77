"""Write the lines of transcripts, and select those of an edition."""

from collections.abc import Iterable
from dataclasses import asdict, astuple
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from ..core.call_record import Edition, LineKind, Utterance, index_terms
from ..core.formatting.tokens import parted
from ..events import Token, Turn
from .schema import utterances, words

EDITION_NUMBERS = {Edition.LIVE: 1, Edition.SECOND: 2}
"""Numbers of the editions in the database"""


def of_edition(edition: Edition) -> ColumnElement[bool]:
    """Match the lines of an edition.  Lines that nobody said are written live, and belong to both."""
    said = utterances.c.edition == EDITION_NUMBERS[edition]
    if edition is Edition.LIVE:
        return said
    return said | (
        (utterances.c.edition == EDITION_NUMBERS[Edition.LIVE]) & (utterances.c.kind != str(LineKind.SPEECH))
    )


def insert_line(connection: Connection, call: int, line: Utterance, edition: Edition = Edition.LIVE) -> None:
    """Write a line with its words to a call, given by its number."""
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
            edition=EDITION_NUMBERS[edition],
            **_written(line.text, line.tokens),
        )
        .returning(utterances.c.id)
    ).scalar_one()
    if line.words:
        spoken = [
            {"utterance": utterance, "position": position, **asdict(word)}
            for position, word in enumerate(line.words)
        ]
        connection.execute(insert(words), spoken)


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
