"""The routes below `/api/contacts`: the names of the people who call and are called."""

from typing import Any

from flask import request
from flask.views import MethodView
from marshmallow import RAISE
from werkzeug.exceptions import RequestEntityTooLarge

from ..contacts import MAX_BYTES, as_called, read_contacts
from ..core.contacts import Contact, clean_name
from ..errors import ContactsError
from ..net.guards import Guard
from ..store.contacts import Contacts
from . import contact_schemas
from .blueprint import ApiBlueprint
from .schemas import Error

FILE = {
    "required": True,
    "description": "a file of contacts, which is recognized by its content",
    "content": {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "text/vcard")},
}


def naming(guard: Guard, contacts: Contacts, region: str) -> ApiBlueprint:
    """Make the routes.  `region` is the country of the numbers that are answered here; empty if unknown."""
    blueprint = guard.protect(
        ApiBlueprint("contacts", __name__, url_prefix="/api", description="Names of numbers")
    )

    def number_of(text: str, given: str) -> str:
        try:
            return as_called(text, given or region)
        except ValueError as error:
            raise ContactsError(f"{error}.") from error

    @blueprint.get("/contacts")
    @blueprint.response(200, contact_schemas.Contacts)
    def list_contacts() -> dict[str, Any]:
        """List the contacts by name."""
        return {"contacts": contacts.all()}

    @blueprint.post("/contacts/import")
    @blueprint.arguments(contact_schemas.RegionQuery, location="query", unknown=RAISE)
    @blueprint.response(200, contact_schemas.Imported)
    @blueprint.alt_response(413, schema=Error)
    @blueprint.alt_response(422, schema=Error)
    @blueprint.doc(requestBody=FILE)
    def import_file(query: dict[str, str]) -> dict[str, Any]:
        """Add the contacts of a CSV or vCard file, or change their names.  No contact is removed."""
        found = read_contacts(_body(), query["region"] or region)
        added, changed = contacts.save(found.contacts)
        return {"added": added, "changed": changed, "skipped": found.skipped}

    @blueprint.route("/contacts/<number>")
    class OneContact(MethodView):
        """One contact."""

        @blueprint.arguments(contact_schemas.RegionQuery, location="query", unknown=RAISE)
        @blueprint.arguments(contact_schemas.ContactName)
        @blueprint.response(200, contact_schemas.Contact)
        @blueprint.alt_response(422, schema=Error)
        def put(self, query: dict[str, str], body: dict[str, str], number: str) -> Contact:
            """Give a number a name, or another one."""
            contact = Contact(number_of(number, query["region"]), clean_name(body["name"]))
            if not contact.name:
                raise ContactsError("name: It has no letters.")
            contacts.save([contact])
            return contact

        @blueprint.arguments(contact_schemas.RegionQuery, location="query", unknown=RAISE)
        @blueprint.response(204)
        @blueprint.alt_response(404, schema=Error)
        @blueprint.alt_response(422, schema=Error)
        def delete(self, query: dict[str, str], number: str) -> Any:
            """Remove the name of a number.  Its calls stay."""
            if contacts.remove(number_of(number, query["region"])):
                return None
            return {"error": "This number has no name."}, 404

    return blueprint


def _body() -> bytes:
    """Read the request's body.  Raises an error with status 413 if it is too large."""
    request.max_content_length = MAX_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        error.description = f"The file is larger than {MAX_BYTES / 1e6:.0f} MB: export it without pictures."
        raise
