"""Keep the services that programs make, in a file."""

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ....store import now
from ....system.atomic_file import write_atomically
from ....system.private import make_folder

MAX_SERVICES = 1000


@dataclass(frozen=True, slots=True)
class Service:
    """A named set of what is wanted for transcripts."""

    sid: str
    unique_name: str
    friendly_name: str = ""
    language_code: str = "en-US"
    auto_transcribe: bool = False
    auto_redaction: bool = False
    media_redaction: bool = False
    created_at: int = 0
    """Milliseconds since 1970"""
    updated_at: int = 0
    version: int = 1


CHANGEABLE = frozenset(
    {"unique_name", "friendly_name", "language_code", "auto_transcribe", "auto_redaction", "media_redaction"}
)
"""What a program may set"""


class ServiceFile:
    """All services.  Safe to share between threads.  Raises `OSError`."""

    def __init__(self, path: Path) -> None:
        """Keep them at `path`; there is no file before the first one."""
        self._path = path
        self._lock = threading.Lock()

    def listed(self) -> list[Service]:
        """Return all services, the newest first."""
        return list(reversed(self._read().values()))

    def find(self, name: str) -> Service | None:
        """Return the service with a SID or a unique name."""
        return next((each for each in self.listed() if name in (each.sid, each.unique_name)), None)

    def create(self, unique_name: str, **values: Any) -> Service | None:
        """Keep a new service; return None if one has its name, or if there are as many as can be."""
        at = now()
        new = Service("GA" + secrets.token_hex(16), unique_name, created_at=at, updated_at=at, **values)
        with self._lock:
            services = self._read()
            if _has_name(services, unique_name) or len(services) >= MAX_SERVICES:
                return None
            self._write(services | {new.sid: new})
        return new

    def update(self, service: Service, **values: Any) -> Service | None:
        """Change a service; return None if another one has its new name."""
        with self._lock:
            services = self._read()
            before = services.pop(service.sid, service)
            if _has_name(services, values.get("unique_name", before.unique_name)):
                return None
            changed = replace(before, **values, updated_at=now(), version=before.version + 1)
            self._write(services | {changed.sid: changed})
        return changed

    def delete(self, service: Service) -> None:
        """Forget a service.  Its transcripts stay."""
        with self._lock:
            services = self._read()
            services.pop(service.sid, None)
            self._write(services)

    def _read(self) -> dict[str, Service]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return {each["sid"]: Service(**each) for each in kept}

    def _write(self, services: dict[str, Service]) -> None:
        make_folder(self._path.parent)
        write_atomically(self._path, json.dumps([asdict(each) for each in services.values()], indent=2))


def _has_name(services: Mapping[str, Service], name: str) -> bool:
    return any(each.unique_name == name for each in services.values())
