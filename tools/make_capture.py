"""Draw docs/live-call.svg: the live view in the middle of the sample call.

    python tools/make_capture.py

Needs nothing but the project itself.  The call is really played and recognized.  The picture shows the
terminal after SHOW_AT seconds of it.
"""

import io
import re
from pathlib import Path

from rich.console import Console

from local_stt import model_files
from local_stt.cli.demo_call import play
from local_stt.console.terminal import LiveView
from local_stt.engine import start_engine
from local_stt.events import CallStarted, Event, FinalText, PartialText
from tools.project import PROJECT

SHOW_AT = 26.0
PICTURE = PROJECT / "docs" / "live-call.svg"


class Recording(LiveView):
    """A live view of the call's first seconds, on a terminal that can be saved as a picture.

    Partials, which change on a live terminal, are drawn at the end only.
    """

    def __init__(self) -> None:
        self.console = Console(record=True, width=96, file=io.StringIO(), force_terminal=True)
        super().__init__(self.console)

    def start(self) -> None:
        """Draw nothing yet."""

    def show(self, event: Event) -> None:
        if _seconds(event) <= SHOW_AT:
            super().show(event)

    def save(self, path: Path) -> None:
        """Save the finals so far with the partials below them."""
        self.console.print(self._being_said())
        picture = self.console.export_svg(title="make run")
        path.write_text(_without_web_fonts(picture), encoding="utf-8")


def _seconds(event: Event) -> float:
    match event:
        case CallStarted():
            return 0.0
        case PartialText():
            return event.at
        case FinalText():
            return event.end + 0.5  # it is final only after the pause that ends it
        case _:
            return float("inf")


def _without_web_fonts(picture: str) -> str:
    """Remove the fonts that rich loads from a public server; the reader's monospace font will do."""
    return re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)


def main() -> None:
    view = Recording()
    engine = start_engine(PROJECT / "models" / model_files.EMBEDDED, workers=0)
    play(engine, view, speed=4)
    view.save(PICTURE)
    print(f"{PICTURE} is drawn")


if __name__ == "__main__":
    main()
