"""Formatters of calls, by language, with the model of marks and capitals that comes with the program.

choice          the formatter for a model or a language
model_file      reads the model of marks; `tools/punctuation` makes it
"""

from .choice import Formatters, notice_of

__all__ = ["Formatters", "notice_of"]
