"""Sign posts as Standard Webhooks defines it.  No I/O, no clock.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac


def signed(key: bytes, name: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that sign a post.  `timestamp` is that of the attempt, in seconds since 1970."""
    content = f"{name}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }
