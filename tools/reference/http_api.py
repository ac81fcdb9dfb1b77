"""The page of the HTTP API."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from flask import Flask

from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.formatters import Formatters, RedactedCopies
from local_stt.hub import Hub
from local_stt.metrics import Metrics
from local_stt.store import open_store
from local_stt.web import Viewers, Viewing
from local_stt.web.event_log import EventLog

from .markdown import page as whole_page
from .markdown import table

TOKEN = "a-token-of-the-tool"  # noqa: S105

UNUSED = {"PaginationMetadata"}
"""Objects of flask-smorest that no route gives"""

INTRODUCTION = """\
Programs send the token of viewers with each request: `Authorization: Bearer …`. Set `LOCAL_STT_TOKEN`, so
that it stays the same. Errors are `{"error": "…"}`, with a sentence. Times are milliseconds, since 1970 or
on the call's clock; only [events](events.md) have seconds. `GET /api/openapi.json` describes all of this as
OpenAPI 3.1. [The guide](../guides/programs.md) has examples, live events and the WebSocket `/client`."""


def page() -> str:
    """Write the page."""
    description = _description()
    parts = [INTRODUCTION]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "delete", "put", "patch"):
                shared = methods.get("parameters", [])
                parts += _operation(description, path, method, operation, shared)
    parts += ["## Objects", *_objects(description["components"]["schemas"])]
    return whole_page("HTTP API", *parts)


def _description() -> dict[str, Any]:
    """Return the OpenAPI description of an application that keeps calls."""
    app = Flask("reference")
    viewers = Viewers(TOKEN, EventLog())
    formatters = Formatters(FormattingSettings(), CallSettings())
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(open_store(Path(folder))) as store:
        viewing = Viewing(
            viewers,
            Hub([viewers.event_log]),
            Metrics(),
            formatters,
            RedactedCopies(formatters, Phonebook(Phone())),
            lambda _: False,
            store,
            status=_no_status,
        )
        viewing.add_to(app, viewers.guards(["http://localhost"]))
        answer = app.test_client().get("/api/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"})
    described: dict[str, Any] = answer.get_json()
    return described


def _no_status() -> NoReturn:
    """Stand for a program's status, which nobody asks for here."""
    raise NotImplementedError


def _operation(
    description: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], shared: list[Any]
) -> Iterator[str]:
    yield f"## {method.upper()} {path}"
    yield " ".join(filter(None, [operation.get("summary"), operation.get("description")]))
    parameters = [_resolved(description, each) for each in [*shared, *operation.get("parameters", [])]]
    if parameters:
        yield table(("parameter", "in", "type", ""), map(_parameter, parameters))
    if body := operation.get("requestBody"):
        kinds = ", ".join(f"`{kind}`" for kind in body.get("content", {}))
        yield f"The body is {kinds}{_of(next(iter(body['content'].values()), {}))}."
    answers = [
        (f"`{status}`", _resolved(description, answer).get("description", "") + _answer(description, answer))
        for status, answer in sorted(operation["responses"].items())
        if status.isdecimal()
    ]
    yield table(("status", ""), answers)


def _parameter(each: Mapping[str, Any]) -> tuple[str, str, str, str]:
    said = each.get("description", "") + (" (required)" if each.get("required") else "")
    return f"`{each['name']}`", each["in"], _type(each.get("schema", {})), said


def _answer(description: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    contents = _resolved(description, answer).get("content", {})
    return "".join(f"; `{kind}`{_of(content)}" for kind, content in contents.items())


def _of(content: Mapping[str, Any]) -> str:
    kind = _type(content.get("schema", {}))
    return f", {kind}" if kind and kind != "any" else ""


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"] if value is not None)
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    kind = schema.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _objects(schemas: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in schemas.items():
        if name not in UNUSED and (properties := schema.get("properties")):
            yield f"### {name}"
            yield table(("field", "type", ""), map(_field, properties.items()))


def _field(field: tuple[str, Mapping[str, Any]]) -> tuple[str, str, str]:
    name, schema = field
    return f"`{name}`", _type(schema), schema.get("description", "")


def _resolved(description: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference into the components."""
    if "$ref" not in part:
        return part
    found: Any = description
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: Mapping[str, Any] = found
    return resolved
