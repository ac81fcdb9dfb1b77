"""Opens a public address for a local port, by ngrok.  pyngrok is used only here."""

import contextlib
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyngrok import conf, ngrok
from pyngrok import process as agents
from pyngrok.exception import PyngrokError, PyngrokNgrokError, PyngrokNgrokInstallError

from ..errors import TunnelError
from ..system.orphans import tracked
from .timeouts import within

START_TIMEOUT = 15
"""Seconds for ngrok to start; pyngrok's own limit applies only between two lines of ngrok's log"""

DOWNLOAD_TIMEOUT = 600
"""Seconds to download the ngrok program, some ten megabytes"""

_REMEDIES = {
    "ERR_NGROK_4018": "NGROK_AUTHTOKEN is not set: copy it from https://dashboard.ngrok.com/get-started/your-authtoken.",
    "ERR_NGROK_105": "NGROK_AUTHTOKEN is not an authtoken: copy it from https://dashboard.ngrok.com/get-started/your-authtoken.",
    "ERR_NGROK_107": "NGROK_AUTHTOKEN was revoked or belongs to nobody: copy it anew from https://dashboard.ngrok.com.",
    "ERR_NGROK_108": "this ngrok account has no session left: stop the other ngrok, or use --public-url.",
    "ERR_NGROK_121": "this ngrok program is too old: update it, or unset PYNGROK_NGROK_PATH.",
    "ERR_NGROK_320": "NGROK_DOMAIN is not reserved for this ngrok account: see https://dashboard.ngrok.com/domains.",
    "ERR_NGROK_334": "NGROK_DOMAIN is in use by another tunnel: stop that one, or unset the setting.",
}


def has_authtoken(authtoken: str) -> bool:
    """Check whether ngrok has an authtoken: one is set, or `ngrok config add-authtoken` left one."""
    config = Path(conf.DEFAULT_NGROK_CONFIG_PATH)
    try:
        return bool(authtoken) or "authtoken:" in config.read_text(encoding="utf-8")
    except OSError:
        return False


