"""Correcting words on the page, naming speakers, and undoing it, with a real server and store."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from helpers.call_pages import AT, open_call, said, save_talk
from helpers.events import final
from helpers.pages import violations
from helpers.waiting import wait_until
from local_stt.events import Redaction


@pytest.fixture
def correcting(open_formatted_page, store):
    """A page on which words are being corrected."""
    server, start = open_formatted_page
    save_talk(store)
    page = start()
    open_call(page, server)
    page.get_by_role("button", name="Correct", exact=True).click()
    return page


def word(page, text):
    """Return a word of the conversation."""
    return page.locator("#utterances").get_by_text(text, exact=True)


def corrections_of(page, call_id="CA1"):
    answer = page.request.get(page.url.split("?")[0] + f"api/calls/{call_id}/corrections").json()
    return [(each["before"], each["after"]) for each in answer["corrections"]]


def test_a_word_is_corrected_in_its_place_and_marked(correcting):
    page = correcting
    word(page, "Anna").click()
    field = page.get_by_role("textbox", name="Correct “Anna”")
    expect(field).to_be_focused()
    field.fill("Hannah")
    field.press("Enter")
    expect(said(page).first).to_have_text("Hello, this is Hannah from the office.")
    expect(page.locator(".edited")).to_have_text("Hannah")
    assert page.locator(".edited").get_attribute("title") == "corrected, before: Anna"
    assert [after for _, after in corrections_of(page)] == ["Hannah"]
    page.reload()
    expect(page.locator(".edited")).to_have_text("Hannah")


def test_escape_leaves_a_word_as_it_was(correcting):
    page = correcting
    word(page, "Anna").click()
    field = page.get_by_role("textbox", name="Correct “Anna”")
    field.fill("Hannah")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(said(page).first).to_have_text("Hello, this is Anna from the office.")
    assert page.evaluate("document.activeElement.textContent") == "Anna"
    assert corrections_of(page) == []


def test_a_number_is_corrected_as_it_is_written(correcting):
    page = correcting
    word(page, "415-555-1212.").click()
    page.get_by_role("textbox", name="Correct “415-555-1212.”").fill("415-555-1213.")
    page.keyboard.press("Enter")
    expect(said(page).nth(3)).to_have_text("My number is 415-555-1213.")


def test_all_of_it_can_be_done_with_the_keyboard(open_formatted_page, store):
    server, start = open_formatted_page
    save_talk(store)
    page = start()
    open_call(page, server)
    page.get_by_role("button", name="Correct", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("#utterances").get_by_role("button").first.focus()  # the one word that Tab leads to
    assert page.evaluate("document.activeElement.textContent") == "Hello,"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Anna"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.type("Hi,")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Correct “this”")).to_be_focused()
    page.keyboard.type("that")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Correct “is”")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("textbox", name="Correct “that”")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said(page).first).to_have_text("Hi, that is Anna from the office.")
    assert page.evaluate("document.activeElement.textContent") == "that"
    page.keyboard.press("Control+z")
    expect(said(page).first).to_have_text("Hi, this is Anna from the office.")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(said(page).first).to_have_text("Hello, this is Anna from the office.")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_role("group", name="Text")).to_be_hidden()


def test_a_word_is_removed_and_a_whole_line_too(correcting):
    page = correcting
    word(page, "Anna").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(said(page).first).to_have_text("Hello, this is from the office.")
    for count in range(7, -1, -1):
        page.locator("#utterances .callee").last.locator(".said > *").first.click()
        page.keyboard.press("Delete")
        page.keyboard.press("Enter")
        if count:
            expect(page.locator("#utterances .callee").last.locator(".said > *")).to_have_count(count)
    expect(said(page)).to_have_count(4)


def test_the_texts_of_a_corrected_call_are_a_switch_away(correcting):
    page = correcting
    word(page, "Anna").click()
    page.keyboard.type("Hannah")
    page.keyboard.press("Enter")
    switch = page.get_by_role("group", name="Text")
    expect(switch.get_by_role("button", name="edited")).to_have_attribute("aria-pressed", "true")
    switch.get_by_role("button", name="live text").click()
    expect(said(page).first).to_have_text("Hello, this is Anna from the office.")
    expect(page.locator(".edited")).to_have_count(0)
    expect(page.get_by_role("button", name="Correct", exact=True)).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.locator(".edited")).to_have_text("Hannah")


def test_who_is_slower_is_informed_and_sees_what_is_there_now(correcting, new_page):
    page, problems = new_page
    word(page, "Anna").click()
    order = {"track": "inbound", "start": 2000, "end": 2400, "text": "Hannah"}
    headers = {"Origin": page.evaluate("location.origin"), "Content-Type": "application/json"}
    address = page.evaluate("new URL('api/calls/CA1/corrections', document.baseURI).href")
    assert page.request.post(address, data=json.dumps(order), headers=headers).ok
    page.keyboard.type("Joanna")
    page.keyboard.press("Enter")
    expect(said(page).first).to_have_text("Hello, this is Hannah from the office.")
    expect(page.locator("#status")).not_to_be_empty()
    problems[:] = [each for each in problems if "409" not in each]  # browsers note every refusal


def test_what_is_redacted_cannot_be_corrected(open_page, store):
    server, start = open_page
    hidden = replace(final("it is [PASSWORD]", start=50.0), redactions=(Redaction("password", 51.0, 51.4),))
    save_talk(store)
    store.add_event(hidden, at=AT)
    page = start()
    open_call(page, server)
    page.get_by_role("button", name="Correct", exact=True).click()
    page.locator("#utterances .redacted").click()
    expect(page.locator(".correction")).to_have_count(0)
    word(page, "it").last.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # over what is redacted, to the end
    expect(page.locator(".correction")).to_have_count(0)
    expect(page.locator("#utterances .redacted")).to_have_text("[password]")


def test_speakers_get_names_that_lines_and_exports_have(open_formatted_page, store, demo_channels):
    server, start = open_formatted_page
    save_talk(store, demo_channels)
    page = start()
    open_call(page, server)
    page.locator(".speaker").first.click()
    name = page.get_by_role("textbox", name="Name of the caller")
    expect(name).to_be_focused()
    name.fill("Anna")
    name.press("Enter")
    expect(page.locator("#utterances .caller .speaker").first).to_have_text("Anna")
    expect(page.get_by_role("button", name="Mute Anna")).to_be_visible()
    wait_until(lambda: store.call("CA1").speakers == {"caller": "Anna"})
    page.get_by_role("group", name="Speakers").get_by_role("button", name="Anna").press("Enter")
    name.fill("")
    name.press("Enter")
    expect(page.locator("#utterances .caller .speaker").first).to_have_text("caller")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_correct(correcting, scheme):
    page = correcting
    page.emulate_media(color_scheme=scheme)
    found = {"on": violations(page)}
    word(page, "Anna").click()
    found["field"] = violations(page)
    page.keyboard.type("Hannah")
    page.keyboard.press("Enter")
    expect(page.locator(".edited")).to_have_text("Hannah")
    found["edited"] = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found["phone"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert {state: each for state, each in found.items() if each} == {}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12).map(
    lambda text: f"<b>{text}</b><img/src=x>&amp;"
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_nothing_that_is_written_becomes_markup(correcting, text):
    page = correcting
    shown = page.evaluate(
        """async (text) => {
            const { Conversation } = await import("/static/call/conversation.js");
            const { AssistantView } = await import("/static/call/assistant.js");
            const { TagList } = await import("/static/call/tags.js");
            const { NoteField } = await import("/static/call/notes.js");
            const { SpeakerNames } = await import("/static/call/speaker-names.js");
            const box = document.createElement("div");
            const conversation = new Conversation(box);
            conversation.showNames({ caller: text });
            conversation.showCorrections([
                { at: 1, track: "inbound", start: 1000, end: 2000, before: text, after: text },
            ]);
            const words = [{ text, start: 1, end: 2, confidence: 1 }];
            conversation.addAll([{ track: "inbound", start: 1, words }]);
            conversation.showAlerts([{ track: "inbound", start: 1, end: 2, topic: text, phrase: text }]);
            const assistant = new AssistantView(async () => ({ text, model: text }));
            assistant.open({ is_available: true, model: text, address_host: text });
            await assistant.run("summary");
            const tags = new TagList({ save: async (tags) => tags, suggest: async () => [text] });
            tags.open([text]);
            await tags.showSuggestions();
            const note = new NoteField(async () => {});
            note.open(text);
            const names = new SpeakerNames(async () => {});
            names.show(["caller"], { caller: text });
            const parts = [box, assistant.element, tags.element, note.element, names.element];
            return {
                markup: parts.flatMap((part) => [...part.querySelectorAll("b, img")]).length,
                texts: [
                    box.querySelector(".said").textContent,
                    box.querySelector(".speaker").textContent,
                    assistant.answer.textContent,
                    tags.list.querySelector("span").textContent,
                    note.field.value,
                    names.element.textContent,
                ],
            };
        }""",
        text,
    )
    assert shown["markup"] == 0
    assert shown["texts"] == [text] * 6
