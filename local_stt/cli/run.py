"""`local_stt run`"""

import logging

import click

from .. import service
from ..terminal import ViewHandler, open_view
from .options import load_settings, setting_options


@click.command()
@setting_options()
@click.option("--json", "as_json", is_flag=True, help="print events, one JSON object a line")
def run(as_json: bool, **options: object) -> None:
    """Answer the phone: tunnel, number, calls as text. Ctrl-C stops and puts everything back."""
    settings = load_settings(**options)
    view = open_view(as_json=as_json)
    logging.basicConfig(handlers=[ViewHandler(view)], level=logging.WARNING)
    logging.getLogger("local_stt").setLevel(settings.log_level)
    service.run(settings, view)
