"""A language model gets what was said, redacted and in parts, and what it answers is a text."""

import threading

import pytest

from helpers.assistants import assistant_for
from helpers.events import final, recording
from helpers.waiting import wait_until
from local_stt.assistant import Length, Order, Task
from local_stt.assistant.assistant import MAX_PARTS, MAX_WAITING
from local_stt.core.call_record import utterance_of
from local_stt.errors import AssistantError, SettingError
from local_stt.net import near_addresses
from stand_ins.language_model import language_model

CALL = recording()
SUMMARY = Order(Task.SUMMARY)
SECRET = "four one five five five five one two one two"


def said(*texts):
    return [utterance_of(final(text, start=1.0 + 10 * at)) for at, text in enumerate(texts)]


@pytest.fixture
def model():
    with language_model() as model:
        yield model


def failure(server, *, order=SUMMARY, **settings):
    """Return the status and the sentence of the error that an order ends with."""
    with pytest.raises(AssistantError) as raised:
        assistant_for(server, **settings).answer(CALL, said("the hose leaks"), order)
    return raised.value.status, str(raised.value)


def test_an_answer_and_what_it_cost(model):
    found = assistant_for(model).answer(CALL, said("the hose works"), SUMMARY)
    assert (found.text, found.model, found.output_tokens) == (
        "The caller has a leaking hose.",
        "llama3.2:3b",
        9,
    )
    assert found.input_tokens > 20
    (request,) = model.asked
    assert request["messages"][1]["content"].endswith("BEGIN\n[0:01] caller: The hose works.\nEND")


@pytest.mark.parametrize(
    ("order", "task"),
    [
        (Order(Task.SUMMARY, length=Length.SHORT), "Summarize the call in one or two sentences."),
        (Order(Task.QUESTION, "What leaks?"), "What leaks?"),
        (Order(Task.ACTION_ITEMS, wishes="As JSON."), "none. As JSON."),
    ],
)
def test_each_task_is_said_in_words(model, order, task):
    assistant_for(model).answer(CALL, said("the hose leaks"), order)
    assert task in model.asked[0]["messages"][1]["content"]


def test_private_values_do_not_reach_the_model(model):
    assistant_for(model).answer(CALL, said(f"call me at {SECRET} please"), SUMMARY)
    assert "[PHONE_NUMBER]" in model.said
    assert "415" not in model.said
    assert "four one five" not in model.said


def test_a_long_call_is_read_in_parts_and_then_the_notes(model):
    model.write = lambda _: f"noted {len(model.asked)}"
    lines = said(*(f"sentence number {at} about the hose " + "and so on " * 20 for at in range(120)))
    assistant = assistant_for(model)
    assistant.answer(CALL, lines, SUMMARY)
    *parts, last = [each["messages"][1]["content"] for each in model.asked]
    assert len(parts) >= 3
    assert all(len(each["messages"][1]["content"].encode()) < 3 * 4096 for each in model.asked)
    everything = "".join(parts)
    assert all(f"umber {at} about" in everything for at in range(120))
    assert "BEGIN\nPart 1: noted 1\nPart 2: noted 2\n" in last
    assert last.startswith("Summarize the call")


def test_notes_that_are_long_themselves_are_read_in_parts_too(model):
    model.write = lambda _: f"noted {len(model.asked)}: " + "x" * 50_000
    lines = said(*(["and so on " * 100] * (MAX_PARTS * 7)))
    assistant_for(model).answer(CALL, lines, SUMMARY)
    assert 1.2 * MAX_PARTS < len(model.asked) < 2 * MAX_PARTS
    assert all(len(each["messages"][1]["content"].encode()) < 3 * 4096 for each in model.asked)


def test_a_call_that_would_take_too_many_parts_is_refused(model):
    lines = said(*(["and so on " * 100] * (MAX_PARTS * 12)))
    with pytest.raises(AssistantError, match="LLM_CONTEXT_TOKENS") as raised:
        assistant_for(model).answer(CALL, lines, SUMMARY)
    assert raised.value.status == 422
    assert model.asked == []


def test_a_question_that_leaves_no_room_for_the_call_is_refused(model):
    status, sentence = failure(model, order=Order(Task.QUESTION, "why? " * 2000))
    assert (status, "LLM_CONTEXT_TOKENS" in sentence) == (422, True)


def test_an_empty_question_is_not_sent(model):
    status, sentence = failure(model, order=Order(Task.QUESTION, " "))
    assert (status, sentence) == (422, "The question is empty: ask something about the call.")
    assert model.asked == []


