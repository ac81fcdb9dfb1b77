"""A store of calls."""

import pytest

from local_stt.store import open_store


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path)
    yield store
    store.close()
