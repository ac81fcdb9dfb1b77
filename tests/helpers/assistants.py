"""Assistants that ask a stand-in for a language model."""

from local_stt.assistant import assistant_of
from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import AssistantSettings, CallSettings, FormattingSettings
from local_stt.formatters import Formatters, RedactedCopies
from stand_ins.language_model import MODEL


def assistant_for(server, **settings):
    """Make an assistant that asks a stand-in, with other settings if wanted."""
    formatters = Formatters(FormattingSettings(), CallSettings())
    copies = RedactedCopies(formatters, Phonebook(Phone()))
    settings = {"llm_url": server.url, "llm_model": MODEL, "llm_timeout_seconds": 20, **settings}
    return assistant_of(AssistantSettings(**settings), formatters, copies)
