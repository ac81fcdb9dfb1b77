"""Schemas of contacts."""

from marshmallow import Schema, ValidationError, fields, validate

from ..contacts import is_region
from ..core.contacts import MAX_NAME


class Contact(Schema):
    """A number and the name that people know it by."""

    number = fields.String(
        required=True, metadata={"description": "as calls have it: `+1…`, `sip:…`, `client:…`"}
    )
    name = fields.String(required=True)


class Contacts(Schema):
    """All contacts, by name."""

    contacts = fields.List(fields.Nested(Contact), required=True)


class ContactName(Schema):
    """The name of a number."""

    name = fields.String(required=True, validate=validate.Length(1, MAX_NAME))


def _require_region(code: str) -> None:
    if code and not is_region(code):
        raise ValidationError("It is no country's code, such as US or DE.")


class RegionQuery(Schema):
    """The country of numbers that have no country code."""

    region = fields.String(
        load_default="",
        validate=_require_region,
        metadata={
            "description": "country of numbers without a country code, such as `US`; if not given, that of "
            "the number that is answered here"
        },
    )


class Imported(Schema):
    """What was done with a file of contacts."""

    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    skipped = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "what could not be used, with its line and the reason"},
    )
