"""Tickets that show which streams were asked for here."""

import pytest

from helpers.clock import Clock
from local_stt.core.media_stream import TICKET
from local_stt.telephony.tickets import MAX_REMEMBERED, VALID_SECONDS, Tickets

CALL = "CA" + "0" * 32


@pytest.fixture
def clock():
    return Clock(1_800_000_000.5)


@pytest.fixture
def tickets(clock):
    return Tickets(["secret"], clock)


def test_a_ticket_is_valid_for_its_call_and_for_no_other(tickets):
    ticket = tickets.issue(CALL)
    assert tickets.admit(ticket, CALL)
    assert tickets.admit(ticket, CALL)
    assert not tickets.admit(ticket, "CA" + "1" * 32)


def test_a_ticket_is_valid_for_some_minutes(tickets, clock):
    ticket = tickets.issue(CALL)
    clock.now += VALID_SECONDS - 1
    assert tickets.admit(ticket, CALL)
    clock.now += 2
    assert not tickets.admit(ticket, CALL)


def test_a_ticket_is_valid_after_a_restart_and_while_the_auth_token_is_changed(tickets, clock):
    ticket = tickets.issue(CALL)
    assert Tickets(["secret"], clock).admit(ticket, CALL)
    assert Tickets(["new", "secret"], clock).admit(ticket, CALL)
    assert not Tickets(["new"], clock).admit(ticket, CALL)


def test_a_ticket_of_a_call_whose_id_was_not_known_is_valid_for_one_call(tickets):
    ticket = tickets.issue()
    assert tickets.admit(ticket, CALL)
    assert not tickets.admit(ticket, "CA2")
    assert tickets.admit(ticket, CALL)
    assert tickets.admit(tickets.issue(), "CA2")


def test_of_tickets_that_were_used_no_more_are_remembered_than_need_be(tickets):
    for number in range(MAX_REMEMBERED + 10):
        assert tickets.admit(tickets.issue(), f"CA{number}")
    assert len(tickets._used) == MAX_REMEMBERED


@pytest.mark.parametrize("forge", ["", "x", "{}x", "9{}", "٣{}", "{} ", "1.2.3"])
def test_what_was_not_issued_here_is_not_valid(tickets, forge):
    assert not tickets.admit(forge.format(tickets.issue(CALL)), CALL)


def test_each_ticket_is_another_says_nothing_of_the_secret_and_fits_into_a_parameter(tickets):
    first, second = tickets.issue(CALL), tickets.issue(CALL)
    assert first != second
    assert "secret" not in first
    assert len(TICKET) + len(first) < 500
    assert first.isascii()
