"""The page for everybody: by keyboard, with a screen reader, in light and dark, on a phone."""

import pytest
from playwright.sync_api import expect

from helpers.events import save_call, spoken, started
from helpers.pages import choose, record, search, violations
from local_stt.events import (
    FinalText,
    PartialText,
    Word,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(open_page, store, demo_channels, scheme):
    """axe-core finds no violation of WCAG 2.2, contrast included, in any state of the page."""
    server, start = open_page
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    page = start()
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0]")
    assert (int(red) < 128) == (scheme == "dark")
    found = {"empty": violations(page)}
    server.event_log(started("CA2"))
    server.event_log(FinalText("CA2", "inbound", "hello", 1, 2, (*spoken("hello"), Word("x", 2, 2.5, 0.4))))
    server.event_log(PartialText("CA2", "outbound", "good", 3.0))
    expect(page.locator(".partial")).to_be_visible()
    found["live"] = violations(page)
    choose(page, "2023")
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    found["past"] = violations(page)
    search(page, "eight")
    expect(page.locator(".hit mark")).to_be_visible()
    page.get_by_role("button", name="Filters").click()
    found["search"] = violations(page)
    page.get_by_role("button", name="Select").click()
    page.get_by_role("button", name="New").click()
    found["selecting, and the menu"] = violations(page)
    page.keyboard.press("Escape")
    search(page, "nothing like this")
    expect(page.get_by_text("No calls match.")).to_be_visible()
    found["nothing found"] = violations(page)
    for view in ("contacts", "status"):
        page.goto(f"{server.http}/?view={view}")
        expect(page.locator(f"#{view}-view")).not_to_contain_text("Loading")
        found[view] = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    for query in ("view=contacts", "view=status", "call=CA1", ""):
        page.goto(f"{server.http}/?{query}")
        expect(page.locator("#list-scroll .call").first).to_be_attached()
        found[f"phone, {query}"] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert {state: each for state, each in found.items() if each} == {}


def focused(page):
    """Return what the keyboard is at."""
    return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent").strip()


def test_all_of_it_can_be_done_with_the_keyboard(open_page, store):
    server, start = open_page
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    page = start()
    server.event_log(started("CA2"))
    live = page.locator("#live .call")
    live.focus()
    page.wait_for_timeout(2100)  # the clocks have gone on
    assert live.evaluate("link => link === document.activeElement")
    page.get_by_role("link", name="local_stt").focus()
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(focused(page))
    assert reached[:5] == ["Calls", "Contacts", "Status", "New", "Keys"]
    assert reached[6:8] == ["Filters", "Select"]
    assert "live" in reached[8]  # the call at which the keyboard was
    page.keyboard.press("ArrowDown")
    assert "2023" in focused(page)
    page.keyboard.press("Enter")
    expect(page.locator("#utterances")).to_contain_text("press eight to continue")


def test_keys_work_everywhere_but_in_fields(open_page, store):
    _, start = open_page
    for count in range(3):
        save_call(store, f"CA{count}", "press eight", at=1_700_000_000_000 + count, caller=f"+1555000{count}")
    page = start()
    expect(page.locator("#kept .call")).to_have_count(3)
    for key, number in [("j", "2"), ("j", "1"), ("k", "2"), ("End", "0"), ("Home", "2"), ("PageDown", "0")]:
        page.keyboard.press(key)
        assert f"+1555000{number}" in focused(page), key
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.get_by_role("searchbox").input_value() == "j?"
    page.keyboard.press("Escape")
    assert page.get_by_role("searchbox").input_value() == ""
    page.keyboard.press("ArrowDown")
    assert "+15550002" in focused(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_motion_is_for_those_who_want_it(open_page):
    server, start = open_page
    page = start()
    server.event_log(started("CA1"))
    icon = page.locator("#live .icon-live")
    motion = "icon => getComputedStyle(icon, '::before').animationName"
    page.emulate_media(reduced_motion="no-preference")
    assert icon.evaluate(motion) == "breathe"
    page.emulate_media(reduced_motion="reduce")
    assert icon.evaluate(motion) == "none"


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "press eight to continue " * 10)
    page = start()
    page.set_viewport_size({"width": 360, "height": 740})
    choose(page, "15550001")
    expect(page.locator("#utterances li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
