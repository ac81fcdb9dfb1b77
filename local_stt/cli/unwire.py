"""`local-stt unwire`"""

import click

from ..service import wiring
from .groups import Command
from .options import load_settings, setting_options
from .output import print_sentences


@click.command(cls=Command)
@click.option(
    "--forget",
    is_flag=True,
    help="leave a number as it is that somebody else has changed, and forget what it did before",
)
@setting_options("data_dir", "log_level")
def unwire(*, forget: bool, **options: object) -> None:
    """Put back what the numbers did before `wire`, from any host."""
    print_sentences(wiring.unwire(load_settings(**options), forget=forget))
