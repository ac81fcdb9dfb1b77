"""Parts start in their order, and close in reverse even if some fail."""

import pytest

from local_stt.errors import TelephonyError, TunnelError
from local_stt.system.parts import Measurement, Part, Parts


class Noted(Part):
    """A part that notes what it does, and raises what it is to raise."""

    def __init__(self, notes, name, start=None, close=None):
        self._notes, self._name, self._raised = notes, name, {"start": start, "close": close}

    def start(self):
        self._do("start")

    def close(self):
        self._do("close")

    def measurements(self):
        return (Measurement(self._name, "", lambda: 1.0),)

    def _do(self, what):
        self._notes.append(f"{what} {self._name}")
        if self._raised[what]:
            raise self._raised[what]


@pytest.fixture
def notes():
    return []


def test_parts_close_in_reverse(notes):
    with Parts(Noted(notes, "a"), None, Noted(notes, "b")):
        notes.append("between")
    assert notes == ["start a", "start b", "between", "close b", "close a"]


@pytest.mark.parametrize("error", [TunnelError("No tunnel."), KeyboardInterrupt()])
def test_a_part_that_cannot_start_is_closed_and_those_before_it(notes, error):
    parts = Parts(Noted(notes, "a"), Noted(notes, "b", start=error), Noted(notes, "c"))
    with pytest.raises(type(error)):
        parts.start()
    assert notes == ["start a", "start b", "close b", "close a"]
    parts.close()
    assert len(notes) == 4


def test_all_parts_are_closed_though_some_cannot_be(notes):
    parts = Parts(Noted(notes, "a"), Noted(notes, "b", close=ValueError()), Noted(notes, "c"))
    parts.start()
    with pytest.raises(ValueError):
        parts.close()
    assert notes[3:] == ["close c", "close b", "close a"]


def test_several_errors_for_the_user_are_told_as_one(notes):
    first, second = TelephonyError("One is left."), TelephonyError("Two is left.")
    with (
        pytest.raises(TelephonyError, match=r"^The tunnel is gone\. Two is left\. One is left\.$"),
        Parts(Noted(notes, "a", close=first), Noted(notes, "b", close=second)),
    ):
        raise TunnelError("The tunnel is gone.")


def test_what_a_start_and_the_closing_after_it_raise_is_told_as_one(notes):
    parts = Parts(Noted(notes, "a", TelephonyError("Not changed."), TelephonyError("Not put back.")))
    with pytest.raises(TelephonyError, match=r"^Not changed\. Not put back\.$"), parts:
        pytest.fail("it cannot start")


def test_parts_measure_what_each_of_them_does(notes):
    parts = Parts(Noted(notes, "a"), Noted(notes, "b"))
    assert [each.name for each in parts.measurements()] == ["a", "b"]
