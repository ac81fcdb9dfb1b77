"""Tokens that open one live session each."""

import pytest

from helpers.clock import Clock
from local_stt.web import session_tokens
from local_stt.web.session_tokens import SessionTokens


@pytest.fixture
def clock():
    return Clock(1_800_000_000.5)


@pytest.fixture
def tokens(clock):
    return SessionTokens(b"key", clock)


def test_a_token_is_admitted_once_with_the_length_of_its_session(tokens):
    token = tokens.issue(60, 600)
    assert [tokens.admit(token), tokens.admit(token)] == [600, None]


def test_a_token_is_valid_for_its_time_and_after_a_restart(tokens, clock):
    first, second, third = (tokens.issue(60, 600) for _ in range(3))
    clock.now += 59
    assert SessionTokens(b"key", clock).admit(first) == 600
    assert SessionTokens(b"another", clock).admit(second) is None
    assert tokens.admit(second) == 600
    clock.now += 2
    assert [tokens.admit(second), tokens.admit(third)] == [None, None]


def test_used_tokens_are_forgotten_when_they_expire_and_none_is_admitted_beyond_the_bound(
    tokens, clock, monkeypatch
):
    monkeypatch.setattr(session_tokens, "MAX_REMEMBERED", 2)
    short, long, other = tokens.issue(10, 60), tokens.issue(100, 60), tokens.issue(100, 60)
    assert [tokens.admit(short), tokens.admit(long), tokens.admit(other)] == [60, 60, None]
    clock.now += 11
    assert [tokens.admit(long), tokens.admit(other)] == [None, 60]


@pytest.mark.parametrize("forge", ["", "x", "{}x", "9{}", "٣{}", "{} ", "1.2.3"])
def test_what_was_not_issued_here_is_not_admitted(tokens, forge):
    assert tokens.admit(forge.format(tokens.issue(60, 600))) is None


def test_a_longer_session_cannot_be_written_into_a_token(tokens):
    expires, seconds, rest = tokens.issue(60, 600).split(".", 2)
    assert tokens.admit(f"{expires}.{seconds}0.{rest}") is None
