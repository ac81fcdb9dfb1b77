"""The API of exports."""

import io
import zipfile

import docx
import pytest

from helpers.api import TOKEN, app_of, get
from helpers.events import save_call


@pytest.fixture
def client(store):
    save_call(store, "CA1", "press eight to continue", "good bye", at=1_700_000_000_000)
    save_call(store, "CA2", "hello", at=1_700_000_000_000)
    return app_of(store).test_client()


def test_a_document_has_what_was_said(client):
    answer = client.get("/api/calls/CA1/transcript.docx?times=false", headers=TOKEN)
    assert answer.content_type.endswith("wordprocessingml.document")
    lines = [each.text for each in docx.Document(io.BytesIO(answer.data)).paragraphs]
    assert lines[-2:] == ["caller: press eight to continue", "caller: good bye"]
    get(client, "/calls/CA9/transcript.docx", 404)
    get(client, "/calls/CA1/transcript.docx?chars_per_caption=9", 422)
    assert client.get("/api/calls/CA1/transcript.docx").status_code == 401


def test_plain_text_has_times_or_not(client):
    def text(query):
        return client.get(f"/api/calls/CA2/transcript.txt{query}", headers=TOKEN).text

    assert text("") == text("?times=true") == "[00:00:01] caller: hello\n"
    assert text("?times=false") == "caller: hello\n"
    get(client, "/calls/CA2/transcript.srt?times=false", 422)


def test_several_calls_are_a_zip(client):
    answer = client.get("/api/calls/export?format=srt&id=CA1&id=CA9&id=CA2", headers=TOKEN)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == "attachment; filename=calls.zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        first, second, missing = archive.namelist()
        assert (first[-4:], second[-8:], missing) == (".srt", " (2).srt", "missing.txt")
        assert b"press eight to continue" in archive.read(first)


@pytest.mark.parametrize(
    "query",
    [
        "format=txt",
        "id=CA1",
        "format=pdf&id=CA1",
        "format=txt&id=",
        "format=txt&" + "&".join(f"id=CA{number}" for number in range(201)),
    ],
)
def test_what_cannot_be_exported_is_refused(client, query):
    get(client, f"/calls/export?{query}", 422)
