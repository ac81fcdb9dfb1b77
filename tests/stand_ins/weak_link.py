"""A stand-in for a bad network in front of a TCP server: it cuts connections, and swallows answers."""

import contextlib
import select
import socket
import threading


class WeakLink:
    """Forwards connections to a server, as long as it is let."""

    def __init__(self, host, port):
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._is_up = True
        self._swallows = False
        self.swallowed = 0
        """Number of answers that were swallowed"""
        self._connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Break all connections, and all others until `mend`."""
        self._is_up = False

    def mend(self):
        """Forward again."""
        self._is_up = True

    @contextlib.contextmanager
    def swallowing(self):
        """Let requests through for the block, but break their connection in place of the answer."""
        self._swallows = True
        yield
        self._swallows = False

    def close(self):
        self.cut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._connections:
            each.join(400)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._forward, args=(client,), daemon=True)
                self._connections.append(thread)
                thread.start()

    def _forward(self, client):
        with client, contextlib.suppress(OSError), socket.create_connection(self._server) as server:
            while self._is_up:
                ready, _, _ = select.select([client, server], [], [], 0.01)
                for source in ready:
                    if not (data := source.recv(65536)):
                        return
                    if source is server and self._swallows:
                        self.swallowed += 1
                        return
                    (client if source is server else server).sendall(data)
