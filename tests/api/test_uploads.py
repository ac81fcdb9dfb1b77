"""Audio files that are sent to a live server and transcribed with the real engine."""

import os
import socket
import time
from types import SimpleNamespace

import numpy as np
import pytest
import requests
import soundfile

from helpers.audio_files import piped_flac, wav
from helpers.models import DEMO_MODEL
from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import files_in, in_background, taking, uploads_of
from helpers.waiting import wait_until
from local_stt.audio_file import look_at
from local_stt.demo import RECORDING
from local_stt.errors import ModelError
from local_stt.jobs import upload
from local_stt.jobs import uploads as module
from local_stt.jobs.uploads import Uploads

TOKEN = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}


@pytest.fixture
def server(running, store, tmp_path):
    with taking(store, tmp_path) as uploads, running(store=store, uploads=uploads) as server:
        yield server


def send(server, data, name="talk.wav", **headers):
    return requests.post(
        f"{server.http}/api/recordings",
        data=data,
        params={"name": name},
        headers=TOKEN | headers,
        timeout=400,
    )


def outcome(server, answer, seconds=400):
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        url = f"{server.http}/api/recordings/{answer.json()['id']}"
        found = requests.get(url, headers=TOKEN, timeout=400).json()
        assert 0 <= found["share"] <= 1
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


@pytest.fixture
def short(tmp_path):
    """The first ten seconds of the demo's call, as WAV of 44.1 kHz would have them."""
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "short.flac", samples[: 10 * rate], rate)
    return tmp_path / "short.flac"


def test_a_file_becomes_a_call_that_can_be_read_and_played(server, store, short, tmp_path):
    answer = send(server, short.read_bytes(), "short.flac")
    assert answer.json()["state"] == "queued"
    found = outcome(server, answer)
    assert (found["state"], found["share"], found["error"], found["note"]) == ("done", 1.0, None, None)
    call, said = store.call_with_utterances(found["call_id"])
    assert (call.direction, call.caller, call.model) == ("recording", "short.flac", DEMO_MODEL.name)
    assert {each.speaker for each in said} == {"caller", "callee"}
    assert store.recordings.seconds(call.call_id) == pytest.approx(10, abs=0.1)
    played, rate = soundfile.read(store.recordings.path(call.call_id), always_2d=True)
    sent, _ = soundfile.read(short, always_2d=True)
    assert (rate, played.shape[1]) == (8000, 2)
    for channel in range(2):  # each on its own side
        alike = np.corrcoef(played[: len(sent), channel], sent[: len(played), channel])[0, 1]
        assert alike > 0.95
    left = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert {name.partition(".")[0] for name in left} == {"calls", "short"}
    assert [path.suffix for path in (tmp_path / "recordings").iterdir()] == [".wav"]


def test_the_same_file_is_kept_once_and_comes_back_after_it_was_deleted(server, store, short):
    first, again = (outcome(server, send(server, short.read_bytes()))["call_id"] for _ in range(2))
    assert first == again
    assert len(store.page().calls) == 1
    store.delete(first, at=1)
    assert outcome(server, send(server, short.read_bytes()))["call_id"] == first
    assert store.call(first).recorded


