"""The command line: an error that the user can correct is one sentence, with exit status 2."""

import os

import click

from ..net.loopback import keep_off_proxies
from .encoding import escape_what_output_cannot_express
from .groups import LazyGroup

COMMANDS = {
    "Calls": {
        "run": "Answer the phone: open a tunnel, point the number here, show calls as text.",
        "dial": "Call NUMBER and transcribe both sides.",
        "calls": "List, read, search, export and delete the calls that were kept.",
        "contacts": "Give the numbers of callers names: one by one, or from a file.",
    },
    "Audio files": {
        "transcribe": "Transcribe audio FILES, or recordings that Twilio has.",
        "work": "Transcribe files that wait for any host, and do nothing else.",
    },
    "Trying it": {
        "demo": "Play a sample call between two people and watch it become text.",
        "call": "Place a test call from an AUDIO file, as Twilio would.",
    },
    "Setting up": {
        "doctor": "Check what calls need, and say what to do about each problem.",
        "wire": "Point the numbers at the public address of several hosts, until `unwire`.",
        "unwire": "Put back what the numbers did before `wire`, from any host.",
        "models": "List, download and check speech models.",
    },
}

EXAMPLES = """\b
Examples:
  local-stt demo                    watch a sample call become text
  local-stt run                     answer your own number
  local-stt transcribe talk.mp3     transcribe an audio file
  local-stt calls search invoice    find what was said"""


def _show_versions(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from .versions import versions  # it takes long to import

        for name, version in versions():
            click.echo(f"{name} {version}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    sections=COMMANDS,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_versions,
    help="Show the versions of local_stt and vosk, and the model that is used.",
)
def main() -> None:
    """Answer a phone number and turn every call into text while it is spoken, on this machine."""
    escape_what_output_cannot_express()
    keep_off_proxies(os.environ)
