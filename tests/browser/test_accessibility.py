"""The page for everybody: by keyboard, with a screen reader, in light and dark, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from helpers.events import save_call, spoken, started
from helpers.pages import choose, record, violations
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
    page.get_by_role("searchbox").fill("eight")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark")).to_be_visible()
    found["search"] = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found["phone"] = violations(page)
    assert {state: each for state, each in found.items() if each} == {}


def test_all_of_it_can_be_done_with_the_keyboard(open_page, store):
    server, start = open_page
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    page = start()
    server.event_log(started("CA2"))
    live = page.get_by_role("button", name=re.compile("live"))
    live.focus()
    page.wait_for_timeout(2100)  # the clocks have gone on
    assert live.evaluate("button => button === document.activeElement")
    page.get_by_role("searchbox").focus()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached[:2] == ["Call from this browser", "Play the sample call"]
    assert any("live" in each for each in reached[2:])
    page.get_by_role("button", name=re.compile("2023")).focus()
    page.keyboard.press("Space")
    expect(page.locator("#utterances")).to_contain_text("press eight to continue")


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "press eight to continue " * 10)
    page = start()
    page.set_viewport_size({"width": 360, "height": 740})
    choose(page, "15550001")
    expect(page.locator("#utterances li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
