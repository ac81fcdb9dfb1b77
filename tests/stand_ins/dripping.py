"""A stand-in for a server whose answers drip: a byte at a time, for ever, or without an end."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def dripping_server(beginning: bytes, drop: bytes = b"x", pause: float = 0.02) -> Iterator[str]:
    """Serve on a port of the loopback: send the beginning at once, then a drop after each pause."""
    closing = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    threads = []

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                connection.sendall(beginning)
                while not closing.wait(pause):
                    connection.sendall(drop)
            except OSError:
                pass  # the client has hung up

    def accept() -> None:
        while not closing.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=drip, args=(connection,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        closing.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()
        for thread in threads:
            thread.join()
