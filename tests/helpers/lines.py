"""Lines and sinks that a test feeds and looks at."""

import queue
import threading


class CollectingSink:
    """Remembers the chunks it was given."""

    def __init__(self):
        self.chunks = []
        self.ready, self.finished, self.waited = True, False, False

    def push(self, chunk):
        self.chunks.append(chunk)

    def finish(self):
        self.finished = True

    @property
    def is_complete(self):
        return self.finished

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
        self.has_more = self.is_urgent = False

    def read_messages(self):
        if self.texts.empty():
            return []
        text = self.texts.get()
        if isinstance(text, Exception):
            raise text
        return None if text is None else [text]

    def hang_up(self):
        self.hung_up.set()
        self.texts.put(None)