def test_one_channel_is_heard_on_both_sides_and_of_three_no_audio_is_kept(server, store, tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    one, three = tmp_path / "one.wav", tmp_path / "three.wav"
    soundfile.write(one, samples[: 5 * rate, 1], rate)
    soundfile.write(three, samples[: 5 * rate, [0, 1, 0]], rate)
    found = outcome(server, send(server, one.read_bytes()))
    played, _ = soundfile.read(store.recordings.path(found["call_id"]), always_2d=True)
    assert np.array_equal(played[:, 0], played[:, 1])
    assert np.abs(played).max() > 0.1
    found = outcome(server, send(server, three.read_bytes()))
    assert store.call(found["call_id"]).tracks == ("channel 1", "channel 2", "channel 3")
    assert not store.call(found["call_id"]).recorded


def test_the_same_on_both_channels_is_heard_once_and_kept_on_both_sides(server, store, tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "same.wav", np.repeat(samples[: 5 * rate, 1:], 2, axis=1), rate)
    found = outcome(server, send(server, (tmp_path / "same.wav").read_bytes()))
    call, said = store.call_with_utterances(found["call_id"])
    assert call.tracks == ("speaker",)
    assert {each.speaker for each in said} == {"speaker"}
    played, _ = soundfile.read(store.recordings.path(call.call_id), always_2d=True)
    assert np.array_equal(played[:, 0], played[:, 1])
    assert np.abs(played).max() > 0.1


def test_channels_are_mixed_where_that_is_asked_for(server, store, short):
    url, data = f"{server.http}/api/recordings", short.read_bytes()
    asked = [
        requests.post(url, data=data, params={"name": "a.flac", "mono": "true"}, headers=TOKEN, timeout=400),
        requests.post(
            url, files={"file": ("a.flac", data)}, params={"mono": "1"}, headers=TOKEN, timeout=400
        ),
        requests.post(
            url, files={"file": ("a.flac", data)}, data={"mono": "true"}, headers=TOKEN, timeout=400
        ),
    ]
    mixed = {outcome(server, answer)["call_id"] for answer in asked}
    assert len(mixed) == 1
    call, said = store.call_with_utterances(mixed.pop())
    assert (call.tracks, {each.speaker for each in said}) == (("speaker",), {"speaker"})
    form = {"file": ("a.flac", data)}
    apart = requests.post(url, files=form, data={"mono": "false", "x": "y"}, headers=TOKEN, timeout=400)
    assert store.call(outcome(server, apart)["call_id"]).tracks == ("inbound", "outbound")


@pytest.mark.parametrize("where", ["params", "data"])
def test_a_wish_for_mono_that_is_neither_yes_nor_no_is_told(server, short, where):
    form = {"file": ("a.flac", short.read_bytes())}
    options = {where: {"mono": "perhaps"}}
    answer = requests.post(f"{server.http}/api/recordings", files=form, headers=TOKEN, timeout=400, **options)
    assert (answer.status_code, answer.json()) == (422, {"error": "mono: Not a valid boolean."})


def understated(path, seconds):
    """A FLAC file that says it is much shorter than it is."""
    samples, rate = soundfile.read(path)
    soundfile.write(path, samples, rate)
    data = bytearray(path.read_bytes())
    head = int.from_bytes(data[18:26], "big") >> 36 << 36
    data[18:26] = (head | seconds * rate).to_bytes(8, "big")
    return bytes(data)


@pytest.mark.parametrize("most", [4, 10, 11])
def test_a_file_that_is_longer_than_it_says_is_cut_at_the_most_and_that_is_said(
    server, store, short, monkeypatch, most
):
    for each in (module, upload):
        monkeypatch.setattr(each, "MAX_SECONDS", most)
    found = outcome(server, send(server, understated(short, 2), "short.flac"))
    assert found["state"] == "done"
    assert store.recordings.seconds(found["call_id"]) == pytest.approx(min(most, 10), abs=0.2)
    hours = f"{most / 3600:g} hours"
    notices = f"short.flac is longer than {hours}, and only that much was transcribed: use `transcribe`."
    assert found["note"] == (notices if most < 10 else None)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_small_files_of_a_thousand_channels_are_refused_and_the_server_lives(server, short, frames):
    for _ in range(3):
        answer = send(server, wav(1024, 8000, frames), "many.wav")
        assert answer.status_code == 422
        assert answer.json() == {"error": "many.wav has 1024 channels: give 1 to 32."}
    assert send(server, short.read_bytes()).status_code == 202


BROKEN = {
    "gsm.wav": wav(1, 0, 9).replace(b"\x10\0\0\0\1\0", b"\x10\0\0\0\x31\0"),
    "cut.flac": b"fLaC\x80\0\0\x22" + bytes(10) + b"\x0a\xc4\x40\xf0\0\0\0\0" + bytes(16) + b"\xff\xf8",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_or_fails_in_a_sentence(server, name):
    answer = send(server, BROKEN[name], name)
    if answer.status_code != 422:
        found = outcome(server, answer)
        assert found["state"] == "failed"
        answer = found
    else:
        answer = answer.json()
    assert answer["error"].startswith(name)
    assert "Error:" not in answer["error"]


def test_a_file_that_breaks_off_is_transcribed_and_that_is_said(server, tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "cut.wav", samples[: 10 * rate, 1], rate)
    found = outcome(server, send(server, (tmp_path / "cut.wav").read_bytes()[:90_000], "cut.wav"))
    assert found["state"] == "done"
    assert found["note"] == "cut.wav breaks off after 5.6 s of 10.0 s."


def gsm(path, samples, rate):
    soundfile.write(path, samples, rate, format="WAV", subtype="GSM610")


@pytest.mark.parametrize("write", [gsm, piped_flac])
def test_files_that_cannot_be_sought_in_or_do_not_tell_their_length_are_taken(server, store, tmp_path, write):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    write(tmp_path / "odd", samples[: 10 * rate, 1], rate)
    found = outcome(server, send(server, (tmp_path / "odd").read_bytes()))
    assert (found["state"], found["note"]) == ("done", None)
    assert store.recordings.seconds(found["call_id"]) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"hello there", "cannot be read as audio"), (b"", "it is empty")]
)
def test_what_is_no_audio_is_refused_at_once_in_a_sentence(server, data, sentence):
    answer = send(server, data, "x\x1b\n.wav")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("x??.wav cannot be read as audio (")
    assert sentence in answer.json()["error"]


