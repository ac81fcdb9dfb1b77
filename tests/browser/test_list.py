"""The list of calls on the page, in a real browser."""

import json
import re
import zipfile

from playwright.sync_api import expect

from helpers.events import save_call, started
from helpers.pages import choose, violations
from local_stt.core.contacts import Contact
from local_stt.events import CallEnded, CallStarted, EndReason, FinalText, PartialText

FIRST = 1_700_000_000_000  # when the oldest call began, in milliseconds since 1970
HOUR = 3_600_000


def save_calls(store, count, first=0):
    """Keep calls, each an hour after the one before."""
    for number in range(first, first + count):
        save_call(
            store, f"CA{number}", f"call {number}", at=FIRST + HOUR * number, caller=f"+1202555{number:04}"
        )


def rows(page):
    """Return the numbers of the rows in the page, from top to bottom."""
    return [re.search(r"\d{4}$", each)[0] for each in page.locator("#kept .who").all_text_contents()]


def test_a_row_says_who_when_and_how_a_call_began(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "press eight to continue", at=FIRST)
    store.contacts.save([Contact("+15550001", "Ann <b>Archer</b>")])
    page = start()
    row = page.locator("#kept .row")
    expect(row).to_contain_text("Ann <b>Archer</b>")
    expect(row.locator(".opening")).to_have_text(re.compile("press eight to continue", re.IGNORECASE))
    expect(row.locator(".when")).to_have_text(re.compile("2023"))
    expect(row.locator(".length")).to_have_text("0:09")
    expect(row.locator(".direction")).to_have_text("incoming call")
    link = row.get_by_role("link")
    assert link.get_attribute("href") == "?call=CA1"
    assert "+15550001 → +15550002" in link.get_attribute("title")


def test_ten_thousand_calls_are_scrolled_with_a_few_rows_in_the_page(open_page, store):
    _, start = open_page
    save_calls(store, 240)
    page = start()
    page.route("**/api/calls?*", count_up_to(10_000))
    page.reload()
    expect(page.locator("#count")).to_have_text("10,000 calls")
    assert page.locator("#kept").evaluate("list => list.clientHeight") == 10_000 * 64
    expect(page.locator("#kept .row").first).to_have_attribute("aria-setsize", "10000")
    assert page.locator("#kept .row").count() < 40
    scroller = page.locator("#list-scroll")
    scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight }")
    expect(page.locator("#kept .row").last).to_contain_text("+12025550000")  # all pages were loaded
    assert page.locator("#kept .row").count() < 40
    expect(page.locator("#kept .row").last).to_have_attribute("aria-posinset", "10000")
    page.keyboard.press("k")
    page.keyboard.press("Home")
    expect(page.locator("#kept .row").first.get_by_role("link")).to_be_focused()
    assert violations(page) == []


def count_up_to(total):
    """Return what answers for a server that has this number of calls, in pages as it gives them."""
    kept = {}

    def answer(route):
        query = dict(re.findall(r"(\w+)=(\w+)", route.request.url.partition("?")[2]))
        if not kept:
            kept.update(route.fetch().json()["calls"][0])
        start, limit = int(query.get("before", 0)), int(query["limit"])
        numbers = range(start, min(total, start + limit))
        calls = [
            kept | {"call_id": f"CB{each}", "caller": f"+1202555{total - 1 - each:04}"} for each in numbers
        ]
        last = numbers[-1] + 1
        page = {
            "calls": calls,
            "next": str(last) if last < total else None,
            "total": total if not start else None,
        }
        route.fulfill(body=json.dumps(page), content_type="application/json")

    return answer


def test_calls_stay_where_they_are_when_others_end_or_are_deleted(open_page, store):
    server, start = open_page
    save_calls(store, 60)
    page = start()
    expect(page.locator("#count")).to_have_text("60 calls")
    scroller = page.locator("#list-scroll")
    scroller.evaluate("scroller => { scroller.scrollTop = 1500 }")
    reader = page.get_by_role("link", name=re.compile("0035"))
    reader.focus()
    before = reader.bounding_box()["y"]
    store.start_call(started("CA99"), at=FIRST + 1000 * HOUR, server="s1", model="m")
    server.event_log(started("CA99"))
    expect(page.locator("#live .row")).to_have_count(1)
    assert abs(reader.bounding_box()["y"] - before) < 1
    ended = CallEnded("CA99", EndReason.HUNG_UP, 2.0)
    store.end_call(ended, at=FIRST + 1001 * HOUR)
    server.event_log(ended)
    expect(page.locator("#count")).to_have_text("61 calls")
    expect(page.locator("#live .row")).to_have_count(0)
    assert abs(reader.bounding_box()["y"] - before) < 1
    assert reader.evaluate("link => link === document.activeElement")
    scroller.evaluate("scroller => { scroller.scrollTop = 0 }")
    expect(page.locator("#kept .row").first).to_contain_text("15550001")
    assert rows(page)[1:4] == ["0059", "0058", "0057"]


