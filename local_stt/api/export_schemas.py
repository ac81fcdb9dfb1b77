"""Schemas of requests for exports."""

from marshmallow import fields, validate

from ..exports import MAX_CALLS, MEDIA_TYPES
from .schemas import CaptionQuery

TIMES = "whether txt and docx say when each turn began"
MAX_ID = 256
"""Letters of a call's id, at most"""


class TextExportQuery(CaptionQuery):
    """What is exported as plain text."""

    times = fields.Boolean(load_default=True, metadata={"description": TIMES})


class DocumentQuery(TextExportQuery):
    """What is exported as a document, which has no captions."""

    class Meta:
        """Leave out what is for captions."""

        exclude = ("chars_per_caption",)


class ExportQuery(TextExportQuery):
    """The calls that are exported together, and how."""

    format = fields.String(required=True, validate=validate.OneOf(list(MEDIA_TYPES)))
    id = fields.List(
        fields.String(validate=validate.Length(1, MAX_ID)),
        required=True,
        validate=validate.Length(1, MAX_CALLS),
        metadata={"description": "the id of a call; one or more of them"},
    )
