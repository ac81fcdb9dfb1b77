"""Analyze a kept call as its number and its language ask for."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from ..core.analysis import AlertFinder, AlertRule, Analysis, alerts_in, analyze
from ..core.call_record import CallRecord, Utterance
from ..core.readable import formatted, joined_by_tokens
from ..events import Alert, CallStarted
from .choice import Formatters


class Analyzer:
    """Analyzes kept calls, with their text formatted."""

    def __init__(
        self, formatters: Formatters, alerts_of: Callable[[CallStarted], tuple[AlertRule, ...]]
    ) -> None:
        """Take the formatters of calls, and what returns the topics and phrases of a call's number."""
        self._formatters, self._alerts_of = formatters, alerts_of

    def __call__(
        self, call: CallRecord, said: Sequence[Utterance], *, with_sentiment: bool = False
    ) -> Analysis:
        """Analyze a call from what was said on it."""
        text = formatted(said, self._formatters.for_call(call))
        language = self._formatters.language_of_model(call.text_model)
        alerts = alert_finder(self._alerts_of(call.started))
        return analyze(call, text, language, alerts, with_sentiment=with_sentiment)


def alerts_of_text(
    alerts_of: Callable[[CallStarted], tuple[AlertRule, ...]],
) -> Callable[[CallStarted, Sequence[Utterance]], list[Alert]]:
    """Return what finds the alerts in a whole text of a call, by the rules of its number."""

    def find(call: CallStarted, said: Sequence[Utterance]) -> list[Alert]:
        rules = alerts_of(call)
        return alerts_in(call.call_id, joined_by_tokens(said), alert_finder(rules)) if rules else []

    return find


@lru_cache
def alert_finder(rules: tuple[AlertRule, ...]) -> AlertFinder:
    """Index the phrases of rules once for all calls."""
    return AlertFinder(rules)
