"""The networks of the tests themselves: what they join, what they cut, and that nothing of them stays."""

import socket
import subprocess
import sys

import pytest

from helpers import TESTS
from helpers.fetched import go_without
from helpers.network import Network, NotPermittedError
from helpers.waiting import gone, wait_until

LISTEN = "import socket, sys; s = socket.create_server((sys.argv[1], 8080)); print(flush=True); input()"


@pytest.fixture
def network():
    try:
        made = Network()
    except NotPermittedError as error:
        go_without(error)
    yield made
    made.close()


def reaches(address):
    try:
        socket.create_connection((address, 8080), 0.5).close()
    except OSError:
        return False
    return True


def test_a_host_is_reached_until_its_cable_is_pulled_and_when_it_is_plugged_in_again(network):
    host = network.add_host()
    for lan in ("front", "database"):
        address = network.address(lan, host)
        command = [*network.within(host), sys.executable, "-c", LISTEN, address]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout.readline()
        assert reaches(address)
        network.cut(host, lan)
        assert not reaches(address)
        network.restore(host, lan)
        wait_until(lambda address=address: reaches(address))
        process.communicate(b"\n")
        assert process.returncode == 0


def test_two_networks_have_no_address_in_common(network):
    other = Network()
    try:
        hosts = [each.address("front", each.add_host()) for each in (network, other)]
        assert len(set(hosts)) == 2
        assert other.number != network.number
    finally:
        other.close()


def test_what_a_killed_run_left_is_removed_by_the_next(network):
    program = (
        "from helpers.network import Network; import subprocess; made = Network(); host = made.add_host();"
        "child = subprocess.Popen([*made.within(host), 'sleep', '1000']);"
        "print(child.pid, flush=True); input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], cwd=TESTS, text=True, **pipes) as run:
        child = run.stdout.readline().strip()
        assert not gone(child)
        run.kill()
    # Tests beside this one remove it too, when they make a network of their own.
    Network().close()
    wait_until(lambda: gone(child))
