"""`local-stt demo`"""

import contextlib

import click

from ..console.terminal import notices_shown, open_view
from ..engine import start_engine
from ..model_files import EMBEDDED, require_model
from ..notices import notices
from ..system.installation import BUNDLED_MODELS
from .demo_call import errors, play
from .groups import Command
from .options import SPEED


@click.command(cls=Command)
@click.option("--speed", type=SPEED, default=1.0, show_default=True, help="seconds of the call per second")
def demo(speed: float) -> None:
    """Play a sample call between two people and watch it become text.

    It needs no account, no network and no model of your own.
    """
    view = open_view(as_json=False)
    engine = start_engine(require_model(BUNDLED_MODELS / EMBEDDED), workers=1)
    with contextlib.closing(engine), notices_shown(view):
        notices.info("A caller and a front desk, in real time, recognized by the embedded demo model:\n")
        transcript = play(engine, view, speed)
    wrong, said = errors(transcript.lines())
    click.echo("\nThe transcript:\n")
    click.echo("\n".join(transcript.formatted_lines()))
    click.echo(f"\nWord error rate: {100 * wrong / said:.1f} % ({wrong} of {said} words)")
