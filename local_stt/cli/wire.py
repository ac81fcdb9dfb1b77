"""`local-stt wire`"""

import click

from ..service import wiring
from .groups import Command
from .options import load_settings, setting_options
from .output import print_sentences


@click.command(cls=Command)
@setting_options("phone_number", "phones", "public_url", "data_dir", "log_level")
def wire(**options: object) -> None:
    """Point the numbers at the public address of several hosts, until `unwire`.

    These are the numbers that `run` would answer, and LOCAL_STT_PUBLIC_URL is the address.  What they did
    before is kept in the database, so any host can put it back.

    \b
    Examples:
      local-stt wire
      local-stt wire --public-url https://calls.example.com
    """
    print_sentences(wiring.wire(load_settings(**options)))