def test_a_call_without_a_word_is_not_sent(model):
    with pytest.raises(AssistantError, match="Nothing was said") as raised:
        assistant_for(model).answer(CALL, [], SUMMARY)
    assert (raised.value.status, model.asked) == (409, [])


def test_the_key_goes_to_the_model_and_into_no_message(model):
    model.key = "sk-secret"
    assistant_for(model, llm_key="sk-secret").answer(CALL, said("hello"), SUMMARY)
    assert model.headers[0]["authorization"] == "Bearer sk-secret"
    status, sentence = failure(model, llm_key="sk-wrong")
    assert (status, "LLM_KEY" in sentence, "sk-wrong" in sentence) == (502, True, False)
    assert failure(model)[0] == 502
    assert "authorization" not in model.headers[-1]


def test_what_a_netrc_or_a_proxy_of_the_environment_says_does_not_count(model, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("default login user password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert assistant_for(model).answer(CALL, said("hello"), SUMMARY).text
    assert "authorization" not in model.headers[0]


@pytest.mark.parametrize(
    ("faults", "status", "part"),
    [
        ({"status": 400}, 502, "LLM_CONTEXT_TOKENS"),
        ({"status": 429}, 503, "busy"),
        ({"status": 500}, 502, "it answered 500"),
        ({"status": 302, "location": "/v1/elsewhere"}, 502, "it answered 302"),
        ({"body": b"<html>"}, 502, "does not speak OpenAI's API"),
        ({"body": b"[" * 100_000}, 502, "does not speak OpenAI's API"),
        ({"body": b'{"choices": []}'}, 502, "does not speak OpenAI's API"),
        ({"body": b'{"choices": [{"message": {"content": ["a"]}}]}'}, 502, "does not speak OpenAI's API"),
        ({"endless": True}, 502, "cannot be read"),
        ({"write": lambda _: None}, 502, "empty answer: try another LLM_MODEL"),
        ({"write": lambda _: "<think>so", "finish_reason": "length"}, 502, "raise LLM_CONTEXT_TOKENS"),
    ],
)
def test_an_error_names_what_can_be_done(model, faults, status, part):
    for name, value in faults.items():
        setattr(model, name, value)
    found, sentence = failure(model)
    assert (found, part in sentence, "LLM_URL" in sentence) == (status, True, True), sentence
    assert len(model.asked) == 1  # so that nothing was followed or repeated


def test_a_model_that_is_not_there(model):
    assert failure(model, llm_model="other")[1].endswith("correct LLM_MODEL or LLM_URL.")


def test_a_server_that_is_not_there(model):
    status, sentence = failure(model, llm_url="http://127.0.0.1:9/v1")
    assert (status, "cannot be reached" in sentence) == (502, True)


def test_a_model_that_takes_too_long(model):
    model.silent = threading.Event()
    status, sentence = failure(model, llm_timeout_seconds=1)
    assert (status, "LLM_TIMEOUT_SECONDS" in sentence) == (504, True)


def test_a_host_elsewhere_is_asked_only_if_it_is_allowed(model, monkeypatch):
    monkeypatch.setattr(near_addresses, "NEAR", ())
    status, sentence = failure(model)
    assert (status, "LLM_ALLOWED_HOSTS" in sentence) == (502, True)
    assert model.asked == []
    assert assistant_for(model, llm_allowed_hosts=("127.0.0.1",)).answer(CALL, said("hello"), SUMMARY).text


def test_one_order_is_answered_at_a_time_and_few_wait(model):
    model.silent = threading.Event()
    assistant, outcomes = assistant_for(model), []

    def ask():
        try:
            outcomes.append(assistant.answer(CALL, said("hello"), SUMMARY).text)
        except AssistantError as error:
            outcomes.append(error.status)

    threads = [threading.Thread(target=ask) for _ in range(MAX_WAITING + 3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: outcomes == [503, 503])
    wait_until(lambda: len(model.asked) == 1)
    model.silent.set()
    for thread in threads:
        thread.join()
    assert outcomes[2:] == ["The caller has a leaking hose."] * (MAX_WAITING + 1)


def test_an_address_without_a_model_is_refused_at_the_start(model):
    with pytest.raises(SettingError, match="LLM_MODEL"):
        assistant_for(model, llm_model="")
    assert assistant_for(model, llm_url="") is None
