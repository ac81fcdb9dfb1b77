"""The command line.  Every error the user can mend ends here: one sentence, exit status 2."""

import os

import click

from .. import __version__
from ..net.loopback import keep_off_proxies
from .call import call
from .calls import calls
from .demo import demo
from .dial import dial
from .encoding import escape_what_output_cannot_express
from .models import models
from .options import Group
from .run import run
from .transcribe import transcribe


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Answers a phone number and turns every call into text while it is spoken, on this machine."""
    escape_what_output_cannot_express()
    keep_off_proxies(os.environ)


for command in (run, call, calls, transcribe, demo, dial, models):
    main.add_command(command)
