"""The page of events."""

import dataclasses
import inspect

from local_stt import events
from local_stt.events import NAMES, EndReason, Redaction, TrackSummary, Word

from .markdown import page as whole_page
from .markdown import table
from .source import documented

INTRODUCTION = """\
An event says what happened on a call. It has one form everywhere: a line of `run --json` and `dial --json`,
a server-sent event of `/api/events`, a message on the WebSocket `/client`, the body of a webhook. All times
are seconds on the call's clock, which starts with the call's stream. The track `inbound` is the caller,
`outbound` is what the caller hears.

`/api/events` has three more, without fields. `missed`: some events are no longer kept, or were lost on
their way; read the calls from the API. `interrupted`: with [several hosts](../guides/several-hosts.md),
live events do not arrive for a while; calls go on and are kept. `resumed`: they arrive again, with those of
the meantime. The last two have no `id`."""


def page() -> str:
    """Write the page."""
    parts = [INTRODUCTION]
    for kind, name in NAMES.items():
        parts += [f"## {name}", inspect.getdoc(kind) or "", _fields(kind, {"type": f"`{name}`"})]
    for part in (Word, Redaction, TrackSummary):
        parts += [f"## {part.__name__}", inspect.getdoc(part) or "", _fields(part, {})]
    reasons = documented(events, "EndReason")
    rows = [(f"`{each.value}`", reasons.get(each.name, "")) for each in EndReason]
    parts += ["## Reasons", "Why a call ended: `reason` of `call-ended`.", table(("reason", ""), rows)]
    return whole_page("Events", *parts)


def _fields(kind: type, first: dict[str, str]) -> str:
    said = documented(events, kind.__name__)
    rows = [(f"`{name}`", "text", text) for name, text in first.items()]
    for each in dataclasses.fields(kind):
        rows.append((f"`{each.name}`", _type(each.type), said.get(each.name, "")))
    return table(("field", "type", ""), rows)


def _type(annotation: object) -> str:
    names = {str: "text", float: "number", int: "whole number", EndReason: "[reason](#reasons)"}
    if isinstance(annotation, type) and annotation in names:
        return names[annotation]
    item = getattr(annotation, "__args__", (str,))[0]
    return f"list of {names.get(item, item.__name__)}"
