"""A stand-in for a server with a language model, such as Ollama or llama.cpp, with faults on request.

It checks each request as strictly as OpenAI's API describes it, and answers in the same form.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Messages = list[dict[str, str]]
MODEL = "llama3.2:3b"


def summary(_: Messages) -> str:
    return "The caller has a leaking hose."


@dataclass
class LanguageModel:
    """What it was asked, and how it answers."""

    port: int
    write: Callable[[Messages], str | None] = summary
    """What the model writes"""
    key: str = ""
    finish_reason: str = "stop"
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What was wrong with requests"""

    # Faults
    status: int = 200
    location: str = ""
    """An address to redirect to"""
    body: bytes | None = None
    """An answer in another form"""
    endless: bool = False
    """Answer, and do not stop"""
    silent: threading.Event | None = None
    """Answer when this is set"""
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def said(self) -> str:
        """All that it was given to read."""
        return "\n".join(each["content"] for request in self.asked for each in request["messages"])


@contextmanager
def language_model() -> Iterator[LanguageModel]:
    """Serve on a port of the loopback until the block ends."""

    class Handler(_Handler):
        @property
        def model(self) -> LanguageModel:
            return model

    with _Server(("127.0.0.1", 0), Handler) as server:
        model = LanguageModel(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield model
        finally:
            model.closing.set()
            if model.silent:
                model.silent.set()
            server.shutdown()
            thread.join()
    assert model.complaints == []


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: LanguageModel

    def do_POST(self) -> None:
        model = self.model
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = json.loads(self.rfile.read(int(headers["content-length"])))
        model.headers.append(headers)
        model.asked.append(request)
        model.complaints += _complaints(self.path, headers, request)
        if model.silent:
            model.silent.wait()
        if model.endless:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            while not model.closing.is_set():
                self.wfile.write(b" " * 65536)
        elif model.key and headers.get("authorization") != f"Bearer {model.key}":
            self._send(401, _error("Incorrect API key provided"))
        elif request.get("model") != MODEL:
            self._send(404, _error(f"model '{request.get('model')}' not found"))
        elif model.status != 200 or model.body is not None:
            self._send(model.status, model.body or _error("no"))
        else:
            self._send(200, json.dumps(_completion(request, model)).encode())

    def do_GET(self) -> None:
        self.model.complaints.append(f"GET {self.path}")
        self._send(404, b"{}")

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if self.model.location:
            self.send_header("Location", self.model.location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


def _complaints(path: str, headers: dict[str, str], request: Any) -> Iterator[str]:
    if path != "/v1/chat/completions":
        yield f"the path {path}"
    if headers.get("content-type") != "application/json":
        yield "the content type"
    known = {"model": str, "messages": list, "max_tokens": int, "temperature": int, "stream": bool}
    if set(request) != set(known) or not all(type(request[name]) is kind for name, kind in known.items()):
        yield f"the fields {sorted(request)}"
        return
    if not (request["max_tokens"] > 0 and 0 <= request["temperature"] <= 2 and not request["stream"]):
        yield "the numbers"
    roles = [each.get("role") for each in request["messages"]]
    if roles != ["system", "user"] or not all(
        set(each) == {"role", "content"} and type(each["content"]) is str and each["content"]
        for each in request["messages"]
    ):
        yield f"the messages of {roles}"


def _error(said: str) -> bytes:
    error = {"message": said, "type": "invalid_request_error", "param": None, "code": None}
    return json.dumps({"error": error}).encode()


def _completion(request: dict[str, Any], model: LanguageModel) -> dict[str, Any]:
    message = {"role": "assistant", "content": model.write(request["messages"])}
    tokens = sum(len(each["content"].split()) for each in request["messages"])
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": request["model"],
        "system_fingerprint": "fp_ollama",
        "choices": [{"index": 0, "message": message, "finish_reason": model.finish_reason}],
        "usage": {"prompt_tokens": tokens, "completion_tokens": 9, "total_tokens": tokens + 9},
    }
