"""Hosts on this machine: network namespaces that bridges join, as cables and switches would.

It needs root, and Linux.  Each network has a range of addresses of its own, 10.213.N.0/24.  A locked file
says that N is in use: the kernel unlocks it when its program ends, however it ends.  So what a killed run
has left is recognized and removed by the next one.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

LANS = ("front", "database", "redis")
"""The networks that each host is on: of callers and Twilio, of PostgreSQL, and of Redis"""

MAX_HOSTS = 32
RANGES = range(256)
LOCKS = Path(tempfile.gettempdir()) / "local_stt-test-networks"


class NotPermittedError(Exception):
    """Network namespaces cannot be made here."""


class Network:
    """Three bridges of this machine, and hosts that have an interface on each."""

    def __init__(self):
        """Make the bridges, after removing what killed runs left.  Raises `NotPermittedError`."""
        _check()
        LOCKS.mkdir(exist_ok=True)
        _remove_leftovers()
        self.number, self._lock = _claimed()
        self.hosts = 0
        try:
            for lan in LANS:
                bridge = self._bridge(lan)
                ip("link", "add", bridge, "type", "bridge")
                ip("address", "add", f"{self.address(lan)}/26", "dev", bridge)
                ip("link", "set", bridge, "up")
        except subprocess.CalledProcessError as error:
            self.close()
            raise NotPermittedError(f"No bridge can be made here: {error.stderr.strip()}") from error

    def address(self, lan, host=None):
        """Return the address of a host on a network; without a host, that of this machine."""
        return f"10.213.{self.number}.{64 * LANS.index(lan) + 1 + (0 if host is None else 1 + host)}"

    def add_host(self):
        """Make a namespace with an interface on each network, named after it; return its number."""
        host = self.hosts
        assert host < MAX_HOSTS
        self.hosts += 1
        ip("netns", "add", self._namespace(host))
        ip("-n", self._namespace(host), "link", "set", "lo", "up")
        for lan in LANS:
            port = self._port(lan, host)
            ip("link", "add", port, "type", "veth", "peer", "name", lan, "netns", self._namespace(host))
            ip("link", "set", port, "master", self._bridge(lan), "up")
            ip("-n", self._namespace(host), "address", "add", f"{self.address(lan, host)}/26", "dev", lan)
            ip("-n", self._namespace(host), "link", "set", lan, "up")
        return host

    def within(self, host):
        """Return the words before a command that run it on a host."""
        return ("ip", "netns", "exec", self._namespace(host))

    def cut(self, host, lan):
        """Pull the cable of a host from a network: packets get lost, and nobody is informed."""
        ip("link", "set", self._port(lan, host), "down")

    def restore(self, host, lan):
        """Plug the cable in again."""
        ip("link", "set", self._port(lan, host), "up")

    def close(self):
        """Remove all of it, and end what still runs on the hosts."""
        _remove(self.number)
        self._lock.close()

    def _bridge(self, lan):
        return f"lst{self.number}-{lan[0]}"

    def _port(self, lan, host):
        return f"lst{self.number}-{lan[0]}{host}"

    def _namespace(self, host):
        return f"lst{self.number}-h{host}"


def ip(*words):
    """Run `ip`; return what it prints.  Raises `subprocess.CalledProcessError`."""
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


def _check():
    if not shutil.which("ip"):
        raise NotPermittedError("The program `ip` is not installed (Debian: iproute2)")
    if os.geteuid() != 0:
        raise NotPermittedError("Only root may make network namespaces, in which these tests run hosts")
    try:
        ip("netns", "list")
    except subprocess.CalledProcessError as error:
        raise NotPermittedError(f"Network namespaces cannot be made here: {error.stderr.strip()}") from error


def _claimed():
    """Return a number whose addresses nobody uses, and the locked file that says so."""
    taken = {entry["dst"] for entry in json.loads(ip("-json", "route", "show", "table", "all"))}
    for number in RANGES:
        if any(each.startswith(f"10.213.{number}.") for each in taken):
            continue
        if lock := _locked(number):
            return number, lock
    raise NotPermittedError("All of 10.213.0.0/16 is in use")


def _locked(number):
    """Return the locked file of a number; None if another run has it."""
    lock = (LOCKS / str(number)).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _remove_leftovers():
    """Remove the networks whose runs are over."""
    for number in {int(found[1]) for each in _names() if (found := re.match(r"lst(\d+)-", each))}:
        if lock := _locked(number):
            with lock:
                _remove(number)


def _remove(number):
    prefix = f"lst{number}-"
    for name in [each for each in _namespaces() if each.startswith(prefix)]:
        for pid in map(int, _quietly("netns", "pids", name).split()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _quietly("netns", "delete", name)
    for name in [each for each in _links() if each.startswith(prefix)]:
        _quietly("link", "delete", name)


def _names():
    return _namespaces() + _links()


def _namespaces():
    return [line.split()[0] for line in ip("netns", "list").splitlines() if line]


def _links():
    return [each["ifname"] for each in json.loads(ip("-json", "link", "show"))]


def _quietly(*words):
    """Run `ip` for what may be gone already."""
    try:
        return ip(*words)
    except subprocess.CalledProcessError:
        return ""
