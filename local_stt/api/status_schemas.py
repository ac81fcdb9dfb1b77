"""Schemas of the program's status."""

from marshmallow import Schema, fields

from .schemas import MOMENT, SHARE

BYTES = {"description": "bytes"}


class ModelInUse(Schema):
    """The model that recognizes calls."""

    name = fields.String(required=True)
    is_demo = fields.Boolean(
        required=True, metadata={"description": "whether it is the demo's, which is not for real calls"}
    )
    language = fields.String(
        required=True, metadata={"description": "code of its language; empty if it is not known"}
    )
    second = fields.String(
        required=True, metadata={"description": "the model of second passes; empty if there are none"}
    )


class Capacity(Schema):
    """How many calls there can be at once on this host, and how many there are."""

    calls = fields.Integer(required=True, metadata={"description": "calls at once, at most"})
    in_use = fields.Integer(required=True, metadata={"description": "calls that are taken or expected"})
    share = fields.Float(required=True, metadata=SHARE)


class Lag(Schema):
    """How far the text of the slowest call is behind what is said."""

    milliseconds = fields.Integer(required=True)


class NumberInUse(Schema):
    """A number whose calls come here."""

    number = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "of the contact; empty if there is none"})
    handling = fields.String(
        required=True, metadata={"description": "`listen`, `voicemail`, `forward` or `conference`"}
    )
    sentence = fields.String(required=True, metadata={"description": "what its callers get"})


class WebhookQueue(Schema):
    """The webhooks that are not delivered."""

    waiting = fields.Integer(required=True)
    oldest_at = fields.Integer(required=True, allow_none=True, metadata=MOMENT)
    failed = fields.Integer(
        required=True, metadata={"description": "webhooks that were given up since the program started"}
    )


class JobCount(Schema):
    """The jobs of a kind that are not done."""

    kind = fields.String(required=True)
    waiting = fields.Integer(required=True)
    running = fields.Integer(required=True)


class Disk(Schema):
    """The disk of the data folder."""

    free = fields.Integer(required=True, metadata=BYTES)
    used_by_calls = fields.Integer(
        required=True,
        metadata={"description": "bytes of the store and of the recordings, as of a minute ago at most"},
    )
    path_is_shared = fields.Boolean(
        required=True,
        metadata={"description": "whether audio is in a store that hosts share, and not counted here"},
    )


class Kept(Schema):
    """The calls that are kept."""

    calls = fields.Integer(required=True)
    since = fields.Integer(required=True, allow_none=True, metadata=MOMENT)


class RefusedCalls(Schema):
    """Calls that were refused within a minute."""

    at = fields.Integer(required=True, metadata=MOMENT)
    count = fields.Integer(required=True)
    sentence = fields.String(required=True, metadata={"description": "why they were refused"})


class Host(Schema):
    """One of several hosts."""

    name = fields.String(required=True)
    calls = fields.Integer(required=True)
    max_calls = fields.Integer(required=True)
    is_draining = fields.Boolean(
        required=True, metadata={"description": "whether it takes no new calls, as it is about to stop"}
    )


class Step(Schema):
    """Something that is set up, or not yet."""

    name = fields.String(required=True)
    is_done = fields.Boolean(required=True)
    is_optional = fields.Boolean(
        required=True, metadata={"description": "whether calls are transcribed without it"}
    )
    sentence = fields.String(required=True)
    remedy = fields.String(required=True, metadata={"description": "what to do; empty if it is done"})


class Status(Schema):
    """What the program is doing, and what is not set up yet."""

    model = fields.Nested(ModelInUse, required=True)
    capacity = fields.Nested(Capacity, required=True)
    lag = fields.Nested(
        Lag, required=True, allow_none=True, metadata={"description": "null while there are no calls"}
    )
    numbers = fields.List(fields.Nested(NumberInUse), required=True)
    webhooks = fields.Nested(WebhookQueue, required=True)
    jobs = fields.List(fields.Nested(JobCount), required=True)
    disk = fields.Nested(Disk, required=True)
    kept = fields.Nested(Kept, required=True)
    busy = fields.List(
        fields.Nested(RefusedCalls),
        required=True,
        metadata={"description": "calls that were refused within the last day, the latest first"},
    )
    hosts = fields.List(
        fields.Nested(Host), required=True, metadata={"description": "all hosts, where there are several"}
    )
    setup = fields.List(fields.Nested(Step), required=True)
