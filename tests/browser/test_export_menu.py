"""What leaves the page: files, paper, and nothing without a question when it is deleted."""

import re

import pytest
from playwright.sync_api import expect

from helpers.call_pages import open_call, save_talk
from helpers.pages import violations

LINKS = {
    "Text with times (.txt)": "transcript.txt",
    "Text without times (.txt)": "transcript.txt?times=false",
    "Word (.docx)": "transcript.docx",
    "Subtitles (.srt)": "transcript.srt",
    "WebVTT (.vtt)": "transcript.vtt",
    "JSON (.json)": "transcript.json",
    "Recording (.wav)": "audio",
    "Redacted recording (.wav)": "audio?redacted=1",
}


@pytest.fixture
def page(open_formatted_page, store, demo_channels):
    """A page with a recorded call."""
    server, start = open_formatted_page
    save_talk(store, demo_channels)
    page = start()
    open_call(page, server)
    return page


def test_every_form_can_be_downloaded(page):
    page.get_by_role("button", name="Export").click()
    links = page.locator("#export-list a")
    assert links.all_text_contents() == list(LINKS)
    addresses = links.evaluate_all("links => links.map(({ href }) => href)")
    base = page.url.split("?")[0]
    assert addresses == [f"{base}api/calls/CA1/{each}" for each in LINKS.values()]
    for address in addresses:
        assert page.request.get(address).ok, address
    for name in ("Text with times (.txt)", "Recording (.wav)"):
        with page.expect_download() as started:
            links.get_by_text(name, exact=True).click()
        suggested = started.value.suggested_filename
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d{4} \+15550001\.(txt|wav)", suggested), suggested


def test_the_menu_is_used_with_the_keyboard(page):
    opener = page.get_by_role("button", name="Export")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == "Text with times (.txt)"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "Text without times (.txt)"
    page.keyboard.press("End")
    assert page.evaluate(focused) == "Redacted recording (.wav)"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "Text with times (.txt)"
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator("#export-list")).to_be_hidden()
    opener.click()
    page.locator("#call-head h2").click()
    expect(page.locator("#export-list")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_menu(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1600, "height": 900})
    page.get_by_role("button", name="Export").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete").click()
    assert violations(page) == []


def test_paper_has_the_conversation_and_no_controls(page):
    page.evaluate("window.print = () => (window.printed = true)")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="Print, or save as PDF").click()
    assert page.evaluate("printed")
    page.emulate_media(media="print", color_scheme="dark")
    for shown in ("#call-head h2", "#utterances"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in ("#top", "#list-pane", "#player", "#call-panel", ".tools"):
        expect(page.locator(hidden)).to_be_hidden()
    style = page.locator("#utterances li p").first.evaluate(
        "line => [getComputedStyle(line).color, getComputedStyle(line).backgroundColor]"
    )
    assert style == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
    assert page.locator("#call-head").inner_text().startswith("+15550001 → +15550002")


def test_a_call_is_deleted_only_when_the_answer_is_yes(page, store):
    page.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete this call?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    assert store.call("CA1").state == "ended"
    page.get_by_role("button", name="Delete").press("Enter")
    question.get_by_role("button", name="Delete for ever").press("Enter")
    expect(page.get_by_text("What was said on this call is deleted.")).to_be_visible()
    assert store.call("CA1").state == "deleted"
    expect(page.get_by_role("button", name="Export")).to_have_count(0)
    expect(page.locator("#call-panel")).to_be_hidden()
    assert "account" not in page.locator("#call-panel").inner_html()
    expect(page.get_by_role("group", name="Speakers").get_by_role("button")).to_have_count(0)
