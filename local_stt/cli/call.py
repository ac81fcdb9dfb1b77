"""`local_stt call`"""

import secrets
from pathlib import Path
from typing import Any

import click

from ..audio_file import read_phone_audio
from ..config.settings import ServerSettings
from ..console.progress import progress
from ..demo import RECORDING
from ..errors import CallError
from ..net.http_server import local_urls
from ..simulator import Caller, Faults, place_call
from ..telephony.addresses import Addresses
from .groups import Command
from .options import SPEED, TEXT, Number, PathName, load_settings, setting_options


class _Share(click.ParamType[float]):
    """A share of the packets: 0.02, 2% or 2 (percent)."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        if text == "1":
            self.fail("1 can be read in two ways: write 1% or 100%", param, ctx)
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            self.fail(f"{text!r} is not a share, such as 0.02 or 2%", param, ctx)
        share = number / 100 if text.endswith("%") or number > 1 else number
        if not 0 <= share <= 1:
            self.fail(f"{text!r} is not a share between nothing and all of them", param, ctx)
        return share


@click.command(cls=Command)
@click.argument("audio", type=PathName(path_type=Path), default=RECORDING)
@click.option(
    "--to",
    type=TEXT,
    default="",
    help="the stream to call, if not this machine's at the host and port of the settings",
)
@click.option("--speed", type=SPEED, default=1.0, show_default=True, help="seconds of the call per second")
@click.option("--loss", type=_Share(), default="0", help="share of packets that are lost, such as 0.02 or 2%")
@click.option("--swap", type=_Share(), default="0", help="share of packets that the next one overtakes")
@click.option("--duplicate", type=_Share(), default="0", help="share of packets that arrive twice")
@click.option(
    "--jitter", type=Number(0, 60_000), default=0.0, help="packets arrive up to this number of ms late"
)
@click.option("--no-stop", is_flag=True, help="the connection breaks at the end, without a stop message")
@click.option(
    "--seed", type=int, default=0, help="number that selects the faults; the same one makes the same faults"
)
@click.option(
    "--caller", "number", type=TEXT, default="+15550100001", show_default=True, help="the number that calls"
)
@click.option(
    "--called", type=TEXT, default="+15550100002", show_default=True, help="the number that is called"
)
@setting_options("host", "port")
def call(
    audio: Path,
    to: str,
    speed: float,
    seed: int,
    number: str,
    called: str,
    host: str | None,
    port: str | None,
    **faults: Any,
) -> None:
    """Place a test call from an AUDIO file, as Twilio would.

    It needs a running server (`local-stt run`), and no account.  Of two channels, the second is the
    callee.  Without AUDIO it plays the call of the demo.

    \b
    Examples:
      local-stt call greeting.wav
      local-stt call --loss 2% --jitter 40 greeting.wav
    """
    settings = load_settings(host=host, port=port)
    to = to or _local_stream(settings.server)
    channels = read_phone_audio(audio)
    with progress(f"Playing {audio.name}") as report:
        placed = place_call(
            channels,
            to=to,
            caller=Caller("CA" + secrets.token_hex(16), number, called),
            auth_token=settings.twilio.auth_token,
            faults=_faults(**faults),
            speed=speed,
            seed=seed,
            progress=report,
        )
    click.echo(f"Call {placed.call_id} is over: {placed.seconds:.1f} s, {placed.sent} packets.", err=True)
    if placed.cut:
        click.echo("It was cut short, as the TwiML says. See LOCAL_STT_MAX_CALL_MINUTES.", err=True)


def _local_stream(settings: ServerSettings) -> str:
    """Return the stream of a server that was started with these settings on this machine."""
    if not settings.port:
        raise CallError(
            "LOCAL_STT_PORT is 0, any free port, so only the server knows which: "
            "name the stream it is taking calls on with --to."
        )
    return Addresses(local_urls(settings.host, settings.port)[0]).stream


def _faults(loss: float, swap: float, duplicate: float, jitter: float, no_stop: bool) -> Faults:
    return Faults(loss, swap, duplicate, jitter, stop=not no_stop)
