"""Divide lists into pages as Twilio does: each names the address of the next one.

Source: https://www.twilio.com/docs/usage/twilios-response#pagination
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request

from ..parameters import number
from ..submissions import Answer
from . import answers

DEFAULT_PAGE, MAX_PAGE = 50, 1000

PLACES = ("Page", "PageToken", "PageSize")
"""Parameters that say which page is wanted"""


def page_size() -> int:
    return min(max(1, number("PageSize", DEFAULT_PAGE)), MAX_PAGE)


def page_token() -> int | None:
    """Return the place after which the page begins."""
    return number("PageToken", 0) or None


def page_of(key: str, found: Sequence[Answer], token: int | None) -> Answer:
    """Write a page; `token` is the place after which the next one begins, None after the last."""
    size, page = page_size(), number("Page", 0)
    filters = {name: value for name, value in request.args.items() if name not in PLACES}

    def address(**parameters: int) -> str:
        return f"{request.base_url}?{urlencode(filters | {'PageSize': size} | parameters)}"

    token_here = page_token()
    here = {"PageToken": token_here} if token_here else {}
    links = {
        "first_page_url": address(Page=0),
        "url": address(Page=page, **here),
        "previous_page_url": None,
        "next_page_url": None if token is None else address(Page=page + 1, PageToken=token),
    }
    return answers.page(key, found, page, size, links)


def cut(key: str, every: Sequence[Answer]) -> Answer:
    """Write a page of a list that is there as a whole."""
    begin, end = page_token() or 0, (page_token() or 0) + page_size()
    return page_of(key, every[begin:end], end if len(every) > end else None)
