"""Private values in what was said: where they are, and the words without them.

policies    the kinds of private values
spans       words that are private, and words without them
find        finds the spans of a turn
"""

from .find import find, held_from, masked
from .policies import Policy, RedactedAudio, RedactedPartials, Substitute, policies_of
from .spans import Span, redacted

__all__ = [
    "Policy",
    "RedactedAudio",
    "RedactedPartials",
    "Span",
    "Substitute",
    "find",
    "held_from",
    "masked",
    "policies_of",
    "redacted",
]
