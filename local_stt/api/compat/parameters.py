"""Read the parameters of a request as vendors' SDKs send them.  What is unknown is ignored."""

from flask import abort, request

TRUE = ("true", "1", "yes", "on", "")
"""Ways to say yes; a parameter without a value says yes too"""


def flag(name: str) -> bool:
    """Tell whether a parameter of the address is on, as `true`, `True` and `1` say.  A missing one is not."""
    return request.args.get(name, "false").lower() in TRUE


def texts(name: str) -> list[str]:
    """Return the values of a parameter that may be repeated, without empty ones."""
    return [value for value in request.args.getlist(name) if value]


def number(name: str, default: int) -> int:
    """Return a whole number; refuse a value that is none with status 400."""
    value = request.args.get(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        abort(400, f"{name}: {value[:20]!r} is not a whole number.")
    return int(value)
