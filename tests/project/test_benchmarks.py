"""The benchmark's arithmetic, and that it runs; never how fast anything is."""

import base64
import json
import shutil
import subprocess
import sys
import time

import pytest
from wsproto.frame_protocol import FrameProtocol, Opcode

from benchmarks import audio_material, drop_in, frames, scaling, script, voices
from benchmarks.load import Plan, PlannedCall
from benchmarks.measures import Arrival, error_rate, latencies, next_try, percentile, percentiles, slope
from helpers.models import DEMO_MODEL
from helpers.project import PROJECT
from local_stt.core.media_stream import Media, Start, Stop, parse
from local_stt.simulator.packets import FIRST_TIMESTAMPS


def partial(at, text, heard, call_id="CA1", track="inbound"):
    return Arrival(at, {"type": "partial", "call_id": call_id, "track": track, "text": text, "at": heard})


def final(at, words, call_id="CA1", track="inbound"):
    """`words` are pairs of a word and when it ended, in seconds of the call."""
    spelled = [{"text": text, "start": end - 0.2, "end": end} for text, end in words]
    text = " ".join(text for text, _ in words)
    who = {"call_id": call_id, "track": track}
    return Arrival(at, {"type": "final", **who, "text": text, "end": words[-1][1], "words": spelled})


def rounded(values):
    return [round(value) for value in values]


def test_a_percentile_lies_between_its_neighbours_in_proportion():
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([10, 20], 0.75) == 17.5
    assert percentile([7], 0.99) == 7
    assert percentile(range(101), 0.95) == 95


def test_there_are_no_percentiles_of_nothing():
    assert percentiles([]) is None
    assert percentiles([1.0, 2.0, 3.0]).p50 == 2


def test_the_slope_is_that_of_the_best_straight_line():
    assert slope([(1, 12), (10, 30), (50, 110)]) == pytest.approx(2)
    assert slope([(1, 12), (1, 14)]) is None
    assert slope([]) is None


def test_a_word_is_shown_by_the_first_partial_that_has_it():
    heard = [
        partial(101.3, "i", 1.2),
        partial(101.7, "i am", 1.5),
        final(102.5, [("i", 1.0), ("am", 1.4), ("calling", 1.9)]),
    ]
    found = latencies(heard, {"CA1": 100.0})
    assert rounded(found.shown) == [300, 300, 600]  # the last one no partial had: its final shows it
    assert rounded(found.confirmed) == [1500, 1100, 600]
    assert rounded(found.final) == [600]
    assert rounded(found.lag) == [100, 200]


def test_a_word_said_twice_is_shown_twice():
    heard = [
        partial(1.0, "two", 0.9),
        partial(1.5, "two two", 1.4),
        final(2.0, [("two", 0.8), ("two", 1.3)]),
    ]
    assert rounded(latencies(heard, {"CA1": 0.0}).shown) == [200, 200]


def test_utterances_tracks_and_calls_do_not_show_each_others_words():
    heard = [
        partial(1.0, "yes", 0.9),
        final(1.5, [("yes", 0.8)]),
        partial(1.6, "yes", 1.5, track="outbound"),
        partial(1.7, "yes", 1.6, call_id="CA2"),
        final(3.0, [("yes", 2.8)]),
    ]
    assert rounded(latencies(heard, {"CA1": 0.0, "CA2": 0.0}).shown) == [200, 200]


def test_a_call_is_timed_from_when_it_began():
    heard = [final(52.0, [("yes", 1.0)], "CA1"), final(52.0, [("yes", 1.0)], "CA2")]
    assert rounded(latencies(heard, {"CA1": 50.0, "CA2": 50.5}).final) == [1000, 500]


def test_words_are_wrong_per_word_said_and_a_silent_track_counts():
    said = {("CA1", "inbound"): ["yes", "please"], ("CA1", "outbound"): ["no", "thanks"]}
    heard = [partial(1, "yes please", 1), final(2, [("yes", 1), ("peas", 2)])]
    assert error_rate(said, heard) == pytest.approx(3 / 4)


@pytest.mark.parametrize("most", [0, 1, 2, 19, 20, 57, 400])
def test_the_search_ends_near_the_most_that_is_carried(most):
    tried, carried, too_many = 20, 0, None
    for _ in range(20):
        if tried is None:
            break
        carried, too_many = (tried, too_many) if tried <= most else (carried, tried)
        tried = next_try(carried, too_many)
    assert tried is None
    assert most - max(1, 0.06 * most) <= carried <= most


