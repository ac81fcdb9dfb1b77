"""Live sessions of several vendors beside calls, all at once, while a recognizer process is killed."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from helpers.live_sessions import opened, received
from helpers.servers import VIEWERS_TOKEN, finals
from helpers.waiting import wait_until
from helpers.workers import pids
from local_stt.audio import decode_mulaw
from local_stt.events import AudioSetAside, CallEnded, EndReason, FinalText, Gap
from local_stt.simulator import Caller, place_call

pytestmark = pytest.mark.model

SECONDS = 20
PIECE_SECONDS = 0.2
"""Seconds of audio in a message of a live session"""

TRACKS = ("inbound", "outbound")
KINDS = {"CA", "assemblyai", "deepgram", "vosk"}
"""The beginnings of call ids"""

CALLS = 20
SESSIONS_OF_A_KIND = 4


@pytest.fixture
def server(served):
    with served() as (server, _):
        yield server


@pytest.fixture(scope="module")
def channels(demo_channels):
    return [channel[: SECONDS * 8000] for channel in demo_channels]


def connected(server, path):
    return opened(server, path, headers={"Authorization": f"Token {VIEWERS_TOKEN}"})


def pieces(audio):
    """Yield audio at the pace of a call."""
    began, step = time.monotonic(), round(len(audio) * PIECE_SECONDS / SECONDS)
    for number, at in enumerate(range(0, len(audio), step)):
        time.sleep(max(0.0, number * PIECE_SECONDS - (time.monotonic() - began)))
        yield audio[at : at + step]


def rest(client):
    """List messages until the server closes the session."""
    messages = received(client)
    assert client.close_reason == 1000
    return messages


def deepgram(server, audio, query):
    """Hold a session of Deepgram's; return the final texts of each channel."""
    client = connected(server, f"v1/listen?interim_results=true&sample_rate=8000&{query}")
    for piece in pieces(audio):
        client.send(piece)
    client.send(json.dumps({"type": "CloseStream"}))
    *messages, last = rest(client)
    assert (last["type"], last["duration"]) == ("Metadata", SECONDS)
    said = [[] for _ in range(last["channels"])]
    for each in messages:
        if each["is_final"]:
            said[each["channel_index"][0]].append(each["channel"]["alternatives"][0]["transcript"])
    return said


def vosk(server, audio):
    """Hold a session of vosk-server's that waits for each answer; return what it was answered."""
    client = connected(server, "vosk")
    answers = []
    for piece in pieces(audio):
        client.send(piece)
        answers.append(json.loads(client.receive(timeout=400)))
    client.send('{"eof" : 1}')
    answers += rest(client)
    assert len(answers) == SECONDS / PIECE_SECONDS + 1
    return [" ".join(filter(None, (answer.get("text") for answer in answers)))]


def assemblyai(server, audio):
    """Hold a session of AssemblyAI's; return the text of its turns."""
    client = connected(server, "v3/ws?sample_rate=8000&encoding=pcm_mulaw")
    for piece in pieces(audio):
        client.send(piece)
    client.send('{"type": "Terminate"}')
    first, *turns, last = rest(client)
    assert (first["type"], last["type"], last["audio_duration_seconds"]) == ("Begin", "Termination", SECONDS)
    return [" ".join(each["transcript"] for each in turns if each.get("end_of_turn"))]


def sessions(server, channels, called):
    """Yield live sessions of all kinds: a function that holds one, and the texts that it should return."""
    both = np.stack([np.frombuffer(each, np.uint8) for each in channels], axis=1).tobytes()
    of_both = "encoding=mulaw&channels=2&multichannel=true"
    for number in range(SESSIONS_OF_A_KIND):
        track = number % 2
        mulaw, said = channels[track], called[track]
        linear = decode_mulaw(mulaw).tobytes()
        yield lambda mulaw=mulaw: deepgram(server, mulaw, "encoding=mulaw"), [said]
        yield lambda: deepgram(server, both, of_both), called
        yield lambda linear=linear: deepgram(server, linear, "encoding=linear16"), [said]
        yield lambda linear=linear: vosk(server, linear), [" ".join(said)]
        yield lambda mulaw=mulaw: assemblyai(server, mulaw), [" ".join(said)]


def texts(witness, call_id):
    return [finals(witness, call_id, track) for track in TRACKS]


def kinds_heard(witness):
    """Return the kinds of calls and sessions of which something final was heard."""
    return {kind for kind in KINDS for final in witness.of(FinalText) if final.call_id.startswith(kind)}


def kill_in_the_middle(engine, witness, running):
    """Kill a worker when words of every kind were heard; return the number of its tracks.

    It waits no longer if one of those that run has ended, which is too early.
    """
    wait_until(lambda: kinds_heard(witness) == KINDS or any(each.done() for each in running))
    (slot, pid), *_ = pids(engine).items()
    tracks = len(engine._workers[slot].tracks)
    os.kill(pid, signal.SIGKILL)
    return tracks


def test_every_session_and_call_has_its_words_also_when_a_worker_is_killed(server, engine, channels):
    def call(call_id, speed=1.0):
        place_call(channels, to=server.stream, caller=Caller(call_id), auth_token="", speed=speed)

    call("undisturbed", speed=20.0)
    server.witness.wait_for_ends(1)
    called = texts(server.witness, "undisturbed")
    assert all(called)
    (undisturbed,) = server.witness.of(CallEnded)
    server.witness.events.clear()

    restarts = engine.restarts
    held, expected = zip(*sessions(server, channels, called), strict=True)
    call_ids = [f"CA{number}" for number in range(CALLS)]
    with ThreadPoolExecutor(len(held) + CALLS) as threads:
        calling = [threads.submit(call, call_id) for call_id in call_ids]
        holding = [threads.submit(each) for each in held]
        tracks = kill_in_the_middle(engine, server.witness, [*calling, *holding])
        assert [each.result(timeout=400) for each in holding] == list(expected)
        for each in calling:
            each.result(timeout=400)
    server.witness.wait_for_ends(len(held) + CALLS)

    assert (tracks > 0, engine.restarts) == (True, restarts + 1)
    assert [texts(server.witness, call_id) for call_id in call_ids] == [called] * CALLS
    ends = {each.call_id: each for each in server.witness.of(CallEnded)}
    assert [ends.pop(call_id) for call_id in call_ids] == [
        replace(undisturbed, call_id=call_id) for call_id in call_ids
    ]
    assert len(ends) == len(held)
    for ended in ends.values():
        assert (ended.reason, ended.seconds) == (EndReason.HUNG_UP, SECONDS)
        assert {(each.seconds, each.lost, each.filled) for each in ended.tracks} == {(SECONDS, 0, 0)}
    assert server.witness.of((Gap, AudioSetAside)) == []
