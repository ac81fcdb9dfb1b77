"""A stand-in for a receiver of webhooks, with faults on request."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Post:
    """What was posted."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


def taken(_: Post) -> tuple[int, dict[str, str]]:
    """The answer of a receiver that is well."""
    return 204, {}


@dataclass
class WebhookReceiver:
    """What it was sent, and how it answers."""

    port: int
    posts: list[Post] = field(default_factory=list)
    answer: Callable[[Post], tuple[int, dict[str, str]]] = taken
    """Status and headers"""

    # Faults
    silent: bool = False
    """Read, and never answer"""
    trickle: bytes = b""
    """After these bytes of an answer, go on with one at a time, for ever"""
    closing: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/calls?token=s3cret"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [post.event for post in self.posts]

    def received(self, call_id: str = "CA1") -> list[tuple[str, str]]:
        """List the kind, and the text or the reason, of each event that it got of a call, in their order."""
        return [
            (event["type"], event.get("text") or event["reason"])
            for event in self.events
            if event["call_id"] == call_id
        ]

    def wait_for(self, count: int, seconds: float = 30) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.posts) >= count, seconds), (
                f"{len(self.posts)} posts came, not {count}"
            )


@contextmanager
def webhook_receiver(port: int = 0) -> Iterator[WebhookReceiver]:
    """Serve on a port of the loopback until the block ends."""

    class Handler(_Handler):
        @property
        def receiver(self) -> WebhookReceiver:
            return receiver

    with _Server(("127.0.0.1", port), Handler) as server:
        receiver = WebhookReceiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.closing.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing the server waits for them
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    receiver: WebhookReceiver

    def do_POST(self) -> None:
        receiver = self.receiver
        headers = {name.lower(): value for name, value in self.headers.items()}
        post = Post(self.path, headers, self.rfile.read(int(headers["content-length"])))
        with receiver.changed:
            receiver.posts.append(post)
            receiver.changed.notify_all()
        if receiver.silent:
            receiver.closing.wait()
        elif receiver.trickle:
            self.wfile.write(receiver.trickle)
            while not receiver.closing.wait(0.05):
                self.wfile.write(b"x")
        else:
            status, more = receiver.answer(post)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_GET(self) -> None:
        """What a redirect that is followed would ask for."""
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""
