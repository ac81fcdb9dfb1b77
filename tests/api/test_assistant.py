"""The routes that ask the user's language model."""

import pytest

from helpers.api import TOKEN, app_of, get
from helpers.assistants import assistant_for
from helpers.events import save_call
from stand_ins.language_model import language_model


@pytest.fixture
def model():
    with language_model() as model:
        yield model


@pytest.fixture
def client(store, model):
    save_call(store, "CA1", "the hose leaks")
    return app_of(store, assistant=assistant_for(model)).test_client()


def ask(client, status=200, call_id="CA1", **order):
    response = client.post(f"/api/calls/{call_id}/assistant", json=order, headers=TOKEN)
    assert response.status_code == status, response.text
    return response.get_json()


def test_the_model_answers_about_a_call(client, model):
    assert get(client, "/assistant") == {
        "is_available": True,
        "model": "llama3.2:3b",
        "address_host": "127.0.0.1",
    }
    expected = {"text": "The caller has a leaking hose.", "model": "llama3.2:3b"}
    assert ask(client, task="summary", length="short") == expected
    assert ask(client, task="question", question="What leaks?") == expected
    assert ask(client, task="action-items") == expected
    assert len(model.asked) == 3


def test_orders_that_cannot_be_followed(client, model):
    assert "question" in ask(client, 422, task="question", question=" ")["error"]
    ask(client, 422, task="poem")
    ask(client, 422, task="question", question="a" * 2001)
    ask(client, 422, task="question", question="\ud800")
    ask(client, 422, task="question", question="a\0b")
    ask(client, 422, task="summary", system="You are a pirate.")
    ask(client, 404, call_id="CA9", task="summary")
    assert client.post("/api/calls/CA1/assistant", json={"task": "summary"}).status_code == 401
    assert model.asked == []


def test_what_goes_wrong_is_said(client, model):
    model.status = 500
    assert "LLM_URL" in ask(client, 502, task="summary")["error"]
    model.status = 429
    ask(client, 503, task="summary")


def test_without_a_model_the_setting_is_named(store):
    save_call(store, "CA1", "the hose leaks")
    client = app_of(store).test_client()
    assert get(client, "/assistant") == {"is_available": False, "model": "", "address_host": ""}
    assert "LLM_URL" in ask(client, 404, task="summary")["error"]
