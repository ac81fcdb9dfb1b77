"""Read the parameters of a request as vendors' SDKs send them.  What is unknown is ignored."""

import json
from collections.abc import Iterable
from typing import Any

from flask import abort, request

from ...config.wording import as_key_terms
from ...core.formatting.key_terms import KeyTerm
from .json_text import read_object
from .live.messages import as_texts

MAX_JSON_BYTES = 256 * 1024
"""Bytes of a body in JSON"""

TRUE = ("true", "1", "yes", "on", "")
"""Ways to say yes; a parameter without a value says yes too"""


def flag(name: str) -> bool:
    """Tell whether a parameter of the address is on, as `true`, `True` and `1` say.  A missing one is not."""
    return request.args.get(name, "false").lower() in TRUE


def texts(name: str) -> list[str]:
    """Return the values of a parameter that may be repeated, without empty ones."""
    return [value for value in request.args.getlist(name) if value]


def listed(name: str) -> list[str]:
    """Return the texts of a parameter that is a JSON list; refuse one that is none with status 400."""
    try:
        return as_texts(json.loads(request.args.get(name) or "[]"))
    except (ValueError, TypeError, RecursionError):
        abort(400, f"{name}: it is not a JSON list of texts.")


def number(name: str, default: int) -> int:
    """Return a whole number; refuse a value that is none with status 400."""
    value = request.args.get(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        abort(400, f"{name}: {value[:20]!r} is not a whole number.")
    return int(value)


def key_terms(name: str, phrases: Iterable[str]) -> tuple[KeyTerm, ...]:
    """Read the phrases of a parameter as key terms; refuse those that are none with status 400."""
    try:
        return as_key_terms(phrases)
    except ValueError as error:
        abort(400, f"{name} {error}.")


def json_body() -> dict[str, Any]:
    """Read the body as a JSON object, of any media type; refuse any other body with status 400."""
    request.max_content_length = MAX_JSON_BYTES
    try:
        return read_object(request.get_data())
    except ValueError as error:
        abort(400, f"The body is no JSON that can be read: {error}.")


def bounded(name: str, default: int, least: int, most: int) -> int:
    """Return a whole number; refuse one that is out of bounds with status 400."""
    value = number(name, default)
    if not least <= value <= most:
        abort(400, f"{name}: {value} is not between {least} and {most}.")
    return value
