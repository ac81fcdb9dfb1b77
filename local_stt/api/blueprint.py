"""Parts of the API, with webargs to parse requests."""

from typing import Any

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser


class _Parser(FlaskParser):
    def load_json(self, req: Any, schema: Any) -> Any:
        """Parse a body.

        JSON that Python refuses, as it is nested too deeply or has a number of thousands of digits, is an
        error of the sender's like any other.
        """
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError) as error:
            return self._handle_invalid_json_error(error, req)  # type: ignore[arg-type]


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A part of the API."""

    ARGUMENTS_PARSER = _Parser()
