"""The API: what it answers, that it is what it says it is, and who gets an answer."""

import json
import math
from dataclasses import replace

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from helpers.api import TOKEN, app_of, get
from helpers.events import final, save_call, started
from helpers.jobs import second_passes
from helpers.recordings import noise, record
from local_stt.core.analysis import AlertFinder, AlertRule, analysis_to_dict, analyze
from local_stt.core.call_record import Utterance
from local_stt.core.formats import call_to_dict, match_to_dict, utterance_to_dict
from local_stt.core.formatting import language_of
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.events import CallEnded, EndReason, Redaction, Word
from local_stt.store import open_store
from local_stt.store.recordings.wav_file import RecordingFile
from local_stt.web.event_log import EventLog


@pytest.fixture
def client(store):
    save_call(store, "CA1", "press eight to continue", "good bye", at=1000)
    save_call(store, "CA2", "hello", at=2000, caller="+49")
    store.start_call(started("CA3"), at=3000, server="s", model="m")
    return app_of(store).test_client()


def test_calls_are_listed_in_pages_newest_first(client):
    page = get(client, "/calls?limit=2")
    assert [call["call_id"] for call in page["calls"]] == ["CA3", "CA2"]
    rest = get(client, f"/calls?limit=2&before={page['next']}")
    assert [call["call_id"] for call in rest["calls"]] == ["CA1"]
    assert rest["next"] is None
    assert [call["call_id"] for call in get(client, "/calls?number=%2B49")["calls"]] == ["CA2"]
    assert [call["call_id"] for call in get(client, "/calls?state=live")["calls"]] == ["CA3"]


@pytest.mark.parametrize(
    "caller",
    [
        "sip:alice@example.com",
        "client:Zoë B",
        "whatsapp:+15551234567",
        "anonymous",
        "my talk, part 2.mp3",
    ],
)
def test_calls_of_callers_that_are_no_numbers_are_found(client, store, caller):
    save_call(store, "CA4", "press eight too", at=500, caller=caller)
    query = {"number": caller, "q": "press"}
    assert [call["call_id"] for call in get(client, "/calls", query_string={"number": caller})["calls"]] == [
        "CA4"
    ]
    assert [match["call_id"] for match in get(client, "/search", query_string=query)["matches"]] == ["CA4"]


@pytest.mark.parametrize("number", ["%00", "a%0Ab", "%1b", "a" * 257])
def test_a_number_that_no_caller_can_have_is_refused(client, number):
    get(client, f"/calls?number={number}", 422)


def test_an_analysis_is_what_the_core_makes_of_a_call(client, store):
    save_call(store, "CA5", "the water hose leaks", "the water hose is torn and i am angry")
    store.start_call(started("CA6"), at=3000, server="s", model="m")
    for call_id in ("CA1", "CA5", "CA6"):
        found = get(client, f"/calls/{call_id}/analysis")
        call, said = store.call_with_utterances(call_id)
        expected = analyze(call, said, language_of("en-US"), AlertFinder(()))
        assert found == json.loads(json.dumps(analysis_to_dict(expected)))
    assert get(client, "/calls/CA5/analysis")["sentiment"] is None
    feelings = get(client, "/calls/CA5/analysis?sentiment=true")["sentiment"]
    assert feelings["speakers"] == [{"speaker": "caller", "mood": "negative", "score": -0.5}]
    get(client, "/calls/CA9/analysis", 404)
    assert client.get("/api/calls/CA1/analysis").status_code == 401


def test_an_analysis_lists_the_alerts_of_the_calls_number(store):
    save_call(store, "CA5", "the water hose leaks")
    rules = {"+15550002": (AlertRule("damage", "leak*"),)}
    client = app_of(store, alerts_of=lambda call: rules.get(call.number, ())).test_client()
    assert get(client, "/calls/CA5/analysis")["alerts"] == [
        {"topic": "damage", "phrase": "leak*", "speaker": "caller", "start": 2500, "end": 2900}
    ]


