"""Make redacted copies of calls that were kept as they were."""

from collections.abc import Sequence
from dataclasses import replace

from ..config.phonebook import Phonebook
from ..core.audio_redaction import AudioSpan, redacted_spans
from ..core.call_record import CallRecord, Utterance
from ..core.privacy import redacted_lines
from ..core.privacy.policies import NUMBERS
from .choice import Formatters


class RedactedCopies:
    """Redacts what was said on calls by the policies of their numbers; where there are none, all numbers."""

    def __init__(self, formatters: Formatters, phonebook: Phonebook) -> None:
        self._formatters, self._phonebook = formatters, phonebook

    def lines(self, call: CallRecord, said: Sequence[Utterance]) -> list[Utterance]:
        """Return the lines of a call without private values."""
        phone = self._phonebook.of(call.started.number)
        language = self._formatters.language_of_model(call.text_model)
        rules = replace(phone, redact=phone.redact or NUMBERS).redaction_rules(language)
        return redacted_lines(said, rules)

    def spans(self, call: CallRecord, said: Sequence[Utterance]) -> list[AudioSpan]:
        """List what must not be heard of a call: what is redacted in its text, and what should be."""
        return redacted_spans(self.lines(call, said))
