"""`local-stt dial`"""

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import click
import requests

from ..errors import DialError
from ..net.bounded_http import Bounds, bounded_session, whole_body
from ..notices import notices
from ..service import program
from ..system.instance import Instance, find_instance
from ..system.shutdown import stopped_by_signals
from ..telephony.call_statuses import ANSWERED, OVER
from ..telephony.outbound import (
    ANSWER_TIMEOUT,
    OutboundCall,
    hang_up_failure,
    unknown_status,
    validated,
)
from .groups import Command
from .options import TEXT, load_settings, setting_options
from .output import json_option, live_view

RESPONSE_TIMEOUT = 120.0
"""Seconds, as the server asks Twilio, which may tell it to wait"""

MAX_BYTES = 1_000_000
"""Bytes of an answer"""

SETTINGS = (
    *("phone_number", "tunnel", "public_url", "ngrok_domain", "host", "port"),
    *("greeting", "max_call_minutes", "phones", "tracks", "dials_per_hour"),
    *("model", "second_pass", "models_dir", "words", "upper_band", "gate", "workers"),
    *("format_text", "punctuation", "spelling", "key_terms", "fillers", "filter_profanity"),
    *("finish_seconds", "keep_bad_audio"),
    *("keep_calls", "record_calls", "data_dir", "log_level"),
)
"""The options of `run` that matter to one call"""


@click.command(cls=Command)
@click.argument("number", type=TEXT)
@click.option(
    "--connect", type=TEXT, default="", help="a second person, who is called when the first has answered"
)
@click.option("--announcement", type=TEXT, help="what the person hears first, instead of the greeting")
@setting_options(*SETTINGS)
@json_option
def dial(
    number: str,
    connect: str,
    announcement: str | None,
    as_json: bool,
    data_dir: str | None,
    **options: object,
) -> None:
    """Call NUMBER and transcribe both sides.

    A local_stt that runs with the same data folder places the call.  If none runs, this command takes
    the call itself and ends with it.

    \b
    Examples:
      local-stt dial +12025550123
      local-stt dial +12025550123 --connect +14155552671 --announcement "One moment, please."
    """
    outbound_call = validated(OutboundCall(number, connect, announcement))
    settings = load_settings(data_dir=data_dir, **options)
    with live_view(settings, as_json=as_json) as view:
        if server := find_instance(settings.data_dir / "running"):
            if as_json or any(given is not None for given in options.values()):
                click.echo(
                    "A local_stt runs and takes the call as it is set; the options are not used.", err=True
                )
            with stopped_by_signals("Hanging up"):
                _have_placed(server, outbound_call)
        else:
            program.dial(settings, view, outbound_call)


def _have_placed(server: Instance, outbound_call: OutboundCall) -> None:
    """Have the running program place a call, and wait until it is answered or over.

    Ctrl-C hangs up.  Raises `DialError` where nobody was reached.
    """
    with ThreadPoolExecutor(1) as executor:  # so that an interrupted wait still learns the call's id
        placing = executor.submit(_asked, server, "POST", "/api/dial", asdict(outbound_call))
        try:
            call_id = str(placing.result()["call_id"])
            notices.info(f"Calling {outbound_call.to}: {call_id}. Ctrl-C hangs up until somebody answers.")
            status = _followed(server, call_id)
        except KeyboardInterrupt:
            _hang_up(server, placing)
            raise
    if status in OVER[1:]:
        raise DialError(f"{outbound_call.to} was not reached ({status}).")
    notices.info(f"{outbound_call.to} has answered; local_stt shows what is said.")


def _followed(server: Instance, call_id: str) -> str:
    """Wait until the call is answered or over, and return its status."""
    until = time.monotonic() + ANSWER_TIMEOUT
    while time.monotonic() < until:
        status = str(_asked(server, "GET", f"/api/dial/{call_id}")["status"])
        if status in (*ANSWERED, *OVER):
            return status
        time.sleep(0.5)
    raise unknown_status(call_id)


def _hang_up(server: Instance, placing: Future[dict[str, Any]]) -> None:
    if error := placing.exception():  # there is no call, or its state is not known, as the error says
        notices.info(str(error))
        return
    try:
        _asked(server, "DELETE", f"/api/dial/{placing.result()['call_id']}")
    except DialError as error:
        notices.info(hang_up_failure(error))


def _asked(server: Instance, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        with bounded_session(Bounds(RESPONSE_TIMEOUT)) as session:
            session.trust_env = False  # neither a proxy nor .netrc: the program is on this machine
            answer = session.request(
                method,
                server.url + path,
                json=body,
                headers={"Authorization": f"Bearer {server.token}"},
                timeout=RESPONSE_TIMEOUT,
                stream=True,
            )
            said: dict[str, Any] = json.loads(whole_body(answer, MAX_BYTES))
    except (requests.RequestException, ValueError, RecursionError) as error:
        raise DialError(f"local_stt at {server.url} does not answer ({type(error).__name__}).") from error
    if not answer.ok:
        raise DialError(str(said.get("error", answer.status_code)))
    return said
