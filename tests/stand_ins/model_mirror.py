"""A stand-in for the server the official models are on, with its faults on request."""

import hashlib
import io
import json
import stat
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import urlsplit

MODEL_FILES = {
    "am/final.mdl": Random(1).randbytes(300_000),  # noise, so that the archive stays large
    "conf/mfcc.conf": b"--sample-frequency=16000\n",
    "conf/model.conf": b"--beam=12\n",
    "graph/HCLG.fst": b"graph",
    "graph/phones/word_boundary.int": b"1 begin\n",
}


def archive(files: Mapping[str, bytes], top: str = "", **info: Any) -> bytes:
    """A zip of these files below the folder `top`; `info` are attributes of each `ZipInfo`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{top}/{name}" if top else name)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in info.items():
                setattr(entry, attribute, value)
            zipped.writestr(entry, content)
    return buffer.getvalue()


def tar_archive(files: Mapping[str, bytes], top: str = "", **info: Any) -> bytes:
    """A tar.bz2 of these files below the folder `top`; `info` are attributes of each `TarInfo`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:bz2") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{top}/{name}" if top else name)
            entry.size = len(content)
            for attribute, value in info.items():
                setattr(entry, attribute, value)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@dataclass
class ModelMirror:
    """What it serves, what it was asked, and what is wrong with it."""

    port: int
    entries: list[Any] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range of each request"""

    # Faults
    cut_after: int | None = None
    """Bytes of a body after which the connection is closed"""
    stall_after: int | None = None
    """Bytes of a body after which nothing more comes"""
    silent: bool = False
    """Accept and read, and never answer"""
    trickle: bytes = b""
    """Answer with this, again and again, one byte at a time"""
    knows_ranges: bool = True
    sends_length: bool = True
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def list_url(self) -> str:
        return f"{self.url}/models/model-list.json"

    def offer(self, name: str, content: bytes, /, **changes: Any) -> None:
        """Serve an archive, and list it with `changes` to its entry."""
        self.files[f"/models/{name}.zip"] = content
        entry = {
            "lang": "en-us",
            "lang_text": "US English",
            "md5": hashlib.md5(content).hexdigest(),
            "name": name,
            "obsolete": "false",
            "size": len(content),
            "size_text": "0.3MiB",
            "type": "small",
            "url": f"{name}.zip",
            "version": "0.1",
        }
        self.entries.append(entry | changes)


@contextmanager
def model_mirror() -> Iterator[ModelMirror]:
    """Serve on a free port of the loopback until the block ends."""

    class Handler(_Handler):
        @property
        def mirror(self) -> ModelMirror:
            return mirror

    with _Server(("127.0.0.1", 0), Handler) as server:
        mirror = ModelMirror(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mirror
        finally:
            mirror.closing.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing the server waits for them

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    mirror: ModelMirror

    def do_GET(self) -> None:
        path, asked_range = urlsplit(self.path).path, self.headers["Range"]
        self.mirror.asked.append((path, asked_range))
        if self.mirror.silent:
            self.mirror.closing.wait()
        elif self.mirror.trickle:
            self._trickle()
        elif path == urlsplit(self.mirror.list_url).path:
            self._send(json.dumps(self.mirror.entries).encode(), None)
        elif path in self.mirror.files:
            self._send(self.mirror.files[path], asked_range if self.mirror.knows_ranges else None)
        else:
            self.send_error(404)

    def _send(self, content: bytes, asked_range: str | None) -> None:
        start = int(asked_range.removeprefix("bytes=").removesuffix("-")) if asked_range else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if asked_range else 200)
        if asked_range:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if self.mirror.sends_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: self.mirror.cut_after][: self.mirror.stall_after])
        if self.mirror.stall_after is not None:
            self.mirror.closing.wait()

    def _trickle(self) -> None:
        while True:
            for byte in self.mirror.trickle:
                self.wfile.write(bytes([byte]))
                if self.mirror.closing.wait(0.05):
                    return

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""