def test_what_is_too_large_is_refused_whether_its_size_is_told_or_not(running, store, tmp_path):
    with taking(store, tmp_path, max_bytes=1_000_000) as uploads, running(store=store, uploads=uploads) as s:
        for data in (b"x" * 3_000_000, iter([b"x" * 600_000] * 5)):
            answer = send(s, data)
            assert answer.status_code == 413
            assert answer.json() == {
                "error": "The file is larger than 1 MB (LOCAL_STT_MAX_UPLOAD_MB): use `transcribe`."
            }
        limits = requests.get(f"{s.http}/api/recordings", headers=TOKEN, timeout=400)
        assert limits.json() == {"most_bytes": 1_000_000}
    assert [path.name for path in tmp_path.iterdir() if path.is_file() and "sqlite" not in path.name] == []


def test_a_file_may_be_part_of_a_form_which_names_it(server, short):
    url = f"{server.http}/api/recordings"
    form = {"file": ("talk one.wav", short.read_bytes())}
    for query, name in (({}, "talk one.wav"), ({"name": "another.wav"}, "another.wav")):
        answer = requests.post(url, files=form, params=query, headers=TOKEN, timeout=400)
        assert (answer.status_code, answer.json()["name"]) == (202, name)
    plain = send(server, short.read_bytes(), "raw.wav")
    assert plain.status_code == 202

    def done():
        states = [
            requests.get(f"{url}/{each.json()['id']}", headers=TOKEN, timeout=400).json()
            for each in (answer, plain)
        ]
        return all(state["state"] == "done" for state in states) and {s["call_id"] for s in states}

    wait_until(done)
    assert len(done()) == 1  # the same audio is the same call


@pytest.mark.parametrize(
    "form",
    [
        {"data": b"rubbish", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"rubbish", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"files": {"a": ("a.wav", b"1"), "b": ("b.wav", b"2")}},
        {"files": {"a": ("a" * 256 + ".wav", b"1")}},
        {"files": {"a": (None, b"no file")}},
    ],
)
def test_a_form_that_is_not_one_file_is_told_so(server, form):
    headers = TOKEN | form.get("headers", {})
    answer = requests.post(f"{server.http}/api/recordings", **form | {"headers": headers}, timeout=400)
    assert answer.status_code == 422
    assert "error" in answer.json()


def test_a_form_that_is_too_large_is_refused(running, store, tmp_path):
    with taking(store, tmp_path, max_bytes=1_000_000) as uploads, running(store=store, uploads=uploads) as s:
        form = {"file": ("long.wav", b"x" * 3_000_000)}
        answer = requests.post(f"{s.http}/api/recordings", files=form, headers=TOKEN, timeout=400)
        assert answer.status_code == 413


def test_other_requests_are_as_small_as_before(server):
    answer = requests.post(f"{server.http}/api/dial", data=b"x" * 100_000, headers=TOKEN, timeout=400)
    assert answer.status_code in (413, 422)


