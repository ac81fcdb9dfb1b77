"""Recordings that Twilio has, through the real twilio client against a stand-in API."""

import io
import os
import resource
import socket
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from helpers.dialing import OURS, SOMEBODY, SOMEBODY_ELSE
from local_stt.errors import AudioFileError, TelephonyError
from local_stt.telephony import recording_download
from local_stt.telephony.recordings import TwilioRecordings
from local_stt.transcription.twilio_source import fetched
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, twilio_api
from stand_ins.twilio_recordings import media_host, past_call, recording

SID = "RE" + "0f" * 16
BEGAN = datetime(2026, 3, 4, 5, 6, 0, tzinfo=UTC)
AT = round(BEGAN.timestamp() * 1000)


def wav(channels, seconds=1):
    file = io.BytesIO()
    noise = np.random.default_rng(1).normal(0, 0.1, (8000 * seconds, channels))
    soundfile.write(file, noise, 8000, format="WAV", subtype="PCM_16")
    return file.getvalue()


BOTH, MONO = wav(2), wav(1)


def add(api, sid=SID, call="CA1", made=BEGAN, audio=None, **fields):
    api.recordings[sid] = recording(sid, call, made, **fields)
    api.media[sid] = audio or {"2": BOTH, "": MONO}


@pytest.fixture
def api():
    with twilio_api() as api:
        api.past_calls = [past_call("CA1", SOMEBODY, OURS, BEGAN)]
        add(api)
        yield api


def twilio(api, token=AUTH_TOKEN, waited=None):
    """Waits for nothing, but remembers for how long it would have."""
    sleep = (waited if waited is not None else []).append
    return TwilioRecordings(ACCOUNT_SID, token, api.url, sleep=sleep)


def saved(api, **options):
    file = io.BytesIO()
    twilio(api, **options).save(SID, file)
    return file.getvalue()


def media_requests(api):
    return sum(path.endswith(".wav") for _, path in api.requests)


def test_a_recording_becomes_audio_and_the_call_it_is_of(api):
    with fetched(twilio(api), SID) as (audio, call):
        assert (audio.channels, audio.seconds, audio.name) == (2, 1.0, SID)
    assert (call.call_id, call.direction, call.caller, call.callee) == (SID, "inbound", SOMEBODY, OURS)
    assert (call.started_at, call.ended_at) == (AT, AT + 60_000)
    assert call.tracks == ("inbound", "outbound")


def test_the_first_channel_of_a_call_placed_from_the_account_is_the_callee(api):
    api.past_calls = [past_call("CA1", OURS, SOMEBODY, BEGAN, direction="outbound-api")]
    with fetched(twilio(api), SID) as (_, call):
        assert (call.direction, call.caller, call.callee) == ("outbound", OURS, SOMEBODY)
        assert call.tracks == ("outbound", "inbound")


@pytest.mark.parametrize("direction", ["inbound", "outbound-api"])
def test_one_channel_is_one_speaker_where_twilio_has_no_two(api, direction):
    api.past_calls = [past_call("CA1", OURS, SOMEBODY, BEGAN, direction=direction)]
    api.media[SID] = {"": MONO}
    with fetched(twilio(api), SID) as (audio, call):
        assert (audio.channels, call.tracks) == (1, ("speaker",))
    assert media_requests(api) == 2
    api.media[SID] = {"2": MONO}
    with fetched(twilio(api), SID) as (audio, call):
        assert (audio.channels, call.tracks) == (1, ("speaker",))
    assert media_requests(api) == 3


@pytest.mark.parametrize("ending", ["", ".wav", ".mp3", ".json", ".wav?RequestedChannels=1"])
def test_an_address_of_the_account_names_a_recording(api, ending):
    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{SID}{ending}"
    for base in (api.url, "https://api.twilio.com"):
        assert twilio(api).sid_of(base + path) == SID


@pytest.mark.parametrize(
    "host",
    [
        "api.twilio.com",
        "api.ie1.twilio.com",
        "api.dublin.ie1.twilio.com",
        "API.Dublin.IE1.twilio.com",
        "api.twilio.com:443",
        "api.twilio.com.",
    ],
)
@pytest.mark.parametrize("of_call", ["", "/Calls/CA" + "1" * 32])
def test_an_address_may_be_that_of_a_region_and_of_a_call(api, host, of_call):
    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}{of_call}/Recordings/{SID}.json"
    assert twilio(api).sid_of(f"https://{host}{path}") == SID


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://api.a.b.c.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}", "is not at"),
        ("https://evil.example/api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}", "is not at"),
        ("https://evil.example/2010-04-01/Accounts/{account}/Recordings/{sid}", "evil.example.* is not at"),
        ("https://api.twilio.com@evil.example/2010-04-01/Accounts/{account}/Recordings/{sid}", "is not at"),
        ("https://api.twilio.com.evil.example/2010-04-01/Accounts/{account}/Recordings/{sid}", "is not at"),
        ("http://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}", "is not at"),
        ("https://[api.twilio.com/x", "is not at"),
        (
            "https://api.twilio.com/2010-04-01/Accounts/{account}/Calls/{sid}",
            "not the address of a recording",
        ),
        ("https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/REx", "not the address of"),
        ("https://api.twilio.com/2010-04-01/Accounts/ACother/Recordings/{sid}", "of the account ACother"),
    ],
)
def test_other_addresses_are_refused_and_nobody_is_asked(api, address, sentence):
    with pytest.raises(TelephonyError, match=sentence):
        twilio(api).sid_of(address.format(account=ACCOUNT_SID, sid=SID))
    assert api.requests == []


