"""Nobody is given up for what this program was late to look at."""

import socket
import time
from types import SimpleNamespace

import pytest

from helpers.clock import Clock
from local_stt.net.connections import _Received
from local_stt.net.http_server import WebSocketLine
from local_stt.system.waiting import MAX_SECONDS_BETWEEN_TICKS, Waiting


def test_the_time_between_looks_is_what_was_waited():
    clock = Clock()
    waiting = Waiting(clock)
    for _ in range(10):
        clock.now += 0.25
        waiting.tick()
    assert waiting.tick() == 2.5


def test_time_in_which_nobody_looked_hardly_counts():
    clock = Clock()
    waiting = Waiting(clock)
    clock.now += 3600
    assert waiting.tick() == MAX_SECONDS_BETWEEN_TICKS
    clock.now += 0.5
    assert waiting.tick() == MAX_SECONDS_BETWEEN_TICKS + 0.5


def test_it_begins_anew_when_somebody_is_heard_of():
    clock = Clock()
    waiting = Waiting(clock)
    clock.now += 0.5
    waiting.tick()
    waiting.restart()
    clock.now += 0.25
    assert waiting.tick() == 0.25


@pytest.fixture
def line():
    """A line on which nothing comes, by a clock that stands."""
    one, other = socket.socketpair()
    with one, other:
        websocket = SimpleNamespace(sock=one, connected=True, input_buffer=[], incoming_message_len=0)
        line = WebSocketLine(websocket, idle_timeout=30)
        line.clock = Clock()
        line._waiting = Waiting(line.clock)
        yield line


def test_a_line_is_dead_after_silence(line):
    for _ in range(29):
        line.clock.now += 1
        assert line.read_messages() == []
    line.clock.now += 1
    assert line.read_messages() is None


def test_a_line_is_not_dead_because_nobody_looked_at_it(line):
    line.clock.now += 3600
    assert line.read_messages() == []


def test_a_request_that_came_in_time_is_read_late():
    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"GET / HTTP/1.1\r\n")
        received = _Received(one, time.monotonic() - 1)
        assert received.read(100) == b"GET / HTTP/1.1\r\n"
        with pytest.raises(TimeoutError):
            received.read(100)
