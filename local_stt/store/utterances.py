"""Write the lines of transcripts, and select those of an edition."""

from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, insert

from ..core.call_record import Edition, LineKind, Utterance
from ..core.terms import terms
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
            terms=[term.text for term in terms(line.text)],
        )
        .returning(utterances.c.id)
    ).scalar_one()
    if line.words:
        spoken = [
            {"utterance": utterance, "position": position, **asdict(word)}
            for position, word in enumerate(line.words)
        ]
        connection.execute(insert(words), spoken)