def received(data):
    """Frames as the server's own WebSocket library reads them."""
    protocol = FrameProtocol(client=False, extensions=[])
    protocol.receive_bytes(data)
    return [frame for frame in protocol.received_frames() if frame.message_finished]


@pytest.mark.parametrize("length", [0, 1, 125, 126, 400])
def test_a_frame_is_read_back_as_it_was(length):
    (read,) = received(frames.frame(frames.TEXT, b"x" * length))
    assert (read.opcode, read.payload) == (Opcode.TEXT, "x" * length)


def test_media_messages_made_beforehand_are_twilios_with_the_calls_own_stream_id():
    mulaw = bytes(range(160)) * 12
    stream_id = "MZ" + "a" * 32
    made = frames.media_frames({"inbound": mulaw, "outbound": mulaw}, len(stream_id))
    tails = frames.tails(stream_id)
    assert len({media.phase for media in made}) > 1
    messages = [
        json.loads(frame.payload) for media in made for frame in received(media.head + tails[media.phase])
    ]
    assert {message["streamSid"] for message in messages} == {stream_id}
    assert [message["sequenceNumber"] for message in messages] == [str(number) for number in range(2, 26)]
    for track in ("inbound", "outbound"):
        own = [message["media"] for message in messages if message["media"]["track"] == track]
        assert [each["chunk"] for each in own] == [str(number) for number in range(1, 13)]
        assert b"".join(base64.b64decode(each["payload"]) for each in own) == mulaw
    assert all(isinstance(parse(json.dumps(message)), Media) for message in messages)


def test_a_packet_is_sent_when_its_last_sample_has_been_spoken():
    made = frames.media_frames({"inbound": b"\xff" * 320}, 34)
    first = FIRST_TIMESTAMPS["inbound"]
    assert [round(1000 * media.due) for media in made] == [first + 20, first + 40]


def test_a_call_is_opened_and_closed_as_twilio_does():
    connected, start = received(frames.first_frames("CA1", "MZ1", ["inbound"]))
    assert json.loads(connected.payload)["event"] == "connected"
    assert isinstance(parse(start.payload), Start)
    stop, close = received(frames.last_frames("CA1", "MZ1", 9))
    assert isinstance(parse(stop.payload), Stop)
    assert close.opcode == Opcode.CLOSE


def test_a_live_session_has_its_tracks_as_channels():
    first, second, last = frames.audio_frames({"inbound": b"\1" * 400, "outbound": b"\2" * 400})[:3]
    assert [each.due for each in (first, second, last)] == [0.02, 0.04, 0.06]
    messages = received(first.head + second.head + last.head + frames.close_stream())
    assert [each.opcode for each in messages] == [Opcode.BINARY] * 3 + [Opcode.TEXT]
    assert [bytes(each.payload) for each in messages[:3]] == [b"\1\2" * 160, b"\1\2" * 160, b"\1\2" * 80]
    assert json.loads(messages[3].payload) == {"type": "CloseStream"}


def test_the_cost_of_a_file_beyond_its_first_second():
    (cost,) = drop_in.beyond([drop_in.Cost(15.0, 9)], [drop_in.Cost(500.0, 1)], 101)
    assert cost == drop_in.Cost(10.15, 9)


def test_shares_of_many_hosts_follow_from_the_costs_of_one_and_two():
    one = scaling.Measured(scaling.Costs(10, 0, 1, 2), scaling.Costs(13, 2, 0.5, 0.3), 1.0)
    two = scaling.Measured(scaling.Costs(20, 0, 2, 4), scaling.Costs(13, 2, 0.5, 0.4), 1.0)
    tracks = scaling.TRACKS * scaling.CALLS_PER_HOST * 10
    found = scaling.shares(one, two, 10)
    assert found.balancer == pytest.approx(tracks * 0.002)
    assert found.postgresql == pytest.approx(tracks * 0.0005 + 0.01)
    assert found.redis == pytest.approx(tracks * (0.0002 + 10 * 0.0001) + 0.02)


