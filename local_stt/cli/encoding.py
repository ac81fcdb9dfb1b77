"""Text that the encoding of standard output cannot express."""

import codecs
import io
import json
import sys

ESCAPED = "local_stt.escaped"


def escape_what_output_cannot_express() -> None:
    """Make standard output escape letters that its encoding lacks, as JSON does.

    So a line of JSON stays JSON with the same value, and no text is lost or ends the program.
    """
    codecs.register_error(ESCAPED, _escape)
    if isinstance(sys.stdout, io.TextIOWrapper):  # there may be none
        sys.stdout.reconfigure(errors=ESCAPED)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
