"""Limits the forms that are sent here to small ones."""

import io
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MAX_FIELDS = 200
"""Fields of a form; Twilio's have some forty, and one more for each header of a SIP call"""

URL_ENCODED = "application/x-www-form-urlencoded"


class _FewFields(FormDataParser):
    def parse(self, stream: IO[bytes], mimetype: str, *arguments: Any, **options: Any) -> Any:
        """Parse a form, and refuse too many fields.  Werkzeug counts those of one kind of form only."""
        if mimetype == URL_ENCODED:
            data = stream.read()
            if data.count(b"&") >= MAX_FIELDS:
                raise RequestEntityTooLarge("The form has too many fields.")
            stream = io.BytesIO(data)
        return super().parse(stream, mimetype, *arguments, **options)


class SmallForms(Request):
    """A request whose form has few fields; a larger form is refused with 413 before it is parsed."""

    form_data_parser_class = _FewFields
