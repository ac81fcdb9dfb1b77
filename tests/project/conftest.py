"""What tests of files outside of the program ask the program."""

import pytest

from helpers.metrics import metric_names as names_of
from helpers.recognizers import ScriptedRecognizer
from helpers.servers import Witness
from helpers.settings import settings_of
from local_stt.engine import EngineRouter
from local_stt.engine.in_process import InProcessEngine
from local_stt.service.application import Application
from local_stt.telephony.call_flow import load_phonebook


@pytest.fixture
def metric_names(tmp_path, postgres, redis_url):
    """The names of all metrics of one host among several, which records calls and posts webhooks."""
    settings = settings_of(
        port=0,
        data_dir=tmp_path / "data",
        record_calls=True,
        url="http://127.0.0.1:9/",
        key=b"k" * 32,
        max_calls=1,
        database_url=postgres,
        redis_url=redis_url,
    )
    engine = EngineRouter(InProcessEngine(ScriptedRecognizer), {})
    with Application(settings, load_phonebook(settings), engine, Witness()) as application:
        return names_of(application.metrics.text().decode())
