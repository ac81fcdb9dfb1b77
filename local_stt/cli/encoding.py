"""What becomes of text that the encoding of standard output cannot express."""

import codecs
import io
import json
import sys

ESCAPED = "local_stt.escaped"


def escape_what_output_cannot_express() -> None:
    """Have standard output take every text: letters that its encoding lacks are escaped as in JSON.

    So a line of JSON stays JSON that says the same, and no text ends the program or is lost.
    """
    codecs.register_error(ESCAPED, _escape)
    if isinstance(sys.stdout, io.TextIOWrapper):  # there may be none
        sys.stdout.reconfigure(errors=ESCAPED)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
