"""Connections go to this machine and private networks alone, by the address that was checked."""

import socket

import pytest

from local_stt.net import near_addresses
from local_stt.net.near_addresses import FarAddressError, connect_near, is_near
from stand_ins.receiver import webhook_receiver


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "172.31.0.1", "192.168.1.5", "fd00::1", "::ffff:10.0.0.1"],
)
def test_this_machine_and_private_networks_are_near(address):
    assert is_near(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "169.254.169.254",  # where clouds keep the credentials of a machine
        "fd00:ec2::254",
        "fd20:ce:0::254",
        "::ffff:169.254.169.254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "100.64.0.1",
        "2001:4860:4860::8888",
        "fe80::1%eth0",
        "::ffff:8.8.8.8",
        "64:ff9b::a00:1",
    ],
)
def test_all_others_are_far(address):
    assert not is_near(address)


def names(monkeypatch, *answers):
    """Let the lookup of names give these addresses, one list at a time, and count the lookups."""
    asked = []

    def look_up(host, port, **_):
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    fake = type("Lookups", (), {"__getattr__": lambda _, name: getattr(socket, name)})()
    fake.getaddrinfo = look_up
    monkeypatch.setattr(near_addresses, "socket", fake)
    return asked


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_else(monkeypatch):
    with webhook_receiver() as receiver:
        asked = names(monkeypatch, ["127.0.0.1"], ["8.8.8.8"])
        with connect_near("rebound.example", receiver.port, 5) as connection:
            assert connection.getpeername() == ("127.0.0.1", receiver.port)
        assert asked == ["rebound.example"]
        with pytest.raises(FarAddressError):
            connect_near("rebound.example", receiver.port, 5)


def test_one_far_address_among_near_ones_is_enough_to_refuse(monkeypatch):
    names(monkeypatch, ["127.0.0.1", "8.8.8.8"])
    with pytest.raises(FarAddressError, match=r"rebound\.example"):
        connect_near("rebound.example", 1, 5)


def test_the_next_address_is_tried_where_nothing_answers(monkeypatch):
    with webhook_receiver() as receiver:
        names(monkeypatch, ["127.99.0.1", "127.0.0.1"])
        with connect_near("model.lan", receiver.port, 5) as connection:
            assert connection.getpeername()[0] == "127.0.0.1"


def test_the_last_failure_is_raised_where_no_address_answers(monkeypatch):
    names(monkeypatch, ["127.0.0.1"])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        connect_near("model.lan", port, 5)
    names(monkeypatch, [])
    with pytest.raises(OSError, match="no address"):
        connect_near("model.lan", port, 5)
