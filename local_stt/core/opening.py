"""The beginning of a stream, up to the message that says which call it is of.  No I/O."""

from ..errors import BadMessage
from . import media_stream


class Opening:
    """Takes messages until the stream has started, or is over before it has."""

    call_id = ""
    ready = True

    def __init__(self) -> None:
        self.start: media_stream.Start | None = None
        self.text: str | bytes = ""
        """The message that started it, as it came"""
        self.stopped = False
        """Whether no more messages are wanted"""

    def receive(self, text: str | bytes) -> None:
        """Take one message.  Raises `BadMessage` for one that makes no sense before the start."""
        match media_stream.parse(text):
            case media_stream.Media():
                raise BadMessage("audio came before the stream started")
            case media_stream.Digit():
                raise BadMessage("a key was pressed before the stream started")
            case media_stream.Start() as start:
                self.start, self.text, self.stopped = start, text, True
            case media_stream.Stop():
                self.stopped = True
