"""Read and write what live sessions have in common, whose vendors differ.  No I/O."""

import json

from ....errors import StrayMessage
from ....events import Word
from ..json_text import read_object
from ..submissions import Answer

POLICY_VIOLATION = 1008
"""Code that closes a connection whose messages break the rules (RFC 6455 section 7.4.1)"""


def read_message(message: str) -> Answer:
    """Read a text message.  Raises `StrayMessage` for one that is no JSON object."""
    try:
        return read_object(message)
    except ValueError as error:
        raise StrayMessage("a text message that is no JSON object") from error


def as_texts(value: object) -> list[str]:
    """Return a list of texts.  Raises `TypeError` for another value."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("no list of texts")
    return value


def spread(text: str, start: float, end: float) -> list[Word]:
    """Return the words of a partial text, whose times are not known: they are spread evenly."""
    texts = text.split()
    step = (end - start) / len(texts) if texts else 0.0
    return [
        Word(each, round(start + step * at, 3), round(start + step * (at + 1), 3), 0.0)
        for at, each in enumerate(texts)
    ]


def to_json(answer: Answer) -> str:
    """Write a message."""
    return json.dumps(answer, ensure_ascii=False)
