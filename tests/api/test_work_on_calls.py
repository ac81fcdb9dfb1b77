"""The API with which people work on kept calls: filters, corrections, notes, tags and names."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from helpers.api import TOKEN, app_of, get
from helpers.events import final, recording, save_call, started
from local_stt.events import Alert, CallEnded, DigitPressed, EndReason, Gap, Redaction
from local_stt.net.http_server import MAX_MESSAGE_BYTES
from local_stt.store.annotations import MAX_NOTE
from local_stt.store.schema import contacts

SPELLED = "the name is hansen four one five five five five one two one two"


@pytest.fixture
def client(store):
    save_call(store, "CA1", SPELLED, "good bye", at=1000)
    return app_of(store, format_text=True).test_client()


def send(client, method, path, body=None, status=200):
    response = client.open("/api" + path, method=method, headers=TOKEN, json=body)
    assert response.status_code == status, response.text
    return response.get_json(silent=True)


def correct(client, start, end, text, status=200, **more):
    body = {"track": "inbound", "start": start, "end": end, "text": text, **more}
    return send(client, "POST", "/calls/CA1/corrections", body, status)


def sentences(client, **query):
    return get(client, "/calls/CA1/sentences", query_string=query)["utterances"]


def test_a_correction_is_in_the_best_text_and_what_was_heard_stays(client):
    before = sentences(client)
    assert before[0]["formatted"] == "The name is Hansen 415-555-1212."
    done = correct(client, 2500, 2900, "Hanssen,")
    assert done["utterance"]["formatted"] == "The name is Hanssen, 415-555-1212."
    assert done["utterance"]["words"][3] == {
        "text": "Hanssen",
        "start": 2500,
        "end": 2900,
        "confidence": 1.0,
        "speaker": "caller",
    }
    assert (done["call"]["edition"], done["call"]["badges"]) == ("edited", ["edited"])
    assert sentences(client)[0] == done["utterance"]
    assert sentences(client, edition="edited") == sentences(client)
    assert sentences(client, edition="live") == before
    assert get(client, "/calls/CA1/sentences?edition=second", 404)["error"].startswith("Call CA1 has no text")
    raw = client.get("/api/calls/CA1/transcript.txt?text=raw", headers=TOKEN).text
    assert "the name is Hanssen four one five" in raw


def test_corrections_are_listed_and_undone(client):
    correct(client, 2500, 2900, "Hanssen,", before="Hansen")
    correct(client, 3000, 7900, "415-555-1213.", before="415-555-1212.")
    made = get(client, "/calls/CA1/corrections")["corrections"]
    assert [(each["before"], each["after"]) for each in made] == [
        ("415-555-1212.", "415-555-1213."),
        ("Hansen", "Hanssen,"),
    ]
    assert (made[1]["track"], made[1]["start"], made[1]["end"]) == ("inbound", 2500, 2900)
    done = send(client, "DELETE", "/calls/CA1/corrections/last")
    assert done["utterance"]["formatted"] == "The name is Hanssen, 415-555-1212."
    done = send(client, "DELETE", "/calls/CA1/corrections/last")
    assert (done["call"]["edition"], done["call"]["edited_at"]) == ("live", None)
    assert done["utterance"] == sentences(client)[0]
    send(client, "DELETE", "/calls/CA1/corrections/last", status=404)
    assert get(client, "/calls/CA1/corrections") == {"corrections": []}


def test_a_line_is_removed(client):
    done = correct(client, 11_000, 11_900, "")
    assert done["utterance"] is None
    assert len(sentences(client)) == 1


def test_what_cannot_be_corrected_is_refused_with_the_reason(client, store):
    assert "somebody else" in correct(client, 2501, 2900, "x", 409)["error"]
    assert "somebody else" in correct(client, 2500, 2900, "x", 409, before="Hanson")["error"]
    for text in ("x" * 501, "a\0b", "a\u202eb", "a\x1bb", "\ud800"):
        correct(client, 2500, 2900, text, 422)
    send(
        client, "POST", "/calls/CA9/corrections", {"track": "inbound", "start": 1, "end": 2, "text": ""}, 404
    )
    send(client, "POST", "/calls/CA1/corrections", {"track": "inbound"}, 422)
    store.start_call(started("CA2"), at=2000, server="s", model="m")
    order = {"track": "inbound", "start": 1, "end": 2, "text": ""}
    assert "may still go on" in send(client, "POST", "/calls/CA2/corrections", order, 409)["error"]


def test_redacted_words_are_not_corrected(client, store):
    store.start_call(started("CA3"), at=2000, server="s", model="m")
    said = final("call [PHONE_NUMBER] please", call_id="CA3")
    store.add_event(replace(said, redactions=(Redaction("phone_number", 1.5, 1.9),)), at=2000)
    store.end_call(CallEnded("CA3", EndReason.HUNG_UP, 3.0), at=3000)
    order = {"track": "inbound", "start": 1500, "end": 1900, "text": "x"}
    assert "redacted" in send(client, "POST", "/calls/CA3/corrections", order, 422)["error"]


def test_a_redacted_copy_of_an_edited_text_has_no_number(client, store):
    correct(client, 11_000, 11_900, "My new number is four one five five five five one two one three")
    store.annotations.change("CA1", note="415 555 1212")
    copy = client.get("/api/calls/CA1/transcript.json?redacted=1", headers=TOKEN).text
    assert "Hansen" in copy
    assert "New number is" in copy or "new number is" in copy
    for private in ("four", "415", "1213"):
        assert private not in copy
    correct(client, 2500, 2900, "Hanssen")
    assert "Hanssen" in client.get("/api/calls/CA1/transcript.json?redacted=1", headers=TOKEN).text


@pytest.mark.parametrize(
    "typed",
    ["415-555-1213", "(415) 555-1213", "415 555 1213", "+14155551213", "bob1213@example.net", "Nr.41551213"],
)
def test_a_number_that_somebody_typed_is_not_in_a_redacted_copy(client, typed):
    correct(client, 11_000, 11_900, f"Call 5 times, my number is {typed}, please.")
    for path in ("sentences", "transcript.json", "transcript.txt"):
        copy = client.get(f"/api/calls/CA1/{path}?redacted=1", headers=TOKEN).text
        assert "1213" not in copy
        assert "one two one three" not in copy
        assert "5 times" in copy or "five times" in copy
        assert "1213" in client.get(f"/api/calls/CA1/{path}", headers=TOKEN).text.replace(" ", "")


@pytest.mark.parametrize("letter", ["x", "\u20ac", "\U0001f9a9"])
def test_the_longest_note_is_taken_by_a_server_that_bounds_bodies(client, letter):
    client.application.config["MAX_CONTENT_LENGTH"] = MAX_MESSAGE_BYTES
    send(client, "PATCH", "/calls/CA1", {"note": letter * MAX_NOTE})
    assert len(get(client, "/calls/CA1")["note"]) == MAX_NOTE
    send(client, "PATCH", "/calls/CA1", {"note": letter * (MAX_NOTE + 1)}, 422)
    send(client, "PATCH", "/calls/CA1", {"note": "x" * 300_000}, 413)


def test_people_annotate_calls(client):
    done = send(
        client,
        "PATCH",
        "/calls/CA1",
        {"note": "Call back.\n", "tags": [" vip ", "VIP", "b"], "speakers": {"caller": " Ann "}},
    )
    assert (done["note"], done["tags"], done["speakers"]) == ("Call back.\n", ["b", "vip"], {"caller": "Ann"})
    assert done == get(client, "/calls/CA1")
    assert send(client, "PATCH", "/calls/CA1", {"tags": []})["note"] == "Call back.\n"
    assert get(client, "/labels") == {"topics": [], "tags": [], "keeps": True}
    assert client.patch("/api/calls/CA1", json={"note": ""}).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"note": "x" * 20_001},
        {"note": "a\0b"},
        {"note": "a\udfff"},
        {"tags": [str(each) for each in range(31)]},
        {"tags": ["  "]},
        {"tags": ["x" * 61]},
        {"tags": ["a\nb"]},
        {"tags": [5]},
        {"speakers": {"caller": "x" * 81}},
        {"speakers": {"caller": "a\nb"}},
        {"else": 1},
    ],
)
def test_what_nobody_may_write_is_refused(client, body):
    send(client, "PATCH", "/calls/CA1", body, 422)


def test_a_deleted_call_is_not_annotated(client, store):
    store.delete("CA1", at=99_000)
    assert send(client, "PATCH", "/calls/CA1", {"note": "x"}, 409) == {"error": "Call CA1 was deleted."}
    send(client, "PATCH", "/calls/CA9", {"note": "x"}, 404)


def test_speakers_that_a_call_does_not_have_get_no_name(client, store):
    for strange in ("somebody", "", "a\0b"):
        send(client, "PATCH", "/calls/CA1", {"speakers": {strange: "Ann"}}, 409)
    store.save_call(recording(), [])
    assert send(client, "PATCH", "/calls/file-1", {"speakers": {"speaker": "Ann"}})["speakers"] == {
        "speaker": "Ann"
    }


def test_the_list_shows_what_is_known_and_is_filtered_by_it(client, store):
    store.start_call(started("CA2", caller="+4930123"), at=2000, server="s", model="m")
    store.add_event(final("give me my money back", call_id="CA2"), at=2000)
    store.add_event(DigitPressed("CA2", "inbound", "5", 2.0), at=2000)
    store.add_event(Gap("CA2", 3.0, 4.0), at=2000)
    store.add_alert(Alert("CA2", "inbound", "refund", "money back", 2.5, 3.4), at=2000)
    store.end_call(CallEnded("CA2", EndReason.HUNG_UP, 60.0), at=62_000)
    with store._engine.begin() as connection:
        connection.execute(insert(contacts).values(number="+4930123", name="Zoë Österreich"))
    page = get(client, "/calls?q=money")
    (call,) = page["calls"]
    assert (page["total"], page["next"]) == (1, None)
    assert (call["opening"], call["topics"]) == ("give me my money back", ["refund"])
    assert (call["badges"], call["caller_name"]) == (["alert", "gap"], "Zoë Österreich")
    assert call["match_count"] == 1
    assert call["matches"] == get(client, "/search?q=money")["matches"]
    for query in (
        {"who": "4930"},
        {"who": "ÖSTER"},
        {"badge": "alert"},
        {"badge": "gap"},
        {"topic": "refund"},
        {"min_duration": 60_000},
        {"who": "zoë", "badge": "gap", "direction": "inbound", "q": "back", "max_duration": 60_000},
    ):
        found = get(client, "/calls", query_string=query)
        assert ([each["call_id"] for each in found["calls"]], found["total"]) == (["CA2"], 1), query
    for query in ({"badge": "voicemail"}, {"direction": "recording"}, {"tag": "x"}, {"who": "nobody"}):
        assert get(client, "/calls", query_string=query)["calls"] == [], query
    page = get(client, "/calls?limit=1")
    assert (page["total"], page["calls"][0]["matches"], page["calls"][0]["match_count"]) == (2, [], 0)
    assert get(client, f"/calls?limit=1&before={page['next']}")["total"] is None
    get(client, "/calls?q=?", 422)
    get(client, "/calls?badge=x", 422)
    get(client, "/calls?limit=1001", 422)
