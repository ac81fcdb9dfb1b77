"""The parts of a running program: which there are, their order, and what is left when one fails."""

import pytest
import requests

from helpers.dialing import OURS
from helpers.recognizers import ScriptedRecognizer
from helpers.servers import VIEWERS_TOKEN, Witness
from helpers.settings import settings_of
from local_stt.engine import EngineRouter
from local_stt.engine.in_process import InProcessEngine
from local_stt.errors import TelephonyError
from local_stt.service.application import Application
from local_stt.system.instance import find_instance
from local_stt.telephony.call_flow import load_phonebook
from local_stt.telephony.twilio import Twilio
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

PUBLIC = "https://name.example"

LOCAL = [
    "HttpServer",
    "PublicAddress",
    "Storage",
    "BackgroundJobs",
    "Viewers",
    "Switchboard",
    "Site",
    "Presence",
]


@pytest.fixture
def program(api, tmp_path):
    """Makes an application, whose calls nothing recognizes."""

    def program(*, stays=True, **chosen):
        settings = settings_of(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            api_url=api.url,
            port=0,
            max_calls=2,
            token=VIEWERS_TOKEN,
            data_dir=tmp_path / "data",
            **chosen,
        )
        twilio = Twilio.from_settings(settings.twilio) if settings.tunnel.public_url else None
        return Application(
            settings,
            load_phonebook(settings),
            EngineRouter(InProcessEngine(ScriptedRecognizer), {}),
            Witness(),
            public=bool(settings.tunnel.public_url),
            twilio=twilio,
            numbers=twilio.account.numbers() if twilio else [],
            stays=stays,
        )

    return program


def names(application):
    """What the parts are, in the order in which they start."""
    return [type(part).__name__ for part in application._parts]


def test_the_public_address_comes_before_the_store_and_numbers_come_when_calls_can_be_taken(program):
    assert names(program(public_url=PUBLIC, record_calls=True)) == [
        "HttpServer",
        "PublicAddress",
        "Storage",
        "BackgroundJobs",
        "Viewers",
        "Recorder",
        "Switchboard",
        "Site",
        "NumberWebhook",
        "Presence",
    ]


def test_a_part_that_is_not_wanted_is_not_there(program):
    assert names(program()) == LOCAL
    kept_nowhere = [name for name in LOCAL if name not in ("Storage", "BackgroundJobs")]
    assert names(program(keep_calls=False)) == kept_nowhere


def test_a_program_for_one_call_has_no_viewers_no_jobs_and_points_no_number_here(program):
    application = program(public_url=PUBLIC, stays=False)
    assert names(application) == ["HttpServer", "PublicAddress", "Storage", "Switchboard", "Site"]
    assert application.slots.max_calls == 1
    assert "<Stream" not in application.call_flow.incoming({"CallSid": "CA1", "To": OURS})


def test_a_program_for_one_call_that_can_place_none_takes_the_first_that_comes(program):
    application = program(stays=False)
    first, second = (
        application.call_flow.incoming({"CallSid": call_id, "To": OURS}) for call_id in ("CA1", "CA2")
    )
    assert ("<Stream" in first, "<Stream" in second) == (True, False)


def test_a_number_points_here_while_the_program_runs_and_commands_find_it(program, api, tmp_path):
    (record,) = api.numbers.values()
    before = dict(record)
    with program(public_url=PUBLIC, host_name="a") as application:
        assert record["voice_url"] == f"{PUBLIC}/call"
        here = find_instance(tmp_path / "data" / "running")
        assert here.url == application.server.local_url
        headers = {"Authorization": f"Bearer {here.token}"}
        text = requests.get(f"{here.url}/metrics", headers=headers, timeout=400).text
        for measured in ("calls", "viewers", "wrong_tokens_total", "lag_seconds", "events_held"):
            assert f"\nlocal_stt_{measured} 0.0" in text
        assert "\nlocal_stt_capacity 2.0\n" in text
        assert "\nlocal_stt_ready 1.0\n" in text
        assert '\nlocal_stt_host_info{host="a",version=' in text
    assert record == before
    assert find_instance(tmp_path / "data" / "running") is None
    with pytest.raises(requests.ConnectionError):
        requests.get(here.url, timeout=400)


def test_of_a_program_that_cannot_start_nothing_is_left(program, api, tmp_path):
    application = program(public_url=PUBLIC)
    api.failing = 500
    with pytest.raises(TelephonyError), application:
        pytest.fail("the number cannot be pointed here")
    with pytest.raises(requests.ConnectionError):
        requests.get(application.server.local_url, timeout=400)
    assert list((tmp_path / "data" / "servers").iterdir()) == []
    assert find_instance(tmp_path / "data" / "running") is None
