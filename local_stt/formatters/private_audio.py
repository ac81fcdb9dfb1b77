"""Find what must not be heard of a recording that was not redacted."""

from collections.abc import Callable, Collection, Sequence

from ..core.audio_redaction import AudioSpan, private_spans, redacted_spans
from ..core.call_record import CallRecord, Utterance
from ..core.privacy import Policy
from ..core.privacy.policies import NUMBERS
from ..events import CallStarted
from .choice import Formatters


class PrivateAudio:
    """Finds the private values in what was said on a call, by the policies of its number."""

    def __init__(
        self, formatters: Formatters, policies_of: Callable[[CallStarted], Collection[Policy]]
    ) -> None:
        """Find what `policies_of` returns for a call; where it returns nothing, all numbers."""
        self._formatters, self._policies_of = formatters, policies_of

    def __call__(self, call: CallRecord, said: Sequence[Utterance]) -> list[AudioSpan]:
        """List what must not be heard of a call: what is redacted in its text, and what should be."""
        policies = self._policies_of(call.started) or NUMBERS
        language = self._formatters.language_of_model(call.text_model)
        return [*redacted_spans(said), *private_spans(said, policies, language)]
