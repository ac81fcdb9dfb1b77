"""Formatters of calls, by language, with the model of marks and capitals that comes with the program.

choice          the formatter for a model or a language
model_file      reads the model of marks; `tools/punctuation` makes it
redacted_copies  redacts copies of calls that were kept as they were
"""

from .choice import Formatters, notice_of
from .redacted_copies import RedactedCopies

__all__ = ["Formatters", "RedactedCopies", "notice_of"]
