"""How `local-stt transcribe` treats the text of files: what is redacted of it, and how it is written."""

from ..config.settings import Settings
from ..core.call_record import CallRecord
from ..core.privacy import FileRedaction
from ..core.readable import Formatter
from ..formatters import Formatters
from ..names import chosen_model
from ..telephony.call_flow import load_phonebook


class FileText:
    """The rules for what a model recognizes, as the settings have them, and those of a call's number."""

    def __init__(self, settings: Settings, model: str) -> None:
        """Take the name of the model."""
        self._model, self._phonebook = model, load_phonebook(settings)
        self._formatters = Formatters(
            settings.formatting, settings.calls, self._phonebook, settings.models.folder
        )
        self._language = self._formatters.language_of_model(model)
        self._names = chosen_model(settings.redaction.names_model, self._phonebook.redacted_policies)

    def redaction_of(self, call: CallRecord | None = None) -> FileRedaction:
        """Return what is redacted of the recording of a call, or of any other file."""
        phone = self._phonebook.of(call.started.number if call else "")
        return phone.file_redaction(self._language, self._names)

    def formatter_of(self, call: CallRecord) -> Formatter | None:
        """Return what writes the text of a call; None if it is not to be formatted."""
        return self._formatters.for_model(self._model, call.started.number)
