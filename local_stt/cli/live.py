"""How calls are shown while they are spoken, by the commands that take them."""

import logging

import click

from ..config import Settings
from ..terminal import View, ViewHandler, open_view

json_option = click.option("--json", "as_json", is_flag=True, help="print events, one JSON object a line")


def live_view(settings: Settings, *, as_json: bool) -> View:
    """What shows calls, and what is logged."""
    view = open_view(as_json=as_json)
    logging.basicConfig(handlers=[ViewHandler(view)], level=logging.WARNING)
    logging.getLogger("local_stt").setLevel(settings.log_level)
    return view
