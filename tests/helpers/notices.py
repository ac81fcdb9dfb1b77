"""Notices, as tests read them."""

import logging
from contextlib import contextmanager

from local_stt.notices import notices


class _Collector(logging.Handler):
    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


@contextmanager
def collected_notices():
    """Collect the texts of all notices meanwhile, in the list that is yielded."""
    collector = _Collector()
    notices.addHandler(collector)
    try:
        yield collector.texts
    finally:
        notices.removeHandler(collector)
