"""What commands print: the live view of calls, and sentences."""

import contextlib
import logging
import threading
from collections.abc import Iterable, Iterator

import click

from ..config.settings import Settings
from ..console.terminal import View, ViewHandler, notices_shown, one_line, open_view

logger = logging.getLogger(__name__)

json_option = click.option("--json", "as_json", is_flag=True, help="print events, one JSON object a line")


@contextlib.contextmanager
def live_view(settings: Settings, *, as_json: bool) -> Iterator[View]:
    """Yield a view of calls, which shows notices and log messages too."""
    view = open_view(as_json=as_json)
    with shown_by(view, settings):
        yield view


@contextlib.contextmanager
def shown_by(view: View, settings: Settings) -> Iterator[None]:
    """Have a view show notices and log messages."""
    logging.basicConfig(handlers=[ViewHandler(view)], level=logging.WARNING)
    logging.getLogger("local_stt").setLevel(settings.log_level)
    threading.excepthook = _log_uncaught
    with notices_shown(view):
        yield


def print_sentences(sentences: Iterable[str]) -> None:
    """Print each sentence as soon as it is known."""
    for sentence in sentences:
        click.echo(one_line(sentence))


def _log_uncaught(uncaught: threading.ExceptHookArgs) -> None:
    """Log what ended a thread.

    Python itself would print it with its message, which may quote what was said.
    """
    if uncaught.exc_value and not isinstance(uncaught.exc_value, SystemExit):
        logger.error("A thread was ended by an error in this program", exc_info=uncaught.exc_value)
