"""Read JSON from outside: objects that can be kept, written again and shown.  No I/O."""

import json
from typing import Any, NoReturn

MAX_DEPTH = 20
"""Lists and objects inside each other; no API needs more than a few"""


def read_object(text: str | bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises `ValueError` for any other text, for numbers that JSON does not have (`NaN`), for half a character
    or a NUL in a text, and for more than `MAX_DEPTH` levels.
    """
    try:
        read = json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(read, dict):
        raise ValueError("it is no JSON object")
    _check(read, MAX_DEPTH)
    return read


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _check(value: object, depth: int) -> None:
    """Raise `ValueError` for what cannot be kept.  `UnicodeEncodeError` is one too."""
    if depth < 0:
        raise ValueError("it is nested too deeply")
    match value:
        case str():
            value.encode()
            if "\0" in value:
                raise ValueError("a text has a NUL in it")
        case list():
            for each in value:
                _check(each, depth - 1)
        case dict():
            for name, each in value.items():
                _check(name, depth - 1)
                _check(each, depth - 1)
