"""A call as a conversation: who speaks, what is marked in it, long calls, and calls without words."""

import pytest
from playwright.sync_api import expect

from helpers.call_pages import AT, open_call, said, save_talk
from helpers.events import final, save_call, started
from helpers.pages import violations
from helpers.waiting import wait_until
from local_stt.events import Alert

ALERT = {"topic": "leaving", "phrase": "cancel my account", "speaker": "caller", "start": 5000, "end": 6900}


def test_a_speaker_is_named_where_the_speaker_changes(open_formatted_page, store):
    server, start = open_formatted_page
    save_talk(store)
    page = start()
    open_call(page, server)
    widths = page.locator("#utterances li:not(.note) .speaker").evaluate_all(
        "labels => labels.map((label) => label.getBoundingClientRect().width > 1)"
    )
    assert widths == [True, False, True, True, True]
    sides = page.locator("#utterances li:not(.note) > p").evaluate_all(
        "lines => lines.map((line) => Math.round(line.getBoundingClientRect().left))"
    )
    assert sides[0] == sides[1] < sides[2]
    page.set_viewport_size({"width": 360, "height": 740})
    sides = page.locator("#utterances li:not(.note) > p").evaluate_all(
        "lines => lines.map((line) => Math.round(line.getBoundingClientRect().left))"
    )
    assert len(set(sides)) == 1


def test_a_long_call_makes_its_pane_scroll_and_not_the_page(open_page, store):
    server, start = open_page
    save_call(store, "CA1", *["hello this is a line of a long call"] * 60, at=AT)
    page = start()
    open_call(page, server)
    heights = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert heights[0] == heights[1]


def test_the_longest_name_of_a_speaker_fits_a_phone(open_page, store):
    server, start = open_page
    save_talk(store)
    store.annotations.change("CA1", speakers={"caller": "Wolkenstein-Trostburg " * 3 + "W" * 14})
    page = start()
    page.set_viewport_size({"width": 360, "height": 740})
    open_call(page, server)
    name = page.get_by_role("group", name="Speakers").get_by_role("button").first
    assert name.evaluate("button => button.getBoundingClientRect().right") <= 360


def test_a_topic_that_comes_up_is_marked_at_its_line_live(open_page):
    server, start = open_page
    page = start()
    server.event_log(started("CA1"))
    server.event_log(final("i want to cancel my account"))
    server.event_log(final("good morning", track="outbound", start=1.0))
    server.event_log(Alert("CA1", "inbound", "leaving", "cancel my account", 2.5, 3.9))
    expect(page.locator("#utterances .caller .alerts")).to_have_text("Alert: leaving cancel my account")
    expect(page.locator("#utterances .callee .alerts")).to_have_count(0)
    server.event_log(final("so", start=9.0))
    expect(page.locator("#utterances li")).to_have_count(3)
    expect(page.locator(".alerts")).to_have_count(1)
    assert violations(page) == []


def test_topics_of_a_kept_call_are_marked_at_their_lines_and_on_the_waveform(
    open_formatted_page, store, demo_channels
):
    server, start = open_formatted_page
    save_talk(store, demo_channels)
    page = start()

    def with_alert(route):
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"alerts": [ALERT]})

    page.route("**/api/calls/*/analysis*", with_alert)
    open_call(page, server)
    line = page.locator("#utterances li").filter(has_text="cancel my")
    expect(line.locator(".alerts")).to_have_text("Alert: leaving cancel my account")
    mark = page.get_by_role("button", name="leaving: cancel my account, 0:05")
    mark.press("Enter")
    expect(line).to_have_class("caller reached")
    wait_until(
        lambda: page.evaluate("document.getElementById('audio').currentTime") == pytest.approx(5, abs=0.1)
    )
    expect(page.locator("#call-panel")).to_contain_text("leaving cancel my account")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_the_search_of_the_address_is_marked(open_formatted_page, store):
    server, start = open_formatted_page
    save_talk(store)
    page = start()
    open_call(page, server, "?call=CA1&q=%22my+acc*%22")
    expect(page.locator("#utterances mark")).to_have_text(["my", "account,"])
    page.get_by_role("searchbox").fill("")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#utterances mark")).to_have_count(0)


def test_a_long_call_is_shown_at_once_and_its_words_where_they_are_read(open_page, store):
    server, start = open_page
    save_call(store, "CA1", at=AT)
    for number in range(1500):
        store.add_event(final("press eight to continue", start=1.0 + 10 * number), at=AT)
    page = start()
    open_call(page, server)
    expect(said(page)).to_have_count(1500)
    written = "document.querySelectorAll('#utterances .said > span').length"
    assert page.evaluate(written) < 1000
    assert page.locator("#utterances").text_content().count("continue") == 1500  # a browser's search finds it
    page.locator("#utterances li").last.scroll_into_view_if_needed()
    expect(said(page).last.locator("span")).to_have_text(["press", "eight", "to", "continue"])
    assert page.evaluate(written) < 1000


def test_a_call_says_why_it_has_no_words(open_page, store):
    server, start = open_page
    save_call(store, "CA1", at=AT)
    page = start()
    page.goto(f"{server.http}/?call=CA1")
    expect(page.get_by_text("Nothing was said on this call.")).to_be_visible()
    expect(page.get_by_text("Nothing was said, so there is nothing to analyse.")).to_be_visible()
    page.goto(f"{server.http}/?call=CA404")
    expect(page.locator("#hint")).to_contain_text("The call cannot be shown")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    server.event_log(started("CA2"))
    page.goto(f"{server.http}/?call=CA2")
    expect(page.get_by_text("Nothing has been said yet.")).to_be_visible()
    server.event_log(final("hello", call_id="CA2"))
    expect(said(page)).to_have_text(["hello"])
    expect(page.locator("#hint")).to_be_hidden()
