"""A real PostgreSQL server from this machine's packages, for the time of the tests."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

USER = "postgres"


def programs() -> Path | None:
    """The folder of initdb and postgres; Debian keeps them off the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return newest[-1].parent if newest else None


@contextlib.contextmanager
def running_postgres(host: str = "127.0.0.1") -> Iterator[str]:
    """The URL of an empty database.  PostgreSQL refuses to be run by root, who becomes its user."""
    binaries = programs()
    assert binaries, "install PostgreSQL (Debian: postgresql)"
    root = os.geteuid() == 0
    who = {"user": USER, "group": USER, "extra_groups": []} if root else {}
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if root:
            entry = pwd.getpwnam(USER)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        data = f"{folder}/data"
        quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, **who}
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                USER,
                "-A",
                "trust",
                "-N",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            **quiet,
        )
        with Path(data, "pg_hba.conf").open("a") as admitted:  # this machine is, and hosts on its networks
            admitted.write("host all all samenet trust\n")
        with socket.create_server((host, 0)) as free:
            port = free.getsockname()[1]
        options = ["-p", str(port), "-h", host, "-k", folder, "-c", "fsync=off"]
        with Path(folder, "log").open("w") as log:
            server = subprocess.Popen([binaries / "postgres", "-D", data, *options], stderr=log, **quiet)
        try:
            _wait(host, port, server)
            yield f"postgresql://{USER}@{host}:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # without waiting for whoever is still connected
            server.wait(400)


def _wait(host: str, port: int, server: subprocess.Popen) -> None:
    import psycopg

    deadline = time.monotonic() + 400
    while True:
        assert server.poll() is None, "PostgreSQL did not start"
        try:
            psycopg.connect(f"host={host} port={port} user={USER} dbname=postgres").close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
