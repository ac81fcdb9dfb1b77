"""`local_stt run`"""

import click

from ..service import application
from .options import load_settings, setting_options
from .output import json_option, live_view


@click.command()
@setting_options()
@json_option
def run(as_json: bool, **options: object) -> None:
    """Answer the phone: tunnel, number, calls as text. Ctrl-C stops and puts everything back."""
    settings = load_settings(**options)
    with live_view(settings, as_json=as_json) as view:
        application.run(settings, view)