def test_a_call_and_what_was_said(client):
    assert get(client, "/calls/CA1")["duration"] == 9500
    sentences = get(client, "/calls/CA1/sentences")["utterances"]
    assert [(each["speaker"], each["text"], each["start"]) for each in sentences] == [
        ("caller", "press eight to continue", 1000),
        ("caller", "good bye", 11_000),
    ]
    assert sentences[0]["words"][1] == {
        "text": "eight",
        "start": 1500,
        "end": 1900,
        "confidence": 0.9,
        "speaker": "caller",
    }
    assert len(get(client, "/calls/CA1/paragraphs")["utterances"]) == 2


def test_phrases_are_found_on_a_call_and_words_on_all(client):
    (place,) = get(client, "/calls/CA1/words?search=eight+to")["found"]
    assert [word["start"] for word in place["words"]] == [1500, 2000]
    (match,) = get(client, "/search?q=eight")["matches"]
    assert (match["call_id"], match["marks"]) == ("CA1", [[6, 11]])
    assert get(client, "/search?q=?", 422) == {"error": "q: Enter at least one word."}


@pytest.mark.parametrize(
    ("name", "media_type", "part"),
    [
        ("json", "application/json", '"call_id": "CA1"'),
        ("txt", "text/plain", "[00:00:01] caller: press eight to continue"),
        ("srt", "application/x-subrip", "caller: press\n"),
        ("vtt", "text/vtt", "<v caller>press\n"),
    ],
)
def test_transcripts(client, name, media_type, part):
    response = client.get(f"/api/calls/CA1/transcript.{name}?chars_per_caption=5", headers=TOKEN)
    assert response.status_code == 200
    assert response.mimetype == media_type
    assert part in response.text


def test_a_deleted_call_is_a_stub(client):
    left = client.delete("/api/calls/CA1", headers=TOKEN).get_json()
    assert (left["state"], left["caller"]) == ("deleted", "")
    assert get(client, "/calls/CA1")["deleted_at"] == left["deleted_at"]
    assert get(client, "/calls/CA1/sentences") == {"utterances": []}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/calls/CA9", 404),
        ("/calls/CA9/sentences", 404),
        ("/calls/CA9/transcript.txt", 404),
        ("/calls?limit=0", 422),
        ("/calls?limit=x", 422),
        ("/calls?state=asleep", 422),
        ("/calls?before=7", 422),
        ("/calls?number=a%00b", 422),
        ("/calls?colour=blue", 422),
        ("/calls/CA1/words", 422),
        ("/search", 422),
        ("/nothing", 404),
    ],
)
def test_errors_have_one_shape_and_the_right_status(client, path, status):
    error = get(client, path, status)
    assert list(error) == ["error"]
    assert isinstance(error["error"], str)
    assert error["error"]


