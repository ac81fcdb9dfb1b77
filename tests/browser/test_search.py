"""Search and filters of the list of calls, in a real browser."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from helpers.events import save_call, started
from helpers.pages import search, violations
from helpers.waiting import wait_until
from local_stt.events import CallStarted

FIRST = 1_700_000_000_000  # when the oldest call began, in milliseconds since 1970
HOUR = 3_600_000


def keep_three(store):
    """Keep three calls: two of them speak of an invoice, and one calls from elsewhere."""
    save_call(store, "CA1", "the invoice is wrong", "good bye", at=FIRST, caller="+12025550001")
    save_call(store, "CA2", "see you on monday", at=FIRST + HOUR, caller="+12025550002")
    save_call(store, "CA3", "hello", "send the invoice again", at=FIRST + 2 * HOUR, caller="+4930550003")


def found(page, *numbers):
    """Wait until the list has these calls, given by the last digits of their numbers, and no other."""
    expect(page.locator("#kept .who")).to_have_text([re.compile(number + "$") for number in numbers])


def test_calls_are_found_while_one_types(open_page, store):
    server, start = open_page
    keep_three(store)
    page = start()
    page.get_by_role("searchbox").press_sequentially("invoice")
    found(page, "0003", "0001")
    expect(page.locator("#count")).to_have_text("2 calls")
    expect(page.locator(".hit mark")).to_have_text(["invoice", "invoice"])
    expect(page).to_have_url(f"{server.http}/?q=invoice")
    page.locator(".hit").filter(has_text="send the invoice").click()
    expect(page).to_have_url(f"{server.http}/?q=invoice&call=CA3&t=11")  # at the moment of the hit
    expect(page.locator("#utterances")).to_contain_text("send the invoice again")
    page.get_by_role("searchbox").press("Escape")
    found(page, "0003", "0002", "0001")
    assert page.get_by_role("searchbox").input_value() == ""
    page.go_back()
    found(page, "0003", "0001")
    assert page.get_by_role("searchbox").input_value() == "invoice"


def test_the_newest_answer_wins(open_page, store):
    _, start = open_page
    keep_three(store)
    page = start()
    held = []
    page.route("**/api/calls?q=monday*", lambda route: held.append(route))
    search(page, "monday")
    wait_until(lambda: page.wait_for_timeout(20) or held)
    search(page, "invoice")
    found(page, "0003", "0001")
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    found(page, "0003", "0001")


def test_words_that_are_none_and_words_that_nobody_said_are_answered_calmly(open_page, store):
    _, start = open_page
    keep_three(store)
    page = start()
    search(page, '"')
    expect(page.locator("#list-message")).to_contain_text("Type a word to look for.")
    search(page, "elephants")
    expect(page.locator("#list-message")).to_contain_text("No calls match.")
    assert violations(page) == []
    page.get_by_role("button", name="Show all calls").click()
    found(page, "0003", "0002", "0001")


def test_calls_in_progress_are_found_too(open_page, store):
    server, start = open_page
    keep_three(store)
    store.start_call(started("CA9", caller="+12025550009"), at=FIRST + 9 * HOUR, server="s1", model="m")
    server.event_log(CallStarted("CA9", ("inbound",), "+12025550009", ""))
    page = start()
    found(page, "0003", "0002", "0001")
    expect(page.locator("#count")).to_have_text("3 calls")  # those in progress are above
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Who").fill("+1202")
    found(page, "0009", "0002", "0001")
    expect(page.locator("#now")).to_be_hidden()


def test_filters_are_set_shown_and_cleared(open_page, store):
    server, start = open_page
    keep_three(store)
    page = start()
    page.get_by_role("button", name="Filters").click()
    assert violations(page) == []
    page.get_by_label("Who").fill("+49")
    found(page, "0003")
    page.get_by_label("When").select_option("7-days")
    expect(page.locator("#list-message")).to_contain_text("No calls match.")
    expect(page).to_have_url(f"{server.http}/?who=%2B49&date=7-days")
    chips = page.get_by_role("list", name="Filters that are set")
    expect(chips.get_by_role("listitem")).to_have_text(["+49", "Last 7 days"])
    expect(page.get_by_role("button", name="Filters (2)")).to_be_visible()
    chips.get_by_role("button", name="Remove the filter Last 7 days").click()
    found(page, "0003")
    page.get_by_role("button", name="Clear all").click()
    found(page, "0003", "0002", "0001")
    expect(page).to_have_url(f"{server.http}/")
    page.reload()
    page.goto(f"{server.http}/?since=2023-11-14&until=2023-11-15&direction=inbound&max=1")
    found(page, "0003", "0002", "0001")
    page.goto(f"{server.http}/?since=2023-11-16")
    expect(page.locator("#list-message")).to_contain_text("No calls match.")


def test_a_period_is_chosen_by_its_dates(open_page, store):
    _, start = open_page
    keep_three(store)
    page = start()
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    page.get_by_label("When").select_option("custom")
    page.get_by_label("From", exact=True).fill("2023-11-20")
    expect(page.locator("#list-message")).to_contain_text("No calls match.")
    page.get_by_label("From", exact=True).fill("2023-11-10")
    found(page, "0003", "0002", "0001")


def test_topics_and_tags_are_offered_and_a_failure_is_shown(open_page, store):
    _, start = open_page
    keep_three(store)
    page = start()
    page.route("**/api/labels", lambda route: route.fulfill(status=404, body="{}"))
    page.get_by_role("button", name="Filters").click()
    expect(page.locator("#filters")).to_contain_text("The server answered 404.")
    page.unroute("**/api/labels")
    page.route(
        "**/api/labels", lambda route: route.fulfill(json={"topics": [], "tags": ["sale"], "keeps": True})
    )
    page.locator("#filters").get_by_role("button", name="Try again").click()
    expect(page.locator("#filters").get_by_label("Tag").get_by_role("option")).to_have_text(["Any", "sale"])
    page.locator("#filters").get_by_label("Tag").select_option("sale")
    expect(page.locator("#list-message")).to_contain_text("No calls match.")


ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="#["), max_size=60)
MARKUP = st.sampled_from(
    ["<img src=x onerror=fail()>", "<script>fail()</script>", "&lt;b&gt;", "'\"><svg onload=fail()>"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=MARKUP | ANYTHING, marks=st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted))
def test_nothing_said_can_become_markup(plain_page, text, marks):
    """What is shown of any text is that text, in the row, in its hits, in a chip and in a message."""
    shown = plain_page.evaluate(
        """async ([text, marks]) => {
            const { Row } = await import("/static/list/row.js");
            const { FilterForm, filterWords } = await import("/static/list/filters.js");
            const { newFailure } = await import("/static/failure.js");
            const { newSteps } = await import("/static/status/setup-view.js");
            const match = { call_id: text, start: 0, speaker: "caller", text, marks: [marks], formatted: text,
                formatted_marks: [marks] };
            const call = { call_id: text, caller: text, callee: text, caller_name: text, callee_name: text,
                direction: "inbound", state: "ended", started_at: 0, duration: 0, opening: text,
                badges: [text], matches: [match], match_count: 1 };
            const row = new Row(text);
            const context = { names: null, chosenId: "", showsRaw: false, canName: true,
                isSelecting: true, selected: new Set() };
            row.write(call, context, { index: 0, count: 1 });
            const step = { name: text, is_done: false, is_optional: false, sentence: text, remedy: text };
            const all = document.createElement("div");
            all.append(row.item, newFailure(new Error(text), () => {}), newSteps([step]));
            const names = [...all.querySelectorAll("*")].map((each) => each.localName);
            return { who: row.who.textContent, opening: row.opening.textContent,
                said: row.hits.querySelector(".said").textContent, names: [...new Set(names)] };
        }""",
        [text, marks],
    )
    assert shown["opening"] == text
    assert shown["who"] == (text or "Unknown")
    assert text.endswith(shown["said"].removeprefix("… "))
    known = {"li", "input", "a", "span", "time", "button", "ol", "mark", "div", "p", "ul", "strong", "code"}
    assert set(shown["names"]) <= known, json.dumps(shown["names"])
