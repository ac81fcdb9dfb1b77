"""Chooses the credentials that go with a request.

requests prefers those that a `.netrc` has for the host, or for any host, to those in the address.
"""

import requests
from requests.utils import get_auth_from_url


def in_address(url: str) -> tuple[str, str] | None:
    """Return the name and the password in an address; None if it has none."""
    found: tuple[str, str] = get_auth_from_url(url)
    return found if any(found) else None


def nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no credentials, not even those that a `.netrc` has for the host."""
    return request
