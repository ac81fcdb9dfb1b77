"""A public address for a local port, by ngrok.  pyngrok lives here, which downloads it and reads its log.

ngrok is started here and not by pyngrok, which drives it through an API on this machine.  That asks for no
password: every user of the machine could read all requests there, and have ngrok publish this user's files.
"""

import contextlib
import logging
import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue

from pyngrok import conf, installer
from pyngrok.exception import PyngrokError
from pyngrok.log import NgrokLog

from .abandoned import noted
from .errors import TunnelError

SECONDS_TO_START = 15

CONFIGURATIONS = Path(__file__).parent / "ngrok"
"""What ngrok's configuration must say, in both forms that it reads"""

LOGGING = ("--log=stdout", "--log-format=logfmt", "--log-level=info")

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
    """Whether ngrok can start: an authtoken is set, or `ngrok config add-authtoken` left one."""
    return bool(authtoken) or "authtoken:" in _users_configuration()


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
    """The https address under which the internet reaches `local_url`, while it lasts.

    Downloads the ngrok program when there is none.  Raises `TunnelError` with the remedy; if ngrok
    ends by itself later, calls `on_death` with one, from another thread.  The process is noted in
    the folder `notes` for `end_abandoned`.
    """
    program = ngrok_path or Path(conf.DEFAULT_NGROK_PATH)
    _download(program)
    command = [str(program), "http", local_url, "--inspect=false", *_configured(), *LOGGING]
    agent = _Agent(
        command + ([f"--url=https://{domain}"] if domain else []), _environment(os.environ, authtoken)
    )
    with contextlib.closing(agent):
        public_url = agent.address()
        with noted(agent.pid, notes):  # not before: a script that starts ngrok has become ngrok by now
            threading.Thread(target=agent.watch, args=(on_death,), daemon=True).start()
            yield public_url


def _download(program: Path) -> None:
    """Have the ngrok program, whose download shows its own progress."""
    if program.exists():
        return
    logging.getLogger("pyngrok").setLevel(logging.CRITICAL)  # what matters arrives as an exception
    try:
        with contextlib.redirect_stdout(sys.stderr):
            installer.install_ngrok(str(program))
    except (PyngrokError, OSError) as error:
        raise TunnelError(
            "The ngrok program could not be downloaded: install it from https://ngrok.com/download and set "
            "PYNGROK_NGROK_PATH to it, or use a tunnel of your own with --public-url."
        ) from error


def _configured() -> list[str]:
    """Return the options for the user's configuration of ngrok, if there is one, and for ours, which wins.

    Both must be of the same form: ngrok merges them.
    """
    users = _users_configuration()
    form = "2" if re.search(r"^version\W+2\b", users, re.MULTILINE) else "3"
    files = [conf.DEFAULT_NGROK_CONFIG_PATH] * bool(users) + [str(CONFIGURATIONS / f"{form}.yml")]
    return [f"--config={file}" for file in files]


def _users_configuration() -> str:
    try:
        return Path(conf.DEFAULT_NGROK_CONFIG_PATH).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _environment(environ: Mapping[str, str], authtoken: str) -> dict[str, str]:
    """Make ngrok's environment.  On its command line every user of the machine could read the authtoken."""
    return dict(environ) | ({"NGROK_AUTHTOKEN": authtoken} if authtoken else {})


class _Agent:
    """An ngrok that runs."""

    def __init__(self, command: list[str], environ: Mapping[str, str]) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # or Ctrl-C would close the tunnel under calls still being finished
            )
        except OSError as error:
            raise _not_ngrok(command[0], error.strerror) from error
        self._program = command[0]
        self._is_closing = False
        self._said: deque[NgrokLog] = deque(maxlen=100)
        self._found: SimpleQueue[str | TunnelError] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def address(self) -> str:
        """Wait for the public address.  Raises `TunnelError`."""
        try:
            found = self._found.get(timeout=SECONDS_TO_START)
        except Empty:
            raise TunnelError(_too_slow(list(self._said))) from None
        if isinstance(found, TunnelError):
            raise found
        return found

    def watch(self, on_death: Callable[[TunnelError], object]) -> None:
        """Wait until it ends; if it does so by itself, call `on_death`."""
        status = self._process.wait()
        if not self._is_closing:
            how = f"exit status {status}" if status >= 0 else f"signal {-status}"
            on_death(TunnelError(f"ngrok has ended by itself ({how}), so no call can come in: start again."))

    def close(self) -> None:
        """End it."""
        self._is_closing = True
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        """Read its log to the end, for as long as it runs: it would wait for a reader otherwise."""
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self._take(line)
        self._found.put(TunnelError(_refused(list(self._said))))

    def _take(self, line: bytes) -> None:
        """Take a line of its log; the first that says how the start ended counts."""
        try:
            said = NgrokLog(line.decode())
        except UnicodeDecodeError:
            self._found.put(_not_ngrok(self._program, "it does not write text"))
            return
        self._said.append(said)
        url = getattr(said, "url", None)
        if said.msg == "started tunnel" and url:
            self._found.put(str(url))


def _not_ngrok(program: str, reason: str | None) -> TunnelError:
    return TunnelError(f"{program} cannot be run ({reason}): set PYNGROK_NGROK_PATH to the ngrok program.")


def _too_slow(said: list[NgrokLog]) -> str:
    last = f" It said last: {_shown(said[-1])}." if said else ""
    return (
        f"ngrok was not ready within {SECONDS_TO_START} s.{last} Check that this network, or the proxy it "
        "needs, lets ngrok out, and that PYNGROK_NGROK_PATH, if set, is the ngrok program; or use a "
        "tunnel of your own with --public-url."
    )


def _refused(said: list[NgrokLog]) -> str:
    code = next(filter(None, (re.search(r"ERR_NGROK_\d+", each.line) for each in said)), None)
    if code and code[0] in _REMEDIES:
        return f"ngrok did not open a tunnel ({code[0]}): {_REMEDIES[code[0]]}"
    told = next((_shown(each) for each in reversed(said) if each.lvl in ("ERROR", "CRITICAL")), "")
    told = told or " ".join(each.line for each in said if each.line.startswith("ERROR:")) or "it ended."
    return f"ngrok did not open a tunnel: {told} Another tunnel of your own can be given with --public-url."


def _shown(said: NgrokLog) -> str:
    return said.err or said.msg or said.line
