"""What the real engine hears in redacted recordings: none of the words that are redacted."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from helpers.models import DEMO_MODEL
from helpers.processes import kill_all
from helpers.program import program
from helpers.recordings import as_bytes
from helpers.servers import Witness
from helpers.settings import settings_of
from helpers.voices import needs_voice, silent_track, spoken_track
from helpers.waiting import wait_until
from local_stt.audio_file import open_audio
from local_stt.core.audio_redaction import AudioSpan, redacted_spans, unknown_spans
from local_stt.core.media_stream import TRACKS
from local_stt.core.privacy import RedactedAudio
from local_stt.core.privacy.policies import NUMBERS
from local_stt.demo import RECORDING
from local_stt.engine import EngineRouter, start_engine
from local_stt.errors import CallError
from local_stt.events import CallEnded
from local_stt.service.application import Application
from local_stt.simulator import Caller, place_call
from local_stt.simulator.packets import Faults
from local_stt.store import open_store
from local_stt.store.recordings import Recordings, import_audio
from local_stt.telephony.call_flow import load_phonebook
from local_stt.transcription import Transcriber

pytestmark = pytest.mark.model

COVERED = (
    ("inbound", "david miller"),
    ("inbound", "four two seven three five one"),
    ("outbound", "four two seven three five one"),
    ("outbound", "friday at ten thirty"),
    ("inbound", "doctor harris"),
    ("outbound", "tuesday march ninth"),
)
"""What is redacted of the sample call"""


@pytest.fixture(scope="module")
def transcriber():
    with Transcriber(
        lambda on_fatal: start_engine(DEMO_MODEL, workers=2, live=False, on_fatal=on_fatal)
    ) as transcriber:
        yield transcriber


def heard_in(transcriber, path):
    """List what the engine hears in a file: track and word."""
    with open_audio(Path(path)) as audio:
        transcription = transcriber.start(audio)
        transcriber.wait(transcription)
        return [(said.track, word) for said in transcription.utterances() for word in said.words]


def place_of(heard, track, phrase):
    """Return the span of a phrase in what was heard on a track."""
    words, wanted = [word for of, word in heard if of == track], phrase.split()
    for at in range(len(words)):
        if [word.text for word in words[at : at + len(wanted)]] == wanted:
            return AudioSpan(track, words[at].start - 0.1, words[at + len(wanted) - 1].end + 0.1)
    raise AssertionError(f"{phrase!r} is not heard")


def within(heard, spans):
    """List the words that are heard in spans."""
    return [
        (track, word.text)
        for track, word in heard
        if any(span.track == track and span.start < (word.start + word.end) / 2 < span.end for span in spans)
    ]


@pytest.mark.parametrize("sound", [RedactedAudio.SILENCE, RedactedAudio.BEEP])
def test_of_the_sample_call_no_redacted_word_is_heard_and_the_others_are(transcriber, tmp_path, sound):
    before = heard_in(transcriber, RECORDING)
    spans = [place_of(before, *each) for each in COVERED]
    recordings = Recordings(tmp_path)
    with open_audio(RECORDING) as audio:
        import_audio(recordings, "CA1", audio, TRACKS, redacted=spans, sound=sound)
    after = heard_in(transcriber, recordings.path("CA1"))
    covered = {(track, word) for track, phrase in COVERED for word in phrase.split()}
    assert not covered & set(within(after, spans))
    if sound is RedactedAudio.SILENCE:
        assert within(after, spans) == []
        assert len(after) >= len(before) - len(within(before, spans)) - 3


@pytest.fixture
def redacting(engine, tmp_path):
    """A program that redacts numbers and records calls."""
    settings = settings_of(
        format_text=False,
        port=0,
        max_calls=10,
        token="the-token-of-viewers",
        data_dir=tmp_path,
        record_calls=True,
        policies=NUMBERS,
    )
    witness = Witness()
    application = Application(
        settings, load_phonebook(settings), EngineRouter(engine, {}), witness, public=False
    )
    with application:
        yield application, witness


@pytest.mark.parametrize(
    "faults",
    [Faults(), Faults(loss=0.03, swap=0.05, duplicate=0.05, jitter_ms=40), Faults(stop=False)],
    ids=["a clear line", "a bad line", "a line that breaks"],
)
def test_of_calls_that_are_redacted_live_no_redacted_word_is_heard(
    redacting, transcriber, demo_channels, tmp_path, faults
):
    application, witness = redacting
    to = f"ws{application.server.local_url.removeprefix('http')}/stream"
    calls = ["CA1", "CA2"]
    for number, call_id in enumerate(calls):
        place_call(
            demo_channels[::-1] if number else demo_channels,
            **{"to": to, "caller": Caller(call_id), "speed": 4.0, "faults": faults, "seed": number},
        )
    witness.wait_for_ends(len(calls))
    recordings = application.storage.store.recordings
    wait_until(lambda: not any(map(recordings.is_unredacted, calls)))
    store = open_store(tmp_path)
    for call_id in calls:
        spans = redacted_spans(store.utterances(call_id))
        assert {span.track for span in spans} == set(TRACKS)  # both say the customer's number
        assert within(heard_in(transcriber, recordings.path(call_id)), spans) == []
        for channel, track in enumerate(TRACKS):
            audio = as_bytes(recordings, call_id)[channel]
            silent = [audio[span.samples.start : span.samples.stop] for span in spans if span.track == track]
            assert set(b"".join(silent)) == {0xFF}
    assert len(witness.of(CallEnded)) == len(calls)
    store.close()


DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def numbers_of(seed):
    """Make the phrases of a call, with numbers of its own, and a pause after each."""
    random = Random(seed)

    def digits(count):
        return " ".join(random.choices(DIGITS[1:], k=count))

    return {
        0: (f"my number is {digits(3)}", digits(3), digits(4)),
        1: (f"the card is {digits(4)}", digits(4), digits(4), digits(4)),
        2: (f"my account number is {digits(4)}", digits(4)),
        3: ("please call me", f"the code is {digits(6)}"),
    }[seed % 4]


@needs_voice
def test_of_twenty_made_calls_no_redacted_word_is_heard(redacting, transcriber, tmp_path):
    application, witness = redacting
    to = f"ws{application.server.local_url.removeprefix('http')}/stream"
    calls = [f"CA{seed}" for seed in range(20)]

    def place(seed):
        spoken = spoken_track(numbers_of(seed))
        place_call([spoken, silent_track(spoken)], to=to, caller=Caller(calls[seed]), speed=4.0)

    with ThreadPoolExecutor(5) as placing:
        list(placing.map(place, range(len(calls))))
    witness.wait_for_ends(len(calls))
    recordings = application.storage.store.recordings
    wait_until(lambda: not any(map(recordings.is_unredacted, calls)))
    store = open_store(tmp_path)
    for call_id in calls:
        assert redacted_spans(store.utterances(call_id)), call_id
        heard = [word.text for _, word in heard_in(transcriber, recordings.path(call_id))]
        assert not [word for word in heard if word in DIGITS], (call_id, heard)
    store.close()


def run_redacting(folder):
    """Start a program that redacts numbers and records calls, in local mode."""
    settings = {"LOCAL_STT_REDACT": "numbers", "RECORD_CALLS": "yes", "LOCAL_STT_MODEL": "demo-en"}
    return program("run", "--json", "--no-tunnel", "--port", "0", folder=folder, **settings)


def test_after_a_program_was_killed_its_next_start_leaves_nothing_to_be_heard(
    transcriber, demo_channels, tmp_path
):
    with run_redacting(tmp_path) as run:
        to = run.wait_for(r"taking calls on (ws\S+)\. ", run.err)[1]
        options = {"to": to, "caller": Caller("CA1"), "auth_token": "", "speed": 2.0}
        calling = threading.Thread(target=call_until_cut, args=(demo_channels,), kwargs=options)
        calling.start()
        run.wait_for(r'"redactions": \[\{', run.out)
        kill_all(run.process)
        calling.join()
    with run_redacting(tmp_path) as run:
        run.wait_for("1 recordings were redacted", run.err)
    store = open_store(tmp_path / "data")
    said = store.utterances("CA1")
    unheard = [*redacted_spans(said), *unknown_spans(said, TRACKS)]
    heard = heard_in(transcriber, store.recordings.path("CA1"))
    assert within(heard, unheard) == []
    for span in unheard:
        audio = as_bytes(store.recordings, "CA1")[TRACKS.index(span.track)]
        assert set(audio[span.samples.start : span.samples.stop]) <= {0xFF}
    store.close()


def call_until_cut(channels, **options):
    """Place a call whose server is killed."""
    with contextlib.suppress(CallError):
        place_call(channels, **options)
