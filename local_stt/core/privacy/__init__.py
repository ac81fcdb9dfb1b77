"""Private values in what was said: where they are, and the words without them.

call_redactor   takes private values out of the events of one call
├── typed           finds what people typed into a text, and recognizers do not write
├── lines           takes them out of the lines of a whole transcript, or finds them there
└── find            the spans of a turn, what must wait, and what partials show
    ├── english         the rules of English
    ├── digits          the rules of other languages
    ├── names           names that a model finds, where the rules do not know them
    └── rules           what rules are
        └── values          what they find
            └── spans           words that are private, and words without them
                └── policies        the kinds of private values
"""

from .call_redactor import CallRedactor, RedactionRules
from .find import find, held_from, masked
from .lines import FileRedaction, RedactionOf, no_redaction, private_values, redacted_lines
from .names import NameFinder
from .policies import Policy, RedactedAudio, RedactedPartials, Substitute, policies_of
from .spans import Span, redacted

__all__ = [
    "CallRedactor",
    "FileRedaction",
    "NameFinder",
    "Policy",
    "RedactedAudio",
    "RedactedPartials",
    "RedactionOf",
    "RedactionRules",
    "Span",
    "Substitute",
    "find",
    "held_from",
    "masked",
    "no_redaction",
    "policies_of",
    "private_values",
    "redacted",
    "redacted_lines",
]
