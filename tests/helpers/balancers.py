"""The load balancers of packaging/cluster, as packaged; only addresses and the certificate differ."""

import contextlib
import random
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import requests

from .project import PROJECT
from .tls import certificate
from .waiting import wait_until

CLUSTER = PROJECT / "packaging" / "cluster"

NAMES = "abcd"
"""Names of the hosts, in the addresses of single hosts too"""


class Balancer:
    """A balancer that runs.

    - `url`: the address at which it is reached, by https
    - `authority`: the file of its certificate, which clients must trust
    - `process`: its process
    """

    def __init__(self, process, address, port, authority):
        self.process, self.url, self.authority = process, f"https://{address}:{port}", authority
        self.stream = f"wss://{address}:{port}/stream"


@contextlib.contextmanager
def running_haproxy(address, hosts):
    """Run HAProxy on an address of this machine, in front of `hosts`, each given as `ADDRESS:PORT`."""
    port, monitor_port = _free_ports(address, 2)
    with tempfile.TemporaryDirectory(prefix="haproxy") as name:
        folder = Path(name)
        made, key = certificate(folder, f"IP:{address}")
        both = folder / "both.pem"
        both.write_text(made.read_text() + key.read_text())
        environ = {
            "BALANCER_ADDRESS": f"{address}:{port}",
            "BALANCER_CERTIFICATE": str(both),
            "MONITOR_ADDRESS": f"{address}:{monitor_port}",
            **{f"HOST_{each.upper()}": host for each, host in zip(NAMES, hosts, strict=False)},
        }
        command = [shutil.which("haproxy"), "-f", CLUSTER / "haproxy.cfg"]
        with _running(command, folder, environ, address, port) as process:
            balancer = Balancer(process, address, port, made)
            balancer.monitor = f"http://{address}:{monitor_port}"
            yield balancer


@contextlib.contextmanager
def running_nginx(address, hosts):
    """Run nginx on an address of this machine, in front of `hosts`, each given as `ADDRESS:PORT`."""
    (port,) = _free_ports(address, 1)
    with tempfile.TemporaryDirectory(prefix="nginx") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the workers are another user
        made, key = certificate(folder, f"IP:{address}")
        shutil.copy(CLUSTER / "nginx.conf", folder)
        (folder / "nginx").mkdir()
        listen = (CLUSTER / "nginx" / "listen.conf").read_text()
        listen = listen.replace("443", f"{address}:{port}").replace(
            "/etc/nginx/tls/certificate.pem", str(made)
        )
        listen = listen.replace("/etc/nginx/tls/key.pem", str(key))
        (folder / "nginx" / "listen.conf").write_text(listen)
        (folder / "nginx" / "hosts.conf").write_text(
            "".join(f"server {each} max_fails=0;\n" for each in hosts)
        )
        named = "".join(f"~^/hosts/{each}(/|$) {host};\n" for each, host in zip(NAMES, hosts, strict=False))
        (folder / "nginx" / "addresses.conf").write_text(named)
        command = [shutil.which("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"]
        with _running(command, folder, {}, address, port) as process:
            yield Balancer(process, address, port, made)


@contextlib.contextmanager
def _running(command, folder, environ, address, port):
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: process.poll() is not None or _listens(address, port))
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(400)


def _listens(address, port):
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


def _free_ports(address, count):
    """Return ports on which nothing listens, and which the kernel gives to no outgoing connection."""
    ports = set()
    while len(ports) < count:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server((address, port)):
            ports.add(port)
    return ports


def servers_up(balancer, pool):
    """List the names of the servers of a pool that HAProxy takes for alive."""
    text = requests.get(f"{balancer.monitor}/metrics", timeout=400).text
    marks = [f'haproxy_server_status{{proxy="{pool}",server="{name}",state="UP"}} 1' for name in NAMES]
    return [name for name, mark in zip(NAMES, marks, strict=True) if mark in text]
