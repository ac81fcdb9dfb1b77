"""`local-stt run`"""

import click

from ..service import program
from .groups import Command
from .options import load_settings, setting_options
from .output import json_option, live_view


@click.command(cls=Command)
@setting_options()
@json_option
def run(as_json: bool, **options: object) -> None:
    """Answer the phone: open a tunnel, point the number here, show calls as text.

    Ctrl-C finishes the calls in progress, restores the number's previous webhook and closes the tunnel.

    \b
    Examples:
      local-stt run
      local-stt run --no-tunnel --port 9000
      local-stt run --public-url https://calls.example.com --record-calls
    """
    settings = load_settings(**options)
    with live_view(settings, as_json=as_json) as view:
        program.run(settings, view)
