"""Write events as JSON, in the form in which they leave this program everywhere else."""

import json
from typing import Any

from .endpoint import Endpoint, Written
from .signing import signed


class JsonEndpoint(Endpoint):
    """An address that takes events as JSON, and the key that signs them."""

    def __init__(self, url: str, key: bytes) -> None:
        super().__init__(url)
        self._key = key

    def write(self, name: str, event: dict[str, Any], at: int) -> Written:
        """Write an event as JSON, signed as Standard Webhooks defines it."""
        body = json.dumps(event, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **signed(self._key, name, at // 1000, body)}
        return Written(body, headers)
