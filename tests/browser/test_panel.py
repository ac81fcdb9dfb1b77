"""The panel beside a call: a note, tags, the analysis and the assistant, with a real server and store."""

import re

import pytest
from playwright.sync_api import expect

from helpers.call_pages import AT, open_call, save_talk
from helpers.events import save_call
from helpers.pages import violations
from helpers.waiting import wait_until


@pytest.fixture
def page(open_formatted_page, store, demo_channels):
    """A page with a recorded call."""
    server, start = open_formatted_page
    save_talk(store, demo_channels)
    save_call(store, "CA2", "good bye", at=AT, caller="+49")
    store.annotations.change("CA2", tags=["sales"])
    page = start()
    open_call(page, server)
    return page


@pytest.fixture
def refused(new_page):
    """Forgets what the browser noted of requests that did not get through."""
    yield
    new_page[1].clear()


def test_a_note_is_kept_while_it_is_written(page, store):
    note = page.get_by_role("textbox", name="Note")
    note.fill("Call back on Monday")
    expect(page.locator(".save-state")).to_have_text("Saved")
    assert store.call("CA1").note == "Call back on Monday"
    note.press_sequentially(", at nine")
    page.evaluate("history.pushState(null, '', '?call=CA2'); dispatchEvent(new PopStateEvent('popstate'))")
    wait_until(lambda: store.call("CA1").note == "Call back on Monday, at nine" or page.wait_for_timeout(20))
    expect(note).to_have_value("")
    assert store.call("CA2").note == ""


def test_a_note_that_cannot_be_kept_says_so(page, refused):
    page.route(
        "**/api/calls/CA1",
        lambda route: route.abort() if route.request.method == "PATCH" else route.continue_(),
    )
    page.get_by_role("textbox", name="Note").fill("Call back")
    expect(page.locator(".save-state")).to_contain_text("Not saved: The server cannot be reached.")
    page.unroute("**/api/calls/CA1")
    page.get_by_role("textbox", name="Note").press_sequentially(" soon")
    expect(page.locator(".save-state")).to_have_text("Saved")


def test_tags_are_added_with_suggestions_and_removed(page, store):
    field = page.get_by_role("combobox", name="Add a tag")
    field.focus()
    expect(page.locator("#tag-suggestions option")).to_have_attribute("value", "sales")
    field.fill("urgent")
    field.press("Enter")
    chips = page.get_by_role("list", name="Tags")
    expect(chips).to_contain_text("urgent")
    page.keyboard.type("sales,")
    expect(chips.get_by_role("listitem")).to_have_count(2)
    assert list(store.call("CA1").tags) == ["sales", "urgent"]
    page.get_by_role("button", name="Remove tag urgent").press("Enter")
    expect(chips.get_by_role("listitem")).to_have_count(1)
    assert list(store.call("CA1").tags) == ["sales"]


def test_the_analysis_leads_to_its_moments(page):
    panel = page.locator("#call-panel")
    expect(panel.get_by_role("img", name="Talk: caller")).to_be_visible()
    panel.get_by_role("button", name=re.compile("^account .2$")).click()
    line = page.locator("#utterances li").filter(has_text="cancel")
    expect(line).to_have_class("caller reached")
    panel.get_by_role("button", name=re.compile("^account .2$")).click()
    expect(page.locator("#utterances li").filter(has_text="look for")).to_have_class("callee reached")
    wait_until(lambda: 25 < page.evaluate("document.getElementById('audio').currentTime") < 26)
    panel.get_by_role("button", name="Estimate").click()
    expect(panel).to_contain_text("A heuristic over a list of English words.")
    expect(panel).to_contain_text("sounds")


def test_the_panel_is_folded_and_stays_so(page):
    page.set_viewport_size({"width": 1600, "height": 900})
    toggle = page.get_by_role("button", name="Details")
    toggle.click()
    expect(page.locator("#call-panel")).to_be_hidden()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(page.get_by_role("button", name="Details")).to_have_attribute("aria-expanded", "false")
    page.get_by_role("button", name="Details").press("Enter")
    expect(page.get_by_role("textbox", name="Note")).to_be_visible()


def test_details_below_a_conversation_are_gone_to_and_then_hidden(page):
    page.set_viewport_size({"width": 1100, "height": 500})
    toggle = page.get_by_role("button", name="Details")
    note = page.get_by_role("textbox", name="Note")
    expect(note).not_to_be_in_viewport()
    toggle.click()
    expect(note).to_be_in_viewport()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.press("Enter")
    expect(note).to_be_hidden()


def test_what_cannot_be_had_is_said_and_the_call_is_there(page, refused):
    page.route("**/api/calls/*/analysis*", lambda route: route.abort())
    page.reload()
    expect(page.locator("#call-panel")).to_contain_text("There is no analysis: The server cannot be reached.")
    expect(page.locator("#utterances")).to_contain_text("Anna")
    expect(page.get_by_role("heading", name="Assistant")).to_have_count(0)


def answer(page, **answers):
    """Have the assistant's routes answer as a server that has one."""
    there = {"is_available": True, "model": "llama", "address_host": "127.0.0.1"}
    page.route("**/api/assistant", lambda route: route.fulfill(json=there))
    page.route("**/api/calls/CA1/assistant", lambda route: route.fulfill(**answers))
    page.reload()


def test_the_assistant_answers_with_text(page):
    text = "<b>Anna</b> cancels.\n<script>alert(1)</script>"
    answer(page, json={"text": text, "model": "llama"})
    page.get_by_role("button", name="Summary").click()
    expect(page.locator(".answer")).to_have_text(text)
    assert page.locator(".answer *").count() == 0
    expect(page.locator(".assistant")).to_contain_text("Answers are written by llama at 127.0.0.1")
    with page.expect_request("**/api/calls/CA1/assistant") as asked:
        page.get_by_role("textbox", name="Ask about this call").fill("Who calls?")
        page.keyboard.press("Enter")
    assert asked.value.post_data_json == {"task": "question", "question": "Who calls?"}


def test_an_assistant_that_is_away_says_so(page, refused):
    answer(page, status=502, json={"error": "The language model at LLM_URL cannot be reached."})
    page.get_by_role("button", name="Action items").click()
    expect(page.locator(".assistant .problem")).to_have_text(
        "The language model at LLM_URL cannot be reached."
    )
    expect(page.locator(".answer")).to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_panel(page, scheme):
    answer(page, json={"text": "Anna cancels.", "model": "llama"})
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("button", name="Summary").click()
    expect(page.locator(".answer")).to_have_text("Anna cancels.")
    page.get_by_role("combobox", name="Add a tag").fill("urgent")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("#call-panel")).to_contain_text("sounds")
    found = {"wide": violations(page)}
    page.set_viewport_size({"width": 360, "height": 740})
    found["phone"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert {state: each for state, each in found.items() if each} == {}
