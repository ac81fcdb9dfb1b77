"""A stand-in for a reverse proxy that has the server behind a path, which it takes away."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class ReverseProxy:
    """Passes requests to `/calls/…`, WebSockets and live events too, on to the server behind it."""

    PATH = b"/calls"

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.netloc = f"localhost:{self._listener.getsockname()[1]}"
        self.behind = ""
        """The address of the server, or nothing while there is none"""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client):
        """Serve one request.  The answer has browsers open another connection for the next."""
        with client, contextlib.suppress(OSError), client.makefile("rb", buffering=0) as lines:
            method, path, version = lines.readline().split(b" ")
            headers = list(iter(lines.readline, b"\r\n"))
            if not path.startswith(self.PATH + b"/"):
                client.sendall(b"HTTP/1.1 404 Elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            if not self.behind:
                client.sendall(b"HTTP/1.1 502 Nobody\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            if not any(header.lower().startswith(b"upgrade:") for header in headers):
                headers = [each for each in headers if not each.lower().startswith(b"connection:")]
                headers.append(b"Connection: close\r\n")
            address = urlsplit(self.behind)
            with socket.create_connection((address.hostname, address.port)) as server:
                request = b" ".join([method, path.removeprefix(self.PATH), version])
                server.sendall(request + b"".join(headers) + b"\r\n")
                threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
                _pass_on(server, client)


def _pass_on(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
