"""A call outlives the program that took it."""

import json
import threading

import pytest
import requests

from helpers.dialing import OURS
from helpers.events import final, started
from helpers.program import call_until_closed, credentials, program, stream_of
from local_stt.simulator import Caller
from local_stt.simulator.webhook import Instructions
from local_stt.store import now, open_store
from stand_ins.twilio_api import number, twilio_api


def stream_again(api, call_id, channels, to):
    """What Twilio does when it was asked for a stream: it comes, with those parameters."""
    asked = api.streams[-1]
    assert asked["CallSid"] == call_id
    count = sum(name.endswith(".Name") for name in asked)
    parameters = {asked[f"Parameter{n}.Name"]: asked[f"Parameter{n}.Value"] for n in range(1, count + 1)}
    do = Instructions(asked["Url"], ("inbound", "outbound"), parameters, 60.0)
    call_until_closed(channels, to, Caller(call_id), instructions=do)


def test_a_call_outlives_the_program_that_took_it(tmp_path, demo_channels):
    """The stream is cut by a kill; the next start finds the call in progress and goes on with it."""
    channels = [channel[: 20 * 8000] for channel in demo_channels]
    with twilio_api(number("+15551110001")) as api:
        settings = credentials(api, tmp_path) | {"RECORD_CALLS": "1"}
        with program("run", "--json", "--port", "0", folder=tmp_path, **settings) as killed:
            killed.wait_for("Waiting for calls", killed.err)
            to = stream_of(tmp_path)
            speaking = threading.Thread(target=call_until_closed, args=(channels, to, Caller("CA77"), 1))
            speaking.start()
            killed.wait_for('"final".*"track": "outbound"', killed.out)
            killed.wait_for('"final".*"track": "inbound"', killed.out)  # the one before it is kept by then
            killed.process.kill()
            killed.process.wait(400)
            speaking.join()
            api.calls["CA77"] = {"status": "in-progress"}
            with program("run", "--json", "--port", "0", folder=tmp_path, **settings) as run:
                run.wait_for("The stream of call CA77 had broken and is started again", run.err)
                stream_again(api, "CA77", channels, stream_of(tmp_path))
                run.wait_for('"call-ended"', run.out)
                assert run.end() == 0
    events = [json.loads(line) for line in run.out]
    assert [event["type"] for event in events[:2]] == ["call-started", "gap"]
    store = open_store(tmp_path / "data")
    call, said = store.call_with_utterances("CA77")
    store.close()
    assert call.reason == "hung-up"
    assert (call.caller, call.callee) == ("+15550100001", "+15550100002")
    (gap,) = [line for line in said if line.kind == "gap"]
    before = [line for line in said if line.end <= gap.start and line.kind == "speech"]
    after = [line for line in said if line.start >= gap.end]
    assert before
    assert {line.text for line in before} <= {line.text for line in after}  # the same was played again
    assert call.seconds == pytest.approx(gap.end + 20, abs=1)


def test_who_watches_a_call_of_a_killed_program_sees_it_end_when_it_does_not_come_back(tmp_path, api):
    (tmp_path / "data" / "servers").mkdir(parents=True)
    (tmp_path / "data" / "servers" / "killed").touch()
    store = open_store(tmp_path / "data")
    store.start_call(started(callee=OURS), at=now() - 9000, server="killed", model="m")
    store.add_event(final("hello there"), at=now())
    store.close()
    api.calls["CA1"] = {"status": "in-progress"}  # and yet its stream does not come
    settings = credentials(api, tmp_path) | {"LOCAL_STT_TOKEN": "the-token-of-viewers"}
    with program("run", "--json", "--port", "0", folder=tmp_path, **settings) as run:
        run.wait_for("is started again", run.err)
        base = stream_of(tmp_path).replace("ws", "http", 1).removesuffix("/stream")
        with requests.Session() as viewer:
            viewer.headers["Authorization"] = "Bearer the-token-of-viewers"
            (live,) = viewer.get(f"{base}/api/live", timeout=400).json()["calls"]
            assert (live["call_id"], live["caller"]) == ("CA1", "+15550001")
            with viewer.get(f"{base}/api/events", stream=True, timeout=400) as events:
                lines = events.iter_lines(chunk_size=1)
                notices = next(line for line in lines if line.startswith(b'data: {"type": "call'))
            assert viewer.get(f"{base}/api/live", timeout=400).json()["calls"] == []
        assert run.end() == 0
    ended = json.loads(notices.removeprefix(b"data: "))
    assert (ended["type"], ended["call_id"], ended["reason"]) == ("call-ended", "CA1", "interrupted")
