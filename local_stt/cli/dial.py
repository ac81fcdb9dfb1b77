"""`local_stt dial`"""

import time
from typing import Any

import click
import requests

from ..config import Settings
from ..dialing import OVER, e164
from ..errors import DialError
from ..presence import Present, find_present
from .options import load_settings, setting_options

SECONDS_TO_ANSWER = 120.0
"""For Twilio, which the server asks meanwhile, and which may ask it to wait"""

SECONDS_TO_HEAR_OF_IT = 120.0
"""For somebody to answer, or not"""


@click.command()
@click.argument("number")
@click.option("--connect", default="", help="a second person, who is called when the first has answered")
@click.option("--announcement", help="what the first hears before [default: what callers hear]")
@setting_options("data_dir")
def dial(number: str, connect: str, announcement: str | None, **options: object) -> None:
    """Have the local_stt that runs call NUMBER, and transcribe both sides."""
    order = {"to": e164(number), "connect": e164(connect) if connect else "", "announcement": announcement}
    settings = load_settings(**options)
    server = _running(settings)
    placed = _asked(server, "POST", "/api/dial", order)
    click.echo(f"Calling {order['to']}: {placed['call_id']}", err=True)
    status = _followed(server, placed)
    if status in OVER[1:]:
        raise DialError(f"{order['to']} was not reached ({status}).")
    click.echo(f"{order['to']} has answered; local_stt shows what is said.", err=True)


def _running(settings: Settings) -> Present:
    found = find_present(settings.data_dir / "running")
    if found is None:
        raise DialError(
            f"No local_stt runs with the data folder {settings.data_dir}: start one with `make run`, or name "
            "its folder with --data-dir."
        )
    return found


def _followed(server: Present, placed: dict[str, Any]) -> str:
    """What has become of the call, when it is answered or over."""
    until = time.monotonic() + SECONDS_TO_HEAR_OF_IT
    while time.monotonic() < until:
        status = str(_asked(server, "GET", f"/api/dial/{placed['call_id']}")["status"])
        if status in ("in-progress", "answered", *OVER):
            return status
        time.sleep(0.5)
    raise DialError(
        f"Nothing was heard of call {placed['call_id']} for {SECONDS_TO_HEAR_OF_IT:.0f} s: "
        "Twilio may not reach this server; look at https://console.twilio.com before you call again."
    )


def _asked(server: Present, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        answer = requests.request(
            method,
            server.url + path,
            json=body,
            headers={"Authorization": f"Bearer {server.token}"},
            timeout=SECONDS_TO_ANSWER,
        )
        said: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise DialError(f"local_stt at {server.url} does not answer ({type(error).__name__}).") from error
    if not answer.ok:
        raise DialError(str(said.get("error", answer.status_code)))
    return said