def ngrok_version(ngrok_path: Path | None) -> str:
    """Run the ngrok program and return its version; empty where there is none yet.

    Raises `TunnelError` for a program that cannot be run.
    """
    program = ngrok_path or Path(conf.get_default().ngrok_path)
    if not ngrok_path and not program.exists():
        return ""
    try:
        said = subprocess.run(
            [program, "version"], capture_output=True, text=True, timeout=START_TIMEOUT, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise TunnelError(
            f"{program} cannot be run ({reason}): set PYNGROK_NGROK_PATH to the ngrok program."
        ) from error
    return said.stdout.strip().removeprefix("ngrok version ") or "of an unknown version"


@contextlib.contextmanager
def open_tunnel(
    local_url: str,
    *,
    authtoken: str,
    domain: str = "",
    ngrok_path: Path | None = None,
    notes: Path,
    on_death: Callable[[TunnelError], object],
) -> Iterator[str]:
    """Open a tunnel; yield the https address at which the internet reaches `local_url`.

    Downloads the ngrok program when there is none.  Raises `TunnelError` with the remedy; if ngrok
    ends by itself later, calls `on_death` with one, from another thread.  The process is noted in
    the folder `notes` for `end_orphans`.
    """
    logging.getLogger("pyngrok").setLevel(logging.CRITICAL)  # what matters arrives as an exception
    config = conf.PyngrokConfig(
        ngrok_path=str(ngrok_path) if ngrok_path else None,
        startup_timeout=START_TIMEOUT,
        start_new_session=True,  # or Ctrl-C would close the tunnel under calls still being finished
    )
    config.auth_token = None  # or pyngrok puts it on the command line, which every user can list
    options: dict[str, Any] = {"inspect": False}  # or all users of the machine could read the requests
    if domain:
        options["url"] = f"https://{domain}"
    closing = threading.Event()
    with contextlib.ExitStack() as stack:
        stack.callback(_end, config)
        stack.callback(closing.set)
        try:
            with contextlib.redirect_stdout(sys.stderr):  # pyngrok prints the progress of its download
                with _in_environment("NGROK_AUTHTOKEN", authtoken):
                    process = _started(config)
                stack.enter_context(tracked(process.pid, notes))
                tunnel = _connected(local_url, config, options)
            public_url = str(tunnel.public_url)
        except (PyngrokError, OSError, UnicodeDecodeError) as error:
            raise TunnelError(_explained(error, config.ngrok_path)) from error
        threading.Thread(target=_watch, args=(process, closing, on_death), daemon=True).start()
        yield public_url


def _started(config: conf.PyngrokConfig) -> "subprocess.Popen[str]":
    """Start ngrok, after its download if there is none; the download shows its own progress.

    Raises what pyngrok raises, and `TunnelError` when ngrok is not ready in time.
    """
    try:
        within(DOWNLOAD_TIMEOUT, lambda: ngrok.install_ngrok(config))
    except TimeoutError as error:
        raise PyngrokNgrokInstallError("the download takes too long") from error
    try:
        return within(START_TIMEOUT, lambda: ngrok.get_ngrok_process(config)).proc
    except TimeoutError as error:
        raise TunnelError(_too_slow(_process(config))) from error


def _connected(local_url: str, config: conf.PyngrokConfig, options: dict[str, Any]) -> ngrok.NgrokTunnel:
    """Have ngrok open a tunnel.  Raises what pyngrok raises, and `TunnelError` when that takes too long."""
    try:
        return within(START_TIMEOUT, lambda: ngrok.connect(addr=local_url, pyngrok_config=config, **options))
    except TimeoutError as error:
        raise TunnelError(_too_slow(_process(config))) from error


def _process(config: conf.PyngrokConfig) -> "agents.NgrokProcess | None":
    """Return the ngrok process that runs or is being started.

    pyngrok's own functions wait for a lock, which a start that does not end never releases.
    """
    return agents._current_processes.get(config.ngrok_path)


def _end(config: conf.PyngrokConfig) -> None:
    """End ngrok, even if its start never ended."""
    if started := _process(config):
        started.proc.kill()
        started.proc.wait()
        agents._current_processes.pop(config.ngrok_path, None)


def _too_slow(started: "agents.NgrokProcess | None") -> str:
    last = started.logs[-1] if started and started.logs else None
    said = f" It said last: {getattr(last, 'err', None) or last.msg or last.line}." if last else ""
    return (
        f"ngrok was not ready within {START_TIMEOUT} s.{said} Check that this network, or the proxy it "
        "needs, lets ngrok out, and that PYNGROK_NGROK_PATH, if set, is the ngrok program; or use a "
        "tunnel of your own with --public-url."
    )


def _watch(
    process: "subprocess.Popen[str]", closing: threading.Event, on_death: Callable[[TunnelError], object]
) -> None:
    status = process.wait()
    if not closing.is_set():
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        on_death(TunnelError(f"ngrok has ended by itself ({how}), so no call can come in: start again."))


@contextlib.contextmanager
def _in_environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for the processes started meanwhile, unless it is empty."""
    before = os.environ.get(name)
    if value:
        os.environ[name] = value
    try:
        yield
    finally:
        if before is not None:
            os.environ[name] = before
        elif value:
            del os.environ[name]


def _explained(error: Exception, ngrok_path: str) -> str:
    if isinstance(error, PyngrokNgrokInstallError):
        return (
            "The ngrok program could not be downloaded: install it from https://ngrok.com/download and set "
            "PYNGROK_NGROK_PATH to it, or use a tunnel of your own with --public-url."
        )
    if isinstance(error, OSError | UnicodeDecodeError):
        reason = getattr(error, "strerror", None) or "it does not write text"
        return f"{ngrok_path} cannot be run ({reason}): set PYNGROK_NGROK_PATH to the ngrok program."
    text = f"{error} {getattr(error, 'body', '')} {getattr(error, 'ngrok_error', '')}"
    code = re.search(r"ERR_NGROK_\d+", text)
    if code and code[0] in _REMEDIES:
        return f"ngrok did not open a tunnel ({code[0]}): {_REMEDIES[code[0]]}"
    said = error.ngrok_error if isinstance(error, PyngrokNgrokError) and error.ngrok_error else error
    return f"ngrok did not open a tunnel: {said} Another tunnel of your own can be given with --public-url."
