"""The status and the first steps on the page, in a real browser."""

import json
import re

from playwright.sync_api import expect

from helpers.events import save_call
from helpers.pages import violations


def answered(**changes):
    """Return what answers with a status of which each part is known."""
    status = {
        "model": {"name": "large-model", "is_demo": False, "language": "en", "second": "larger-model"},
        "capacity": {"calls": 40, "in_use": 10, "share": 0.25},
        "lag": {"milliseconds": 1400},
        "numbers": [
            {"number": "+12025550100", "name": "Office", "handling": "listen", "sentence": "Its calls go on."}
        ],
        "webhooks": {"waiting": 3, "oldest_at": 1_700_000_000_000, "failed": 1},
        "jobs": [{"kind": "second-pass", "waiting": 2, "running": 1}],
        "disk": {"free": 12_300_000_000, "used_by_calls": 450_000_000, "path_is_shared": False},
        "kept": {"calls": 1234, "since": 1_700_000_000_000},
        "busy": [{"at": 1_700_000_000_000, "count": 2, "sentence": "All 40 lines were taken."}],
        "hosts": [{"name": "one", "calls": 4, "max_calls": 20, "is_draining": True}],
        "setup": [
            {"name": "Model", "is_done": True, "is_optional": False, "sentence": "It is good.", "remedy": ""},
            {
                "name": "Number",
                "is_done": False,
                "is_optional": False,
                "sentence": "There is none.",
                "remedy": "Buy one <b>now</b>.",
            },
        ],
    }
    body = json.dumps(status | changes)
    return lambda route: route.fulfill(body=body, content_type="application/json")


def card(page, title):
    """Return the card that has a title."""
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator("#status-view .card").filter(has=heading)


def test_the_status_of_this_server_is_shown(open_page, store):
    server, start = open_page
    save_call(store, "CA1", "hello")
    page = start()
    page.get_by_role("link", name="Status").click()
    expect(page).to_have_url(f"{server.http}/?view=status")
    expect(page).to_have_title("Status · local_stt")
    expect(card(page, "Calls now")).to_contain_text("In use")
    expect(card(page, "Model")).to_contain_text("Name")
    expect(card(page, "Kept")).to_contain_text("Free on the disk")
    expect(card(page, "Setup")).to_be_visible()
    assert violations(page) == []
    page.go_back()
    expect(page.locator("#status-view")).to_be_hidden()


def test_each_part_of_the_status_is_in_words(open_page):
    _, start = open_page
    page = start()
    page.route("**/api/status", answered())
    page.get_by_role("link", name="Status").click()
    expect(card(page, "Calls now")).to_contain_text("10 of 40")
    expect(card(page, "Calls now")).to_contain_text("1.4 s")
    expect(card(page, "Model")).to_contain_text("larger-model")
    expect(card(page, "Kept")).to_contain_text("1,234")
    expect(card(page, "Kept")).to_contain_text("450 MB")
    expect(card(page, "Kept")).to_contain_text("12.3 GB")
    expect(card(page, "Waiting")).to_contain_text(
        re.compile(r"3 waiting, the oldest since .*2023.*, 1 given up")
    )
    expect(card(page, "Waiting")).to_contain_text("2 waiting, 1 running")
    expect(card(page, "Hosts")).to_contain_text("4 of 20 calls, takes no new ones")
    expect(card(page, "Numbers")).to_contain_text("Office (+12025550100)")
    expect(card(page, "Refused calls of the last day")).to_contain_text("All 40 lines were taken.")
    steps = card(page, "Setup").get_by_role("listitem")
    expect(steps.first).to_contain_text("Buy one <b>now</b>.")  # what is missing comes first
    assert page.locator("#status-view b").count() == 0


def test_the_status_is_refreshed_while_it_is_on_show(open_page):
    _, start = open_page
    page = start()
    page.route("**/api/status", answered())
    page.get_by_role("link", name="Status").click()
    expect(card(page, "Calls now")).to_contain_text("10 of 40")
    page.unroute("**/api/status")
    page.route("**/api/status", answered(capacity={"calls": 40, "in_use": 11, "share": 0.275}, lag=None))
    expect(card(page, "Calls now")).to_contain_text("11 of 40")
    expect(card(page, "Calls now")).to_contain_text("no calls")
    page.get_by_role("link", name="Calls", exact=True).click()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "status" in request.url else None)
    page.wait_for_timeout(5000)
    assert asked == []


def test_a_status_that_cannot_be_had_says_so_and_is_tried_again(open_page):
    _, start = open_page
    page = start()
    page.route("**/api/status", lambda route: route.fulfill(status=404, body="{}"))
    page.get_by_role("link", name="Status").click()
    expect(page.locator("#status-view")).to_contain_text("The server answered 404.")
    assert violations(page) == []
    page.unroute("**/api/status")
    page.locator("#status-view").get_by_role("button", name="Try again").click()
    expect(card(page, "Model")).to_be_visible()


def test_where_there_are_no_calls_the_first_steps_are_shown(open_page, store):
    _, start = open_page
    page = start()
    expect(page.get_by_text("There are no calls yet.")).to_be_visible()
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    assert page.locator("#first-steps .step").count() > 0
    assert violations(page) == []
    save_call(store, "CA1", "hello")
    page.reload()
    expect(page.locator("#kept .row")).to_have_count(1)
    expect(page.locator("#first-steps")).to_be_hidden()
