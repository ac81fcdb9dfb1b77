"""Ask the server of this container whether it is up; the exit status is 0 if it is.

Needs no library, heeds no proxy, and asks the port that the server reads from LOCAL_STT_PORT.
"""

import http.client
import os
import sys

TIMEOUT = 4.0
"""Seconds, fewer than the health check of the image has"""


def is_up(port: int) -> bool:
    """Return whether the server on this port answers `GET /healthz` with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_up(int(os.environ.get("LOCAL_STT_PORT") or 8080)) else 1)