@pytest.mark.parametrize(
    "path", ["/calls", "/calls/CA1", "/calls/CA1/transcript.txt", "/search?q=eight", "/openapi.json"]
)
def test_without_the_token_there_is_no_answer(client, path):
    response = client.get("/api" + path)
    assert response.status_code == 401
    assert "press" not in response.text
    assert client.get("/api" + path, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_link_makes_a_cookie_that_scripts_cannot_read_and_the_token_leaves_the_address(client):
    response = client.get("/enter?token=the-token")
    assert response.status_code == 303
    assert "token" not in response.headers["Location"]
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "the-token" not in cookie
    assert client.get("/api/calls").status_code == 200
    assert client.delete("/api/calls/CA1").status_code == 401
    assert client.delete("/api/calls/CA1", headers={"Origin": "http://localhost"}).status_code == 200


def test_a_wrong_link_makes_none(client):
    response = client.get("/enter?token=wrong")
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers


def test_when_the_store_cannot_be_read_the_api_says_so(client, store):
    store._reading = store._engine.execution_options()
    store.call = _broken
    assert get(client, "/calls/CA1", 503) == {"error": "The store cannot be reached at the moment."}


def _broken(_):
    from sqlalchemy.exc import OperationalError

    raise OperationalError("SELECT", {}, Exception("the disk is gone"))


def test_a_recording_is_sent_whole_or_in_ranges(client, store):
    get(client, "/calls/CA1/audio", 404)
    assert get(client, "/calls/CA1")["recorded"] is False
    record(store, "CA1")
    assert get(client, "/calls/CA1")["recorded"] is True
    path, whole = "/api/calls/CA1/audio", store.recordings.path("CA1").read_bytes()
    answer = client.get(path, headers=TOKEN, buffered=True)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "audio/wav", whole)
    assert answer.headers["Accept-Ranges"] == "bytes"
    for asked, begin, end in (("100-199", 100, 200), ("32000-", 32_000, 32_058), ("-58", 32_000, 32_058)):
        part = client.get(path, headers=TOKEN | {"Range": f"bytes={asked}"}, buffered=True)
        assert (part.status_code, part.data) == (206, whole[begin:end])
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/32058"
    for nonsense in ("bytes=0-9,20-29", "lines=0-1", "bytes=abc", "", "bytes=-99999999999"):
        answer = client.get(path, headers=TOKEN | {"Range": nonsense}, buffered=True)
        assert (answer.status_code, answer.data) == (200, whole)
    head = client.head(path, headers=TOKEN | {"Range": "bytes=0-9"}, buffered=True)
    assert (head.status_code, head.content_length) == (200, 32_058)
    beyond = client.get(path, headers=TOKEN | {"Range": "bytes=99999-"})
    assert beyond.status_code == 416
    assert beyond.get_json()["error"]
    assert client.get(path).status_code == 401


def test_a_recording_as_a_picture(client, store):
    record(store, "CA1")
    found = get(client, "/calls/CA1/waveform?points=4")
    assert found["duration"] == 2000
    assert found["channels"] == [
        {"speaker": "caller", "peaks": [0.0, 0.0, 0.98, 0.98]},
        {"speaker": "callee", "peaks": [0.0, 0.0, 0.0, 0.0]},
    ]
    get(client, "/calls/CA1/waveform?points=0", 422)
    get(client, "/calls/CA2/waveform", 404)


def test_a_redacted_copy_of_a_recording_is_sent_whole_or_in_ranges(client, store):
    keep_redacted(store)
    path, whole = "/api/calls/CA4/audio", store.recordings.path("CA4").read_bytes()
    expected = bytearray(whole)
    for sample in range(7200, 12_800):
        expected[58 + 2 * sample] = 0xFF  # silence of the caller, who is left
    expected = bytes(expected)
    plain = client.get(path, headers=TOKEN, buffered=True)
    answer = client.get(path + "?redacted=1", headers=TOKEN, buffered=True)
    assert (plain.data, answer.data) == (whole, expected)
    assert expected != whole
    assert plain.headers["ETag"] != answer.headers["ETag"]
    for begin, end in ((14_401, 14_600), (25_000, 26_001), (0, 58)):
        asked = TOKEN | {"Range": f"bytes={begin}-{end - 1}", "If-Range": answer.headers["ETag"]}
        part = client.get(path + "?redacted=1", headers=asked, buffered=True)
        assert (part.status_code, part.data) == (206, expected[begin:end])
    known = TOKEN | {"If-None-Match": answer.headers["ETag"]}
    assert client.get(path + "?redacted=1", headers=known, buffered=True).status_code == 304
    assert store.recordings.path("CA4").read_bytes() == whole
    get(client, "/calls/CA1/audio?redacted=1", 404)
    get(client, "/calls/CA4/audio?redacted=perhaps", 422)


