"""JSON from outside is an object that can be kept and written again."""

import json

import pytest

from local_stt.api.compat.json_text import MAX_DEPTH, read_object


def nested(levels):
    return '{"a":' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    "text", ['{"a": [1, "ü\\n", null, {"b": 1.5}]}', "{}", b'{"a": "\xc3\xbc"}', nested(MAX_DEPTH)]
)
def test_objects_are_read(text):
    assert read_object(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[1]",
        "1",
        b"\xff",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"a": ["\\u0000"]}',
        nested(MAX_DEPTH + 1),
        nested(980),
        nested(100_000),
    ],
)
def test_what_cannot_be_kept_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        read_object(text)