def test_a_plan_survives_being_written():
    plan = Plan(8080, ({"inbound": "a.mulaw"},), (PlannedCall("CA1", 0, 0.5),), "/v1/listen", "token")
    assert Plan.from_json(plan.to_json()) == plan


def test_every_word_of_the_script_is_in_the_demo_models_vocabulary():
    known = {line.split()[0] for line in (DEMO_MODEL / "graph" / "words.txt").read_text().splitlines()}
    assert {word for _, sentence in script.TURNS for word in script.words(sentence)} <= known


@pytest.mark.parametrize("workload", [audio_material.CONVERSATION, audio_material.MONOLOGUE])
def test_without_a_synthesizer_the_bundled_call_speaks(monkeypatch, workload):
    monkeypatch.setattr(audio_material, "installed", lambda: None)
    material = audio_material.make(workload, 5)
    assert "front-desk.wav" in material.source
    assert material.call(3) is material.calls[0]
    assert all(len(words) > 20 for words in material.calls[0].said.values())


@pytest.mark.e2e
def test_all_calls_of_a_workload_are_of_the_same_length_and_made_the_same_again():
    first, again = (audio_material.make(audio_material.CONVERSATION, 12) for _ in range(2))
    assert first == again
    assert len({len(mulaw) for call in first.calls for mulaw in call.tracks.values()}) == 1


def bench(*options):
    pytest.importorskip("psutil", reason="the benchmark's own requirements are not installed")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--seconds", "5", *options]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=800, check=False)


@pytest.mark.e2e
def test_a_tiny_benchmark_runs_and_reports(tmp_path):
    results = tmp_path / "results.json"
    done = bench("--calls", "2", "--json", str(results))
    assert done.returncode == 0, done.stderr
    assert "local_stt" in done.stdout
    report = json.loads(results.read_text())
    runs = [(run["system"], run["workload"]) for run in report["runs"]]
    assert runs == [
        (system, workload)
        for workload in ("conversation", "monologue")
        for system in (
            *("bare Vosk", "bare Vosk, at pace", "tutorial"),
            *("local_stt", "local_stt, raw text", "local_stt, redacting"),
        )
    ]
    served = [run for run in report["runs"] if not run["system"].startswith("bare Vosk")]
    assert [run["ended"] for run in served] == [2] * 8
    assert all(run["cpu_ms"] > 0 for run in report["runs"])
    assert report["failures"] == []


@pytest.mark.e2e
@pytest.mark.parametrize("system", ["tutorial", "local_stt"])
def test_nothing_is_left_of_a_server_that_was_measured(system):
    pytest.importorskip("psutil", reason="the benchmark's own requirements are not installed")
    from benchmarks import processes
    from benchmarks.servers import server

    with server(system, DEMO_MODEL) as started:
        pid = started.process.pid
        assert processes.session(pid)
        assert processes.cpu_seconds(pid) > 0
        assert processes.memory_mb(pid) > 1
    assert processes.session(pid) == []


@pytest.mark.e2e
def test_a_server_that_breaks_is_reported_with_what_it_said(tmp_path):
    pytest.importorskip("psutil", reason="the benchmark's own requirements are not installed")
    from benchmarks.servers import ProcessError, server

    began = time.monotonic()
    with (
        pytest.raises(ProcessError, match=r"(?s)local_stt ended with status 2.*nonesuch"),
        server("local_stt", tmp_path / "nonesuch"),
    ):
        pass
    assert time.monotonic() - began < 60


@pytest.mark.e2e
def test_a_tiny_benchmark_of_files_runs_and_reports():
    pytest.importorskip("psutil", reason="the benchmark's own requirements are not installed")
    if not (shutil.which("ffmpeg") and voices.installed()):
        pytest.skip("ffmpeg, or every synthesizer, is missing")
    command = [sys.executable, "-m", "benchmarks.transcribe", "--minutes", "0.7", "--rounds", "1", "--busy"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines() if line.count("|") == 9][2:]
    systems = ("vosk-transcriber", "local_stt")
    expected = [(file, system) for file in ("one channel", "two channels") for system in systems]
    assert [(row[1].strip(), row[3].strip()) for row in rows] == expected
    assert all(float(row[4]) > 0 and float(row[5]) > 0 for row in rows)
    assert all(float(row[6].strip(" %")) < 5 for row in rows)
    assert done.stdout.count(" words differ where it is not cut") == 2
