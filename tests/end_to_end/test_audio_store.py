"""Whole programs with a store of audio that hosts share."""

import contextlib
import json
import re
import threading

import boto3
import pytest
import requests

from helpers.processes import kill_all
from helpers.program import program
from helpers.s3_server import BUCKET, environment
from helpers.waiting import wait_until
from local_stt.core.audio_redaction import redacted_spans, unknown_spans
from local_stt.core.media_stream import TRACKS
from local_stt.errors import CallError
from local_stt.simulator import Caller, place_call
from local_stt.store import open_store
from local_stt.store.recordings.wav_header import HEADER_SIZE

PLACE = f"s3://{BUCKET}/calls"


def run(folder, s3, place=PLACE, **more):
    """Start a host that redacts numbers and records calls; all hosts have one database."""
    settings = {
        "LOCAL_STT_REDACT": "numbers",
        "RECORD_CALLS": "yes",
        "LOCAL_STT_MODEL": "demo-en",
        "LOCAL_STT_DATA_DIR": str(folder / "a"),
        "DATABASE_URL": f"sqlite:///{folder}/calls.sqlite3",
        "AUDIO_STORE": place,
    }
    settings |= environment(s3.url) | more
    return program("run", "--json", "--no-tunnel", "--port", "0", folder=folder, **settings)


def stored():
    """List the recordings in the bucket."""
    return [
        each.key for each in boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix="calls/recordings/")
    ]


@pytest.mark.model
def test_a_killed_host_redacts_before_it_moves_and_another_host_plays_what_is_left(
    demo_channels, s3, tmp_path
):
    with run(tmp_path, s3) as host:
        to = host.wait_for(r"taking calls on (ws\S+)\. ", host.err)[1]
        options = {"to": to, "caller": Caller("CA1"), "auth_token": "", "speed": 2.0}
        calling = threading.Thread(target=call_until_cut, args=(demo_channels,), kwargs=options)
        calling.start()
        host.wait_for(r'"redactions": \[\{', host.out)
        kill_all(host.process)
        calling.join()
    assert stored() == []
    with run(tmp_path, s3) as host:
        host.wait_for("1 recordings were redacted", host.err)
        link = host.wait_for(r"(http://\S+)/enter\?token=(\S+)", host.err)
        headers = {"Authorization": f"Bearer {link[2]}"}
        figures = requests.get(f"{link[1]}/metrics", headers=headers, timeout=400).text
        assert re.search(r"^local_stt_recordings_waiting \d", figures, re.MULTILINE)
        assert host.end() == 0
    assert len(stored()) == 1
    assert list((tmp_path / "a" / "recordings").rglob("*.wav")) == []
    other = open_store(tmp_path / "b", f"sqlite:///{tmp_path}/calls.sqlite3", PLACE)
    assert other.call("CA1").recorded
    said = other.utterances("CA1")
    with other.recording("CA1") as recording:
        audio = recording.read()[HEADER_SIZE:]
    unheard = [*redacted_spans(said), *unknown_spans(said, TRACKS)]
    assert unheard
    for span in unheard:
        channel = audio[TRACKS.index(span.track) :: 2]
        assert set(channel[span.samples.start : span.samples.stop]) <= {0xFF}
    assert set(audio) > {0xFF}
    other.close()


def call_until_cut(channels, **options):
    """Place a call whose server is killed."""
    with contextlib.suppress(CallError):
        place_call(channels, **options)


@pytest.mark.model
def test_a_call_goes_on_while_the_store_is_down_and_its_recording_arrives_later(demo_channels, s3, tmp_path):
    with run(tmp_path, s3) as host:
        to = host.wait_for(r"taking calls on (ws\S+)\. ", host.err)[1]
        s3.close()
        place_call(demo_channels, to=to, caller=Caller("CA1"), auth_token="", speed=20.0)
        host.wait_for(r"Recordings cannot be moved to s3://audio/calls \(it cannot be reached\)", host.err)
        assert not any("the-secret" in line for line in (*host.err, *host.out))
        s3.open()
        wait_until(lambda: stored())
        host.wait_for("Recordings are moved to s3://audio/calls again", host.err)
        assert host.end() == 0


@pytest.mark.parametrize(
    ("place", "why"),
    [("s3://no-such-bucket", "there is no such bucket"), ("/no/such/folder", "is no folder: mount the one")],
)
def test_a_store_that_is_not_there_is_one_sentence_and_exit_status_2(s3, tmp_path, place, why):
    with run(tmp_path, s3, place) as host:
        assert host.process.wait(400) == 2
    assert len([line for line in host.err if "AUDIO_STORE" in line and why in line]) == 1
    assert not any("Traceback" in line for line in host.err)


@pytest.mark.parametrize("place", [PLACE, "s3://no-such-bucket"])
def test_the_doctor_looks_at_the_store(s3, tmp_path, place):
    settings = environment(s3.url) | {"AUDIO_STORE": place, "LOCAL_STT_MODEL": "demo-en"}
    with program("doctor", "--json", folder=tmp_path, **settings) as doctor:
        doctor.process.wait(400)
        doctor.end()
    (found,) = [each for each in map(json.loads, doctor.out) if each["subject"] == "audio"]
    assert found["level"] == ("ok" if place == PLACE else "problem")
    assert place in found["sentence"]
