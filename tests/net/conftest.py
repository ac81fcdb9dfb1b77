"""What tests of the network share."""

import logging

import pytest


@pytest.fixture
def log():
    """Collect what is logged as an error, or with a traceback."""
    found = []

    class Watch(logging.Handler):
        def emit(self, record):
            if record.exc_info or record.levelno >= logging.ERROR:
                found.append(logging.Formatter().format(record))

    watch = Watch()
    logging.getLogger().addHandler(watch)
    yield found
    logging.getLogger().removeHandler(watch)
