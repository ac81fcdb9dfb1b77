"""Formatters of calls, by language, with the models of marks and capitals.

choice          the formatter for a model or a language
options         what the sender of a file wants of its text
punctuation     chooses what decides on marks and capitals
├── model_file      reads the linear models that come with the program; `tools/punctuation` makes them
└── onnx_model      runs a downloaded model with onnxruntime
redacted_copies  redacts copies of calls that were kept as they were
analyzer        analyzes kept calls
"""

from .analyzer import Analyzer, alert_finder, alerts_of_text
from .choice import Formatters, WriteText, as_recognized, notice_of
from .options import AS_SET, TextOptions
from .punctuation import punctuation_named
from .redacted_copies import RedactedCopies

__all__ = [
    "AS_SET",
    "Analyzer",
    "Formatters",
    "RedactedCopies",
    "TextOptions",
    "WriteText",
    "alert_finder",
    "alerts_of_text",
    "as_recognized",
    "notice_of",
    "punctuation_named",
]
