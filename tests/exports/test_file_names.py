"""Names of files that every system takes."""

import re
from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from helpers.events import recording
from local_stt.exports.file_names import FileNames

AT = datetime(2026, 11, 28, 14, 12).astimezone()
CALL = replace(
    recording(),
    direction="inbound",
    caller="+12025550123",
    callee="+1555",
    started_at=round(AT.timestamp() * 1000),
)


def test_a_name_has_the_time_and_the_other_end():
    def name(**values):
        return FileNames().name(replace(CALL, **values), "txt")

    assert name() == "2026-11-28 1412 +12025550123.txt"
    assert name(direction="outbound") == "2026-11-28 1412 +1555.txt"
    assert name(caller_name="Ann") == "2026-11-28 1412 Ann.txt"
    assert name(speakers={"caller": "Zoë"}) == "2026-11-28 1412 Zoë.txt"
    assert name(direction="recording", caller="my talk.mp3") == "2026-11-28 1412 my talk.mp3.txt"
    assert name(caller="sip:a/../b@c?") == "2026-11-28 1412 sip_a_.._b@c_.txt"
    assert name(caller="\u202e.. ") == "2026-11-28 1412 unknown.txt"


def test_names_are_unique_whatever_their_capitals():
    names = FileNames()
    found = [names.name(replace(CALL, caller_name=name), "txt") for name in ("Ann", "ann", "ANN")]
    assert found == [
        "2026-11-28 1412 Ann.txt",
        "2026-11-28 1412 ann (2).txt",
        "2026-11-28 1412 ANN (3).txt",
    ]


@given(st.text(), st.text())
def test_no_name_leaves_its_folder_or_is_too_long(first, second):
    names = FileNames()
    found = [names.name(replace(CALL, caller_name=each), "docx") for each in (first, second)]
    assert len({each.casefold() for each in found}) == 2
    for each in found:
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', each)
        assert each.isprintable()
        assert len(each.encode()) < 255
        assert each.startswith("2026-11-28 1412 ")
