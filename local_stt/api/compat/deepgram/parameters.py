"""Read the parameters that Deepgram's files and live sessions share."""

from flask import abort, request

from ....core.privacy import Policy, policies_of
from ....core.privacy.policies import NUMBERS
from ....formatters import TextOptions
from ....jobs.file_options import FileOptions
from ..parameters import flag, key_terms, texts

REDACTED: dict[str, frozenset[Policy]] = {
    "pci": frozenset((Policy.CREDIT_CARD_NUMBER, Policy.CREDIT_CARD_EXPIRATION, Policy.CREDIT_CARD_CVV)),
    "ssn": frozenset((Policy.US_SOCIAL_SECURITY_NUMBER,)),
    "true": NUMBERS,
    "numbers": NUMBERS,
}
"""What Deepgram's names of groups stand for"""


def is_formatted() -> bool:
    """Tell whether text is wanted as people write it."""
    return flag("smart_format") or flag("punctuate") or flag("numerals")


def file_options() -> FileOptions:
    """Read what changes the text itself; refuse what cannot be redacted, as ignoring it would tell it."""
    phrases = (term.partition(":")[0] for term in (*texts("keyterm"), *texts("keywords")))
    terms = key_terms("keyterm", phrases)
    try:
        redact = frozenset[Policy]().union(
            *(REDACTED.get(name) or policies_of(name) for name in _redacted() if name != "false")
        )
    except ValueError as error:
        abort(400, f"redact {error}.")
    return FileOptions(redact=redact, text=TextOptions(terms), is_kept_once=False)


def _redacted() -> list[str]:
    """List the names of what must be redacted.  A parameter without a value says `true`."""
    values = [name.strip() for value in request.args.getlist("redact") for name in value.split(",")]
    return [name.lower() or "true" for name in values]
