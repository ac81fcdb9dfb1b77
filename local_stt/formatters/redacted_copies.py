"""Make redacted copies of calls that were kept as they were."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..config.phonebook import Phonebook
from ..core.audio_redaction import AudioSpan, redacted_spans
from ..core.call_record import CallRecord, Edition, Utterance
from ..core.first_words import opening_of
from ..core.privacy import NameFinder, redacted_lines
from ..core.privacy.policies import NUMBERS, Policy
from ..core.privacy.typed import with_typed_values_found
from .choice import Formatters

MAX_KEPT = 8
"""Copies that are kept"""

_Key = tuple[str, Edition, int | None, int, float]
"""The call, its edition, when that was last edited, and how much of it there is"""


class RedactedCopies:
    """Redacts what was said on calls by the policies of their numbers; where there are none, all numbers."""

    def __init__(self, formatters: Formatters, phonebook: Phonebook, names: NameFinder | None = None) -> None:
        """`names` finds more names and places than the rules."""
        self._formatters, self._phonebook, self._names = formatters, phonebook, names
        self._made: OrderedDict[_Key, list[Utterance]] = OrderedDict()

    def lines(self, call: CallRecord, said: Sequence[Utterance]) -> list[Utterance]:
        """Return the lines of a call without private values.

        The last copies are kept, as a player asks for a recording in many parts.
        """
        key = (call.call_id, call.edition, call.edited_at, len(said), said[-1].end if said else 0.0)
        lines = self._made.pop(key, None)
        self._made[key] = lines = self._redacted(call, said) if lines is None else lines
        if len(self._made) > MAX_KEPT:
            self._made.popitem(last=False)
        return list(lines)

    def copy(self, call: CallRecord, said: Sequence[Utterance]) -> tuple[CallRecord, list[Utterance]]:
        """Return a call and its lines without private values; see `record`."""
        lines = self.lines(call, said)
        return replace(self.record(call), opening=opening_of(lines)), lines

    def record(self, call: CallRecord) -> CallRecord:
        """Return a call without what people wrote on it that may be private, and without its first words.

        That is the note, the tags, and the names of people where names are redacted.
        """
        names: dict[str, Any] = {"speakers": {}, "caller_name": "", "callee_name": ""}
        are_redacted = Policy.PERSON_NAME in self._phonebook.of(call.started.number).redact
        return replace(call, opening="", note="", tags=(), **(names if are_redacted else {}))

    def _redacted(self, call: CallRecord, said: Sequence[Utterance]) -> list[Utterance]:
        phone = self._phonebook.of(call.started.number)
        language = self._formatters.language_of_model(call.text_model)
        rules = replace(phone, redact=phone.redact or NUMBERS).redaction_rules(language, self._names)
        if call.edition is Edition.EDITED and rules:
            said = with_typed_values_found(said, rules)
        return redacted_lines(said, rules)

    def spans(self, call: CallRecord, said: Sequence[Utterance]) -> list[AudioSpan]:
        """List what must not be heard of a call: what is redacted in its text, and what should be."""
        return redacted_spans(self.lines(call, said))