def test_files_are_taken_only_of_those_who_may(server, short):
    url = f"{server.http}/api/recordings?name=a.wav"
    assert requests.post(url, data=short.read_bytes(), timeout=400).status_code == 401
    assert send(server, short.read_bytes(), Origin="https://elsewhere.example").status_code == 403
    with requests.Session() as browser:
        browser.get(f"{server.http}/enter?token={VIEWERS_TOKEN}", timeout=400)
        assert browser.post(url, data=b"", timeout=400).status_code == 401  # says not where it is from
        answer = browser.post(url, data=b"", headers={"Origin": server.http}, timeout=400)
        assert answer.status_code == 422


def test_what_is_asked_wrongly_is_told(server, short):
    nameless = requests.post(f"{server.http}/api/recordings", data=b"x", headers=TOKEN, timeout=400)
    for answer in (send(server, b"x", ""), send(server, short.read_bytes(), "x" * 256), nameless):
        notices = "name: say what the file is called, in 1 to 255 letters, as in ?name=talk.mp3."
        assert (answer.status_code, answer.json()) == (422, {"error": notices})
    answer = requests.get(f"{server.http}/api/recordings/nonesuch", headers=TOKEN, timeout=400)
    assert (answer.status_code, answer.json()) == (404, {"error": "No file nonesuch was sent lately."})


def test_a_model_that_cannot_be_loaded_is_told_of_and_the_next_file_is_tried(running, store, tmp_path, short):
    tries = iter([True])

    def once_broken(model, on_fatal):
        if next(tries, False):
            raise ModelError("It is too large.")
        return in_background(model, on_fatal)

    with (
        taking(store, tmp_path, open_engine=once_broken) as uploads,
        running(store=store, uploads=uploads) as server,
    ):
        found = outcome(server, send(server, short.read_bytes()))
        assert (found["state"], found["error"]) == ("failed", "It is too large.")
        assert outcome(server, send(server, short.read_bytes()))["state"] == "done"


def test_audio_that_cannot_be_kept_is_told_and_the_text_is_kept(server, store, short):
    store.recordings.path("x").parent.write_text("in the way")
    found = outcome(server, send(server, short.read_bytes(), "short.flac"))
    assert (found["state"], found["error"]) == ("done", None)
    assert found["note"].startswith("The audio of short.flac cannot be kept (")
    assert found["note"].endswith("What is said in it is kept.")
    call, said = store.call_with_utterances(found["call_id"])
    assert (call.recorded, said != []) == (False, True)


def test_audio_is_not_kept_where_it_is_not_to_be(running, store, tmp_path, short):
    with (
        taking(store, tmp_path, keep_audio=False) as uploads,
        running(store=store, uploads=uploads) as server,
    ):
        found = outcome(server, send(server, short.read_bytes()))
    assert not store.call(found["call_id"]).recorded
    assert not store.recordings.is_there


def test_only_so_many_files_wait(running, store, tmp_path, short, monkeypatch):
    monkeypatch.setattr(Uploads, "max_waiting", 2)
    uploads = uploads_of(store, tmp_path)  # which nobody transcribes
    with running(store=store, uploads=uploads) as server:
        assert [send(server, short.read_bytes()).status_code for _ in range(3)] == [202, 202, 409]
        assert "2 files wait" in send(server, short.read_bytes()).json()["error"]


def test_where_none_are_taken_that_is_said(running, store):
    with running(store=store) as server:
        limits = requests.get(f"{server.http}/api/recordings", headers=TOKEN, timeout=400)
        assert limits.json() == {"most_bytes": 0}
        assert send(server, b"x").status_code == 409
    with running() as server:
        assert send(server, b"x").status_code == 404


def test_of_a_file_that_is_cancelled_while_it_is_sent_nothing_is_left(server, store, tmp_path):
    host, port = server.http.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as sender:
        head = (
            f"POST /api/recordings?name=a.wav HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 9000000\r\n"
        )
        sender.sendall(f"{head}Authorization: {TOKEN['Authorization']}\r\n\r\n".encode() + bytes(3_000_000))
        wait_until(lambda: files_in(tmp_path))
    wait_until(lambda: not files_in(tmp_path))
    assert store.page().calls == []


