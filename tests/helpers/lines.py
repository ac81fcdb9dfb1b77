"""Lines and listeners that a test feeds and looks at."""

import queue
import threading


class RecordingListener:
    """Remembers the pieces it was given."""

    def __init__(self):
        self.pieces = []
        self.ready, self.finished, self.waited = True, False, False

    def hear(self, piece):
        self.pieces.append(piece)

    def finish(self):
        self.finished = True

    def wait(self, seconds=None):
        assert self.finished
        self.waited = True
        return True


class QueueLine:
    """A line whose messages are put in by the test.  An exception put in is raised."""

    def __init__(self, *texts):
        self.texts = queue.SimpleQueue()
        for text in texts:
            self.texts.put(text)
        self.hung_up = threading.Event()
        self.has_more = False

    def take(self):
        if self.texts.empty():
            return []
        text = self.texts.get()
        if isinstance(text, Exception):
            raise text
        return None if text is None else [text]

    def hang_up(self):
        self.hung_up.set()
        self.texts.put(None)
