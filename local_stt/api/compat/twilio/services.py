"""The routes of the services of Twilio's Conversational Intelligence.

Source: https://www.twilio.com/docs/conversational-intelligence/api/service-resource
"""

import re
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from ....core.media_stream import one_line
from ....net.guards import Guard
from ..errors import answer_errors
from ..submissions import Answer, LanguageOf, Submissions
from . import answers
from .pages import cut
from .parameters import account, flag_in, resource
from .service_file import CHANGEABLE, Service, ServiceFile

_NAME = re.compile(r"[\w .:-]{1,64}")
_SID = re.compile("GA[0-9a-f]{32}")


def twilio_services(
    guard: Guard, services: ServiceFile, submissions: Submissions, language_of: LanguageOf
) -> Blueprint:
    """Make the routes of services, which programs may keep here."""
    blueprint = guard.protect(Blueprint("intelligence_services", __name__, url_prefix="/v2"))
    answer_errors(blueprint, answers.error)

    def service_named(name: str) -> Service:
        service = services.find(name)
        if service is None:
            abort(404, f"The requested resource /v2/Services/{name[:80]} was not found")
        return service

    @blueprint.post("/Services")
    def create_service() -> ResponseReturnValue:
        """Keep a service."""
        values = {"unique_name": "", "language_code": language_of(submissions.model).code} | _values()
        _check_name(values["unique_name"])
        return jsonify(_service(_kept(services.create(**values)))), 201

    @blueprint.get("/Services")
    def list_services() -> ResponseReturnValue:
        """List the services."""
        return jsonify(cut("services", [_service(each) for each in services.listed()]))

    @blueprint.get("/Services/<name>")
    def fetch_service(name: str) -> ResponseReturnValue:
        """Return a service."""
        return jsonify(_service(service_named(name)))

    @blueprint.post("/Services/<name>")
    def update_service(name: str) -> ResponseReturnValue:
        """Change a service."""
        service, values = service_named(name), _values()
        _check_name(values.get("unique_name", service.unique_name))
        return jsonify(_service(_kept(services.update(service, **values))))

    @blueprint.delete("/Services/<name>")
    def delete_service(name: str) -> ResponseReturnValue:
        """Delete a service; its transcripts stay."""
        services.delete(service_named(name))
        return "", 204

    return blueprint


def _service(service: Service) -> Answer:
    return answers.service(service, account(), resource("Services", service.sid))


def _kept(service: Service | None) -> Service:
    """Return a service that was kept; refuse one that was not."""
    if service is None:
        abort(409, "UniqueName: another service has this name, or there are too many services.")
    return service


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or _SID.fullmatch(name) or not name.strip("."):
        abort(400, "UniqueName: give a name of at most 64 letters, digits, spaces, or one of .:-_")


def _values() -> dict[str, Any]:
    """Read the fields of a service that the form has."""
    values: dict[str, Any] = {}
    for name in CHANGEABLE:
        field = "".join(part.capitalize() for part in name.split("_"))
        if field in request.form:
            is_flag = name.startswith("auto") or name == "media_redaction"
            values[name] = flag_in(request.form, field) if is_flag else one_line(request.form[field])[:255]
    if request.form.get("WebhookUrl"):
        abort(400, "WebhookUrl: nothing is sent elsewhere from here; ask for the transcript.")
    return values
