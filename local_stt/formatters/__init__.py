"""Formatters of calls, by language, with the model of marks and capitals that comes with the program.

choice          the formatter for a model or a language
model_file      reads the model of marks; `tools/punctuation` makes it
private_audio   finds what must not be heard of a recording that was not redacted
"""

from .choice import Formatters, notice_of
from .private_audio import PrivateAudio

__all__ = ["Formatters", "PrivateAudio", "notice_of"]
