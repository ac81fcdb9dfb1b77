"""Read the beginning of a stream, up to the message that identifies its call.  No I/O."""

from ..errors import BadMessage
from . import media_stream


class Opening:
    """Takes a stream's messages until it has started, or has ended before that."""

    call_id = ""
    ready = True

    def __init__(self) -> None:
        self.start: media_stream.Start | None = None
        self.message: media_stream.Received = ""
        """The message that started the stream, as it came"""
        self.stopped = False
        """Whether it takes no more messages"""

    def receive(self, message: media_stream.Received) -> None:
        """Take one message.  Raises `BadMessage` for a message that makes no sense before the start."""
        match media_stream.parse(message):
            case media_stream.Media():
                raise BadMessage("audio came before the stream started")
            case media_stream.Digit():
                raise BadMessage("a key was pressed before the stream started")
            case media_stream.Start() as start:
                self.start, self.message, self.stopped = start, message, True
            case media_stream.Stop():
                self.stopped = True
