"""Waiting for others, but not for ever."""

import threading

import pytest

from local_stt.net.timeouts import all_within, root_cause, within


def test_an_answer_that_comes_too_late_is_disposed_of():
    closed, late = threading.Event(), threading.Event()

    def answer():
        late.wait(10)
        return "answer"

    with pytest.raises(TimeoutError, match=r"no answer within 0\.05 seconds"):
        within(0.05, answer, too_late=lambda _: closed.set())
    late.set()
    assert closed.wait(10)


def test_several_are_waited_for_at_once_and_each_has_its_own_outcome():
    together, late = threading.Barrier(2), threading.Event()  # the barrier breaks unless two are there

    def answering():
        together.wait(10)
        return "answer"

    def refused():
        together.wait(10)
        raise ConnectionError("refused")

    answered, failed, silent = all_within(1, [answering, refused, lambda: late.wait(10)])
    assert answered.result() == "answer"
    assert isinstance(failed.exception(), ConnectionError)
    assert isinstance(silent.exception(), TimeoutError)
    late.set()


def test_the_root_cause_is_the_innermost_error():
    def pooled():
        try:
            raise ConnectionRefusedError("inner")
        except ConnectionRefusedError as error:
            raise ValueError("outer") from error

    with pytest.raises(ValueError, match="outer") as raised:
        pooled()
    assert str(root_cause(raised.value)) == "inner"
