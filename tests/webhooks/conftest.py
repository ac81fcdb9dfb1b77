"""What tests of webhooks share."""

import pytest

from stand_ins.receiver import webhook_receiver


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def receiver():
    with webhook_receiver() as receiver:
        yield receiver