def test_live_calls_come_first_with_a_clock_and_their_newest_words(open_page, store):
    server, start = open_page
    save_calls(store, 1)
    page = start()
    server.event_log(CallStarted("CA9", ("inbound",), "+15550009", ""))
    row = page.locator("#live .row")
    expect(row).to_contain_text("+15550009")
    expect(row.locator(".when")).to_have_text(re.compile(r"^0:0\d$"))
    expect(row.locator(".when")).to_have_text("0:02")
    server.event_log(PartialText("CA9", "inbound", "hello <i>the", 1.5))
    expect(row.locator(".opening")).to_have_text("hello <i>the")
    server.event_log(FinalText("CA9", "inbound", "hello there", 1.0, 2.5, ()))
    expect(row.locator(".opening")).to_have_text("hello there")
    assert page.locator("#list-scroll .call").first.get_attribute("href") == "?call=CA9"


def test_the_address_says_what_is_on_show_and_the_back_button_works(open_page, store):
    server, start = open_page
    save_calls(store, 2)
    page = start()
    expect(page).to_have_title("local_stt")
    choose(page, "0000")
    expect(page).to_have_url(f"{server.http}/?call=CA0")
    expect(page).to_have_title(re.compile("12025550000.* · local_stt"))
    choose(page, "0001")
    expect(page.locator("#utterances")).to_contain_text("call 1")
    expect(page.get_by_role("link", name=re.compile("0001"))).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.locator("#utterances")).to_contain_text("call 0")
    page.go_back()
    expect(page.locator("#utterances li")).to_have_count(0)
    expect(page).to_have_title("local_stt")
    page.go_forward()
    expect(page.locator("#utterances")).to_contain_text("call 0")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("0001")).click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("#utterances")).to_contain_text("call 1")
    expect(page.locator("#utterances")).to_contain_text("call 0")


def test_on_a_phone_the_list_and_a_call_are_two_screens(open_page, store):
    _, start = open_page
    save_calls(store, 2)
    page = start()
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.locator("#main")).to_be_hidden()
    choose(page, "0000")
    expect(page.locator("#utterances")).to_contain_text("call 0")
    expect(page.locator("#list-pane")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="All calls").click()
    expect(page.locator("#list-pane")).to_be_visible()
    expect(page.locator("#main")).to_be_hidden()


def test_words_from_right_to_left_are_cut_off_at_their_end(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "مرحبا كيف يمكنني مساعدتك اليوم", at=FIRST)
    page = start()
    opening = page.locator("#kept .opening")
    expect(opening).to_contain_text("مرحبا")
    assert opening.evaluate("opening => getComputedStyle(opening).direction") == "rtl"


def test_several_calls_are_selected_for_one_export(open_page, store):
    _, start = open_page
    save_calls(store, 5)
    page = start()
    page.get_by_role("button", name="Select").click()
    page.get_by_role("checkbox", name="Select +12025550003").check()
    page.get_by_role("checkbox", name="Select +12025550001").click(modifiers=["Shift"])
    bar = page.get_by_role("group", name="Selected calls")
    expect(bar).to_contain_text("3 calls selected")
    assert violations(page) == []
    expect(bar.get_by_role("option")).to_have_text(["Text", "Word", "SRT", "WebVTT", "JSON", "Audio"])
    bar.get_by_label("Format").select_option("docx")
    link = bar.get_by_role("link", name="Export")
    assert "format=docx" in link.get_attribute("href")
    assert re.findall(r"id=(\w+)", link.get_attribute("href")) == ["CA3", "CA2", "CA1"]
    page.keyboard.press("Home")
    bar.get_by_role("button", name="Done").click()
    expect(page.locator("#kept .pick").first).to_be_hidden()
    page.locator("#kept .call").first.focus()
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 call selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_a_zip_of_selected_calls_arrives(open_page, store, tmp_path):
    _, start = open_page
    save_calls(store, 2)
    page = start()
    page.get_by_role("button", name="Select").click()
    for number in (0, 1):
        page.get_by_role("checkbox", name=f"Select +1202555{number:04}").check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    download.value.save_as(tmp_path / "calls.zip")
    with zipfile.ZipFile(tmp_path / "calls.zip") as archive:
        assert len(archive.namelist()) == 2


def test_a_list_that_cannot_be_loaded_says_so_and_tries_again(open_page, store):
    _, start = open_page
    save_calls(store, 1)
    page = start()
    expect(page.locator("#kept .row")).to_have_count(1)
    page.route("**/api/calls?*", lambda route: route.fulfill(status=404, body="not JSON"))
    page.reload()
    expect(page.locator("#list-message")).to_contain_text("The server answered 404.")
    assert violations(page) == []
    page.unroute("**/api/calls?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#kept .row")).to_have_count(1)
    expect(page.locator("#list-message")).to_be_hidden()
