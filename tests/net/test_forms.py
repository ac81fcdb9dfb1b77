"""Forms of too many fields are refused before they cost anything."""

import pytest
import requests

from local_stt.net.forms import MAX_FIELDS
from local_stt.telephony.signature import Signatures, sign

TOKEN = "1" * 32
PUBLIC = "https://calls.example"


@pytest.fixture(scope="module")
def server(running):
    with running(auth_token=TOKEN, public_url=PUBLIC) as server:
        yield server


def send(server, path, form, *, is_multipart=False):
    """Send a form as Twilio would, signed."""
    body = (
        {"files": {name: (None, value) for name, value in form.items()}} if is_multipart else {"data": form}
    )
    headers = sign(TOKEN, PUBLIC + path, form)
    return requests.post(server.http + path, headers=headers, timeout=120, **body)


def fields(count):
    return {f"Field{number}": str(number) for number in range(count)}


@pytest.mark.parametrize("is_multipart", [False, True])
@pytest.mark.parametrize("path", ["/call", "/dialed", "/call-status", "/recording-status", "/nonesuch"])
def test_a_form_of_too_many_fields_is_refused_and_its_signature_is_not_checked(
    server, path, is_multipart, monkeypatch
):
    checked = []
    monkeypatch.setattr(Signatures, "webhook_is_signed", lambda *_: checked.append(1) or False)
    answer = send(server, path, fields(MAX_FIELDS + 1), is_multipart=is_multipart)
    assert answer.status_code == 413
    assert checked == []


def test_a_form_as_large_as_twilios_is_taken(server):
    form = fields(60) | {"CallSid": "CA1", "From": "+15550001111", "To": "+15550002222"}
    assert send(server, "/call", form).status_code == 200
    form["From"] = "+15550003333"
    headers = sign(TOKEN, PUBLIC + "/call", fields(3))
    assert requests.post(server.http + "/call", form, headers=headers, timeout=120).status_code == 403


def test_many_empty_fields_are_as_many(server):
    for body in ("&" * 1200, "a&" * 1200, "a=1&" * 1200):
        headers = sign(TOKEN, PUBLIC + "/call", {}) | {"Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(server.http + "/call", body, headers=headers, timeout=120)
        assert answer.status_code == 413