def test_the_picture_of_a_redacted_copy_shows_the_silence(client, store):
    keep_redacted(store)
    loud, redacted = (
        get(client, f"/calls/CA4/waveform?points=30{query}")["channels"][0]["peaks"]
        for query in ("", "&redacted=1")
    )
    assert min(loud) > 0
    assert [peak == 0 for peak in redacted] == [9 <= point < 16 for point in range(30)]


def test_a_redacted_copy_has_neither_what_is_redacted_live_nor_in_the_second_edition(client, store):
    store.second_passes.subscribe(lambda _: True)
    keep_redacted(store)
    (job,) = second_passes(store, "s")
    better = Utterance(*("outbound", 2.0, 2.4, "x", 0.9), (), redactions=(Redaction("date", 2.0, 2.4),))
    store.second_passes.keep(job, "large", [replace(better, words=(Word("x", 2.0, 2.4, 0.9),))])
    channels = get(client, "/calls/CA4/waveform?points=30&redacted=1")["channels"]
    silent = [[point for point, peak in enumerate(each["peaks"]) if peak == 0] for each in channels]
    assert silent == [list(range(9, 16)), list(range(19, 25))]


def keep_redacted(store):
    """Keep a call with redacted words from second 1 to 1.5, whose recording was not redacted."""
    store.start_call(started("CA4"), at=4000, server="s", model="m")
    said = replace(final("[DATE]", call_id="CA4"), end=1.5, redactions=(Redaction("date", 1.0, 1.5),))
    store.add_event(said, at=5000)
    store.end_call(CallEnded("CA4", EndReason.HUNG_UP, 3.0), at=6000)
    store.recordings.make_folder()
    file = RecordingFile(store.recordings.path("CA4"))
    for channel in (0, 1):
        file.put(channel, AudioChunk(0, noise(channel)))
    file.close()


def test_what_is_deleted_is_not_told_to_viewers_who_come_back(store):
    save_call(store, "CA1", "secret")
    event_log = EventLog()
    start = event_log.newest
    for event in (started("CA1"), final("secret"), started("CA2")):
        event_log(event)
    app_of(store, event_log=event_log).test_client().delete("/api/calls/CA1", headers=TOKEN)
    left = event_log.after(start, 10)
    assert [(entry.number, entry.call_id) for entry in left] == [(1, ""), (2, ""), (3, "CA2"), (4, "CA1")]
    assert b"secret" not in b"".join(entry.json for entry in left)


def test_deletion_takes_the_audio_along_or_does_not_happen(client, store):
    record(store, "CA1")
    store.recordings.path("CA2").mkdir()  # which cannot be unlinked
    delete = {"headers": TOKEN | {"Origin": "http://localhost"}}
    assert client.delete("/api/calls/CA1", **delete).get_json()["recorded"] is False
    assert not store.recordings.path("CA1").exists()
    refused = client.delete("/api/calls/CA2", **delete)
    assert refused.status_code == 503
    assert "CA2 cannot be deleted" in refused.get_json()["error"]
    assert get(client, "/calls/CA2")["state"] == "ended"


@pytest.mark.parametrize("path", ["/sentences", "/paragraphs", "/transcript.json", "/transcript.txt"])
def test_the_better_text_is_told_and_the_live_one_on_request(client, store, path):
    store.second_passes.subscribe(lambda _: True)
    save_call(store, "CA3", "live words")
    (wanted,) = second_passes(store)
    said = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, (Word("better", 1.0, 2.0, 0.9),))]
    store.second_passes.keep(wanted, "large", said)
    for query, own, other in (("", "better", "live"), ("?edition=live", "live", "better")):
        answer = client.get(f"/api/calls/CA3{path}{query}", headers=TOKEN).get_data(as_text=True)
        assert f"{own} words" in answer
        assert f"{other} words" not in answer
    assert client.get(f"/api/calls/CA3{path}?edition=first", headers=TOKEN).status_code == 422
    call = get(client, "/calls/CA3")
    assert (call["text_model"], call["model"], call["edition"]) == ("large", "m", "second")


