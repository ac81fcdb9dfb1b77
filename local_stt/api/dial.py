"""The routes below `/api/dial`, which place calls."""

from typing import Any

from flask.views import MethodView
from marshmallow import RAISE

from ..errors import DialError
from ..net.guards import Guard
from ..telephony.outbound import Dialer, OutboundCall
from . import schemas
from .blueprint import ApiBlueprint


def dialing(guard: Guard, dialer: Dialer | None) -> ApiBlueprint:
    """Make the routes that place calls; `dialer` is None where there is no number to call from."""
    blueprint = guard.protect(
        ApiBlueprint("dialing", __name__, url_prefix="/api", description="Calls placed from here")
    )

    def there() -> Dialer:
        if dialer is None:
            raise DialError(
                "No calls can be placed: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and a way in from the "
                "internet are needed, and a number of the account."
            )
        return dialer

    @blueprint.get("/dial")
    @blueprint.response(200, schemas.Dialing)
    def number() -> dict[str, Any]:
        """Return the number that calls are placed from, and how many more may be placed within the hour."""
        return {"number": dialer.number, "left": dialer.left} if dialer else {"number": None, "left": 0}

    @blueprint.post("/dial")
    @blueprint.arguments(schemas.DialOrder, unknown=RAISE)
    @blueprint.response(202, schemas.Placed)
    @blueprint.alt_response(409, schema=schemas.Error)
    @blueprint.alt_response(502, schema=schemas.Error)
    def dial(order: dict[str, Any]) -> dict[str, Any]:
        """Call a person, and connect them with a second one if asked."""
        call_id = there().dial(OutboundCall(**order))
        return {"call_id": call_id, "status": there().status(call_id)}

    @blueprint.route("/dial/<call_id>")
    class Dialed(MethodView):
        """A call that was placed recently."""

        @blueprint.response(200, schemas.Placed)
        @blueprint.alt_response(404, schema=schemas.Error)
        @blueprint.alt_response(409, schema=schemas.Error)
        def get(self, call_id: str) -> Any:
            """Return the status of a call."""
            known = there().status(call_id)
            if known is None:
                return {"error": f"No call {call_id[:80]} was placed lately."}, 404
            return {"call_id": call_id, "status": known}

        @blueprint.response(200, schemas.Placed)
        @blueprint.alt_response(404, schema=schemas.Error)
        @blueprint.alt_response(409, schema=schemas.Error)
        @blueprint.alt_response(502, schema=schemas.Error)
        def delete(self, call_id: str) -> Any:
            """Hang up a call, also while it rings."""
            if there().status(call_id) is not None:  # other calls of the account must not be ended here
                there().hang_up(call_id)
            return self.get(call_id)

    return blueprint
