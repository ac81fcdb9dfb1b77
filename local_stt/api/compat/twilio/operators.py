"""The routes of Twilio's language operators.  They are the same for every service and cannot be changed.

Source: https://www.twilio.com/docs/conversational-intelligence/api/operator-resource
"""

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from ....net.guards import Guard
from ..errors import answer_errors
from ..submissions import Answer
from . import answers
from .operator_results import OPERATORS, Operator
from .pages import cut
from .parameters import account, resource

SINCE = 1_764_547_200_000
"""When these operators were made, in milliseconds since 1970"""


def twilio_operators(guard: Guard) -> Blueprint:
    """Make the routes of operators, and of their attachments to services."""
    blueprint = guard.protect(Blueprint("intelligence_operators", __name__, url_prefix="/v2"))
    answer_errors(blueprint, answers.error)

    @blueprint.get("/Operators")
    def listed() -> ResponseReturnValue:
        """List the operators."""
        return jsonify(cut("operators", [_operator(each) for each in OPERATORS]))

    @blueprint.get("/Operators/PreBuilt")
    def built() -> ResponseReturnValue:
        """List the operators that come with the program, which are all."""
        return jsonify(cut("operators", [_operator(each) for each in OPERATORS]))

    @blueprint.get("/Operators/Custom")
    def custom() -> ResponseReturnValue:
        """List the operators of the user's own: there are none."""
        return jsonify(cut("operators", []))

    @blueprint.get("/Operators/<sid>")
    @blueprint.get("/Operators/PreBuilt/<sid>")
    def fetch(sid: str) -> ResponseReturnValue:
        """Return an operator."""
        found = next((each for each in OPERATORS if each.sid == sid), None)
        if found is None:
            abort(404, f"The requested resource /v2/Operators/{sid[:40]} was not found")
        return jsonify(_operator(found))

    @blueprint.get("/Services/<sid>/Operators")
    def attached(sid: str) -> ResponseReturnValue:
        """List the operators that are attached to a service, which are all."""
        sids = [each.sid for each in OPERATORS]
        address = f"{resource('Services', sid)}/Operators"
        return jsonify({"service_sid": sid, "operator_sids": sids, "url": address})

    return blueprint


def _operator(operator: Operator) -> Answer:
    return {
        "account_sid": account(),
        "sid": operator.sid,
        "friendly_name": operator.name,
        "description": operator.description,
        "author": "local_stt",
        "operator_type": operator.kind,
        "version": 1,
        "availability": "general-availability",
        "config": {},
        "date_created": answers.moment(SINCE),
        "date_updated": answers.moment(SINCE),
        "url": resource("Operators", operator.sid),
    }