NOT_DESCRIBED = "/api/contacts/"
"""Beginning of the paths that refuse what no schema can describe: numbers that nobody can have"""


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("api"))
    save_call(store, "CA1", "press eight to continue", "good bye")
    record(store, "CA1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local_stt.web.wrong_tokens.MAX_OF_ONE", math.inf)  # it shows wrong ones on purpose
        patch.setattr("local_stt.web.wrong_tokens.MAX_OF_ALL", math.inf)
        yield schemathesis.openapi.from_wsgi("/api/openapi.json", app_of(store), headers=TOKEN)
    store.close()


def test_the_api_is_what_its_description_says(described):
    """What schemathesis makes up for each operation gets an answer that the description foresees."""
    # Events have no end; tests/web/test_live_events.py has them.
    operations = [result.ok() for result in described.exclude(path="/api/events").get_all_operations()]
    assert len(operations) == 36
    for operation in operations:

        @given(operation.as_strategy())
        @settings(max_examples=30)
        def answers_as_described(case):
            excluded = [positive_data_acceptance] if case.path.startswith(NOT_DESCRIBED) else []
            case.call_and_validate(headers=TOKEN, excluded_checks=excluded)

        answers_as_described()


def test_the_description_is_openapi_3_1(client):
    description = get(client, "/openapi.json")
    assert description["openapi"] == "3.1.0"
    assert description["security"] == [{"token": []}]
    assert "/api/calls/{call_id}/transcript.vtt" in description["paths"]
    assert "text/event-stream" in str(description["paths"]["/api/events"]["get"])


def test_the_api_and_the_exports_say_the_same_of_a_call(client, store):
    """Both dump the same values, the one by its schemas, the other by `formats`."""
    call, said = store.call_with_utterances("CA1")
    assert get(client, "/calls/CA1") == call_to_dict(call)
    assert get(client, "/calls/CA1/sentences")["utterances"] == [utterance_to_dict(each) for each in said]
    matches = get(client, "/search?q=eight")["matches"]
    assert matches == [match_to_dict(each) for each in store.search("eight", limit=9)] != []


def test_text_is_formatted_and_raw_on_request(client, store):
    client = app_of(store, format_text=True).test_client()
    (said, *_) = get(client, "/calls/CA1/sentences")["utterances"]
    assert (said["text"], said["formatted"]) == ("press eight to continue", "Press 8 to continue.")
    assert [token["text"] for token in said["tokens"]] == ["Press", "8", "to", "continue."]
    assert [(token["first"], token["last"]) for token in said["tokens"]] == [(0, 1), (1, 2), (2, 3), (3, 4)]

    def transcript(query):
        return client.get(f"/api/calls/CA1/transcript.txt{query}", headers=TOKEN).text

    assert "caller: Press 8 to continue." in transcript("")
    assert "caller: press eight to continue" in transcript("?text=raw")
    assert client.get("/api/calls/CA1/transcript.txt?text=other", headers=TOKEN).status_code == 422


def test_a_redacted_copy_has_no_number_though_the_call_was_kept_with_it(store):
    save_call(store, "CA1", "my number is four one five five five five one two one two")
    client = app_of(store, format_text=True).test_client()
    kept = get(client, "/calls/CA1/sentences")["utterances"]
    assert kept[0]["formatted"] == "My number is 415-555-1212."
    for path in ("/calls/CA1/sentences", "/calls/CA1/paragraphs", "/calls/CA1/transcript.json"):
        copy = get(client, f"{path}?redacted=1")
        assert "four" not in str(copy)
        assert "415" not in str(copy)
        assert copy["utterances"][-1]["redactions"][0]["policy"] == "phone_number"
    for name in ("txt", "srt", "vtt"):
        response = client.get(f"/api/calls/CA1/transcript.{name}?redacted=1&text=raw", headers=TOKEN)
        assert "[PHONE_NUMBER]" in response.text
        assert "four" not in response.text