def sending(server, head, body):
    """A connection that has sent the beginning of an upload."""
    host, port = server.http.removeprefix("http://").split(":")
    sender = socket.create_connection((host, int(port)))
    head = f"POST /api/recordings?name=a.wav HTTP/1.1\r\nHost: {host}:{port}\r\n{head}\r\n"
    sender.sendall(f"{head}Authorization: {TOKEN['Authorization']}\r\n\r\n".encode() + body)
    return sender


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
BEGUN = {
    "body": ("Content-Length: 9000000", bytes(500_000)),
    "chunks": ("Transfer-Encoding: chunked", b"7a120\r\n" + bytes(500_000) + b"\r\n"),
    "form": (
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000",
        PART + bytes(500_000),
    ),
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_a_file_counts_from_its_first_byte_until_it_is_broken_off(
    running, store, tmp_path, short, monkeypatch, begun
):
    monkeypatch.setattr(Uploads, "max_waiting", 2)
    uploads = uploads_of(store, tmp_path)  # which nobody transcribes
    data = short.read_bytes()
    with running(store=store, uploads=uploads) as server:
        with sending(server, *begun), sending(server, *begun):
            wait_until(lambda: files_in(tmp_path) == 2)
            assert send(server, data).status_code == 409
        wait_until(lambda: not files_in(tmp_path))
        wait_until(lambda: send(server, data).status_code == 202)


def disk_with(free, rate=0):
    """A disk on which so much is free, and less by `rate` each time that somebody looks."""

    def statvfs(_):
        nonlocal free
        free -= rate
        return SimpleNamespace(f_blocks=10**13, f_bavail=free, f_frsize=1)

    return statvfs


@pytest.mark.parametrize("is_form", [False, True])
@pytest.mark.parametrize(("free", "rate"), [(501_000_000, 0), (520_000_000, 5_000_000)])
def test_a_file_is_not_taken_or_broken_off_where_it_would_take_the_room_of_calls(
    running, store, tmp_path, monkeypatch, is_form, free, rate
):
    monkeypatch.setattr(Uploads, "max_waiting", 1)
    with taking(store, tmp_path) as uploads, running(store=store, uploads=uploads) as server:
        monkeypatch.setattr(os, "statvfs", disk_with(free, rate))
        for _ in range(2):  # a place that was not given back would be missed
            data = bytes(3_000_000)
            body = {"files": {"file": ("a.wav", data)}} if is_form else {"data": data}
            query = {"params": {"name": "a.wav"}, "headers": TOKEN, "timeout": 120}
            answer = requests.post(f"{server.http}/api/recordings", **body, **query)
            assert answer.status_code == 507
            assert answer.json() == {
                "error": "The file cannot be stored on disk (the last 500 MB of the disk are left to calls): "
                "make room."
            }
            monkeypatch.setattr(os, "statvfs", disk_with(free, rate))
        assert files_in(tmp_path) == 0


def test_no_audio_is_decoded_while_a_request_waits(tmp_path):
    piped_flac(tmp_path / "a.flac", np.zeros((3600 * 8000, 2)), 8000)
    with (tmp_path / "a.flac").open("rb", buffering=0) as file:
        assert look_at("a.flac", file) == 0.0  # nobody has counted


def test_a_look_that_takes_long_is_given_up_and_the_file_is_taken(server, store, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    answer = requests.post(
        f"{server.http}/api/recordings?name=a.wav", b"what no library knows", headers=TOKEN, timeout=600
    )
    assert answer.status_code == 202
    program.write_text("#!/bin/sh\nexit 1\n")


def test_a_file_that_turns_out_to_be_too_long_fails_in_a_sentence(server, tmp_path, monkeypatch):
    for each in (module, upload):
        monkeypatch.setattr(each, "MAX_SECONDS", 4)
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    piped_flac(tmp_path / "long.flac", samples[: 10 * rate, 1], rate)
    found = outcome(server, send(server, (tmp_path / "long.flac").read_bytes(), "long.flac"))
    notices = "long.flac is longer than 0.00111111 hours: use `transcribe`."
    assert (found["state"], found["error"], found["call_id"]) == ("failed", notices, None)


def test_a_form_with_a_flood_beside_its_file_is_refused(server, short):
    url, file = f"{server.http}/api/recordings", ("a.flac", short.read_bytes())
    for beside in ({"x": b"x" * 2_000_000}, {f"x{number}": b"" for number in range(1200)}):
        answer = requests.post(url, files={"file": file}, data=beside, headers=TOKEN, timeout=120)
        assert (answer.status_code, answer.json()) == (
            413,
            {"error": "The form has too much beside its file."},
        )