def test_secrets_in_an_address_are_not_repeated(api):
    with pytest.raises(TelephonyError) as refused:
        twilio(api).sid_of("https://me:password@evil.example/x?signature=abc")
    assert "password" not in str(refused.value)
    assert "abc" not in str(refused.value)


@pytest.mark.parametrize("missing", [("", AUTH_TOKEN), (ACCOUNT_SID, "")])
def test_missing_credentials_name_the_settings(missing):
    with pytest.raises(TelephonyError, match="set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"):
        TwilioRecordings(*missing)


def test_the_host_that_has_the_audio_is_not_told_who_asks(api, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine localhost login somebody password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with media_host(api) as notices:
        assert saved(api) == BOTH
    assert notices == [None]


@pytest.mark.parametrize("host", ["ftp://elsewhere.example", "https://elsewhere.example"])
def test_a_redirect_to_where_the_way_is_another_is_not_followed(api, host):
    api.media_host = host
    with pytest.raises(TelephonyError, match="cannot be followed"):
        saved(api)


def test_redirects_do_not_go_round_for_ever(api):
    api.media_host = f"{api.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{SID}.wav?x"
    with pytest.raises(TelephonyError, match=r"refused the credentials for RE\w+ \(401\)"):
        saved(api)  # they are not sent a second time, even to Twilio


@pytest.mark.parametrize("status", [429, 500, 503, 0])
def test_audio_is_asked_for_again_when_twilio_has_a_bad_moment(api, status):
    api.bad_moments = [status, status]
    waited = []
    assert saved(api, waited=waited) == BOTH
    assert len(waited) == 2


def test_a_download_that_breaks_begins_again(api):
    api.media_breaks = [20_000, 100]
    waited = []
    assert saved(api, waited=waited) == BOTH
    assert waited == [0.5, 2.0]


def test_of_what_was_written_before_nothing_is_left(api):
    file = io.BytesIO(b"x" * 100_000)
    twilio(api).save(SID, file)
    assert file.getvalue() == BOTH


def test_a_download_that_keeps_breaking_is_one_sentence(api):
    api.media_breaks = [100, 100, 100]
    with pytest.raises(TelephonyError, match=f"could not be reached for {SID}"):
        saved(api)
    assert media_requests(api) == 3


def test_a_long_download_may_take_longer_than_it_may_stand_still(api, monkeypatch):
    monkeypatch.setattr(recording_download, "READ_TIMEOUT", 3.0)
    api.media[SID] = {"2": bytes(160_000)}
    api.media_pauses, waited = 0.2, []
    began = time.monotonic()
    assert saved(api, waited=waited) == bytes(160_000)
    assert time.monotonic() - began > 3.0
    assert waited == []


def test_a_download_that_drips_is_given_up(api, monkeypatch):
    monkeypatch.setattr(recording_download, "TOTAL_TIMEOUT", 0.3)
    api.media[SID] = {"2": bytes(1_000_000)}  # it would take 20 s
    api.media_pauses, waited = 0.2, []
    with pytest.raises(TelephonyError, match=f"Recording {SID} did not come within 0.005 minutes"):
        saved(api, waited=waited)
    assert waited == []


def test_a_download_is_held_in_small_pieces(api):
    api.media[SID] = {"2": bytes(10 * recording_download.CHUNK)}
    file = Pieces()
    twilio(api).save(SID, file)
    assert sum(file.sizes) == 10 * recording_download.CHUNK
    assert max(file.sizes) <= recording_download.CHUNK


class Pieces(io.BytesIO):
    """Remembers how much was written at once."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def write(self, data):
        self.sizes.append(len(data))
        return super().write(data)


def test_asked_to_wait_it_waits_and_not_for_ever(api):
    api.bad_moments, api.retry_after = [429], "7"
    waited = []
    assert saved(api, waited=waited) == BOTH
    assert waited == [7.0]
    api.bad_moments, api.retry_after = [429], "3600"
    with pytest.raises(TelephonyError, match=f"did not give {SID} \\(429\\)"):
        saved(api)


def test_a_twilio_that_is_silent_is_one_sentence(monkeypatch):
    monkeypatch.setattr(recording_download, "READ_TIMEOUT", 0.05)
    waited = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        recordings = TwilioRecordings(ACCOUNT_SID, AUTH_TOKEN, url, sleep=waited.append)
        with pytest.raises(TelephonyError, match="could not be reached"):
            recordings.save(SID, io.BytesIO())
    assert len(waited) == 2


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "refused the credentials"),
        (403, "does not allow"),
        (404, f"does not know {SID}"),
        (500, "answered 500"),
    ],
)
def test_what_twilio_refuses_is_one_sentence(api, status, sentence):
    api.failing = status
    with pytest.raises(TelephonyError, match=sentence):
        twilio(api).find(SID)
    with pytest.raises(TelephonyError, match=sentence):
        saved(api)
    with pytest.raises(TelephonyError, match=sentence.replace(SID, r"\+12025550123")):
        twilio(api).of_number(SOMEBODY, BEGAN)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "in-progress"}, "is still being recorded"),
        ({"status": "processing"}, "is still being made"),
        ({"status": "absent", "error_code": 13617}, r"has no audio.*\(error 13617\)\.$"),
        ({"status": "new"}, "its status is new"),
        ({"encryption_details": {"type": "rsa-aes"}}, "is encrypted"),
    ],
)
def test_a_recording_that_cannot_be_heard_is_not_asked_for(api, fields, sentence):
    api.recordings[SID] |= fields
    with pytest.raises(TelephonyError, match=sentence), fetched(twilio(api), SID):
        pass
    assert media_requests(api) == 0


def test_a_recording_whose_call_twilio_has_forgotten_is_heard_all_the_same(api):
    api.past_calls = []
    with fetched(twilio(api), SID) as (_, call):
        assert (call.direction, call.caller, call.callee) == ("recording", "", "")
        assert (call.started_at, call.ended_at) == (AT, AT + 10_000)
        assert call.tracks == ("inbound", "outbound")


def test_what_is_no_audio_is_said(api):
    api.media[SID] = {"2": b"<html>"}
    with pytest.raises(AudioFileError, match=f"{SID} cannot be read as audio"), fetched(twilio(api), SID):
        pass


def test_a_disk_without_room_is_said(api):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(AudioFileError, match=f"{SID} cannot be stored"), fetched(twilio(api), SID):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_recording_does_not_take_the_room_of_calls(api, monkeypatch):
    disk = SimpleNamespace(f_blocks=10**9, f_bavail=500_000, f_frsize=1000)
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    failing = pytest.raises(AudioFileError, match="500 MB of the disk are left to calls")
    with failing as failed, fetched(twilio(api), SID):
        pass
    assert failed.value.may_pass


def sids(found):
    return [each.sid for each in found]


def test_a_numbers_recordings_are_found_whoever_called_page_by_page_oldest_first(api):
    api.recordings.clear()
    api.most_a_page = 2
    api.past_calls = []
    for n in range(5):
        ends = (SOMEBODY, OURS) if n % 2 else (OURS, SOMEBODY)
        began = BEGAN + timedelta(hours=n)
        direction = "inbound" if n % 2 else "outbound-api"
        api.past_calls.append(past_call(f"CA{n}", *ends, began, direction=direction))
        add(api, f"RE{n:032x}", f"CA{n}", began)
        api.past_calls.append(past_call(f"CA9{n}", SOMEBODY_ELSE, OURS, began))
        add(api, f"RE{n + 16:032x}", f"CA9{n}", began)
    found = twilio(api).of_number(SOMEBODY, BEGAN)
    assert sids(found) == [f"RE{n:032x}" for n in range(5)]
    assert [each.direction for each in found] == ["outbound", "inbound"] * 2 + ["outbound"]
    assert found[1].caller == SOMEBODY
    assert len(api.requests) == 2 + 1 + 5  # pages of calls to it, from it, and of recordings


def test_calls_before_that_moment_are_left_out_also_of_the_same_day(api):
    add(api, "RE" + "1" * 32, "CA0", BEGAN - timedelta(minutes=1))
    api.past_calls.append(past_call("CA0", SOMEBODY, OURS, BEGAN - timedelta(minutes=1)))
    assert sids(twilio(api).of_number(SOMEBODY, BEGAN)) == [SID]


def test_a_call_that_was_passed_on_to_the_number_counts_and_is_told_as_its_first_leg(api):
    began = BEGAN + timedelta(seconds=9)
    api.past_calls.append(
        past_call("CA2", OURS, SOMEBODY_ELSE, began, direction="outbound-dial", parent="CA1")
    )
    (found,) = twilio(api).of_number(SOMEBODY_ELSE, BEGAN)
    assert (found.sid, found.caller, found.callee, found.direction) == (SID, SOMEBODY, OURS, "inbound")


def test_a_number_without_calls_costs_no_list_of_recordings(api):
    assert twilio(api).of_number("+15550000000", BEGAN) == []
    assert len(api.requests) == 2
