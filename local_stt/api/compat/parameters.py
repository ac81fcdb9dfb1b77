"""Read the parameters of a request as vendors' SDKs send them.  What is unknown is ignored."""

from flask import request

TRUE = ("true", "1", "yes", "on", "")
"""Ways to say yes; a parameter without a value says yes too"""


def flag(name: str) -> bool:
    """Tell whether a parameter of the address is on, as `true`, `True` and `1` say.  A missing one is not."""
    return request.args.get(name, "false").lower() in TRUE


def texts(name: str) -> list[str]:
    """Return the values of a parameter that may be repeated, without empty ones."""
    return [value for value in request.args.getlist(name) if value]
