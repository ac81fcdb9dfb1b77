"""TLS in front of a live server, as a tunnel or a proxy has it, with a certificate of this test's own."""

import asyncio
import contextlib
import shutil
import ssl
import subprocess
import threading
from urllib.parse import urlsplit

from .fetched import NotFetchedError, go_without


def certificate(folder, name="DNS:localhost"):
    """Make a certificate for a name, or for `IP:` and an address; return its file and that of its key."""
    if not shutil.which("openssl"):
        go_without(NotFetchedError("openssl is not installed"))
    key, made = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", f"subjectAltName={name}", "-keyout", key, "-out", made]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


async def _carry(reader, writer):
    """Carry bytes one way, and then the end."""
    with contextlib.suppress(OSError):
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.contextmanager
def behind_tls(url, folder):
    """Give `localhost:PORT`, where the server at `url` has TLS, and the file of its certificate."""
    made, key = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    address = urlsplit(url)
    loop = asyncio.new_event_loop()

    async def connected(reader, writer):
        onward = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(_carry(reader, onward[1]), _carry(onward[0], writer))

    def stop():
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.call_soon(loop.stop)

    front = loop.run_until_complete(asyncio.start_server(connected, "localhost", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"localhost:{front.sockets[0].getsockname()[1]}", made
    finally:
        loop.call_soon_threadsafe(stop)
        thread.join()
        front.close()
        loop.close()
