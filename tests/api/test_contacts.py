"""The API of contacts."""

import pytest

from helpers.api import TOKEN, app_of, get
from local_stt.contacts import MAX_BYTES

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nTEL:030 12345678\nEND:VCARD\n"


@pytest.fixture
def client(store):
    return app_of(store, region="US").test_client()


def test_a_number_is_given_a_name_and_loses_it(client):
    path = "/api/contacts/(202) 555-0123"
    named = client.put(path, headers=TOKEN, json={"name": " Ann\u202e "})
    assert (named.status_code, named.get_json()) == (200, {"number": "+12025550123", "name": "Ann"})
    assert get(client, "/contacts") == {"contacts": [{"number": "+12025550123", "name": "Ann"}]}
    sip = client.put("/api/contacts/sip:bob@example.com", headers=TOKEN, json={"name": "bob"})
    assert sip.get_json() == {"number": "sip:bob@example.com", "name": "bob"}
    assert client.delete("/api/contacts/%2B12025550123", headers=TOKEN).status_code == 204
    gone = client.delete("/api/contacts/%2B12025550123", headers=TOKEN)
    assert (gone.status_code, gone.get_json()) == (404, {"error": "This number has no name."})
    assert [each["name"] for each in get(client, "/contacts")["contacts"]] == ["bob"]


@pytest.mark.parametrize(
    ("number", "body"),
    [
        ("hello", {"name": "Ann"}),
        ("+12025550123", {"name": ""}),
        ("+12025550123", {"name": "\u202e "}),
        ("+12025550123", {"name": "x" * 81}),
        ("+12025550123", {}),
        ("+12025550123", {"name": "Ann", "x": 1}),
        ("+12025550123?region=XX", {"name": "Ann"}),
    ],
)
def test_what_cannot_be_a_contact_is_refused(client, number, body):
    refused = client.put(f"/api/contacts/{number}", headers=TOKEN, json=body)
    assert refused.status_code == 422
    assert refused.get_json()["error"]
    assert get(client, "/contacts") == {"contacts": []}


def test_a_file_is_imported_whatever_it_is_called(client):
    def send(body, query="", status=200, **options):
        answer = client.post(f"/api/contacts/import{query}", headers=TOKEN, data=body, **options)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    table = "name,phone\nAnn,(202) 555-0123\nCy,\n"
    assert send(table, content_type="text/csv") == {
        "added": 1,
        "changed": 0,
        "skipped": ["line 3: no number"],
    }
    assert send(CARD, "?region=DE", content_type="text/vcard") == {"added": 1, "changed": 0, "skipped": []}
    assert send(table.replace("Ann", "Anna"))["changed"] == 1
    names = {each["number"]: each["name"] for each in get(client, "/contacts")["contacts"]}
    assert names == {"+12025550123": "Anna", "+493012345678": "Bob"}
    assert "larger than 5 MB" in send(b" " * (MAX_BYTES + 1), status=413)["error"]
    assert "neither CSV nor vCard" in send(b"PK\0\0", status=422)["error"]


def test_contacts_are_for_viewers_only(client):
    assert client.get("/api/contacts").status_code == 401
    assert client.put("/api/contacts/+12025550123", json={"name": "Ann"}).status_code == 401
    assert client.post("/api/contacts/import", data=CARD).status_code == 401
