"""The page in a real browser: who gets it, what it shows live, and what it must not do."""

import re

from playwright.sync_api import expect

from helpers.events import save_call, spoken, started
from helpers.pages import address_of, begin, choose, search, violations
from helpers.servers import VIEWERS_TOKEN
from helpers.waiting import wait_until
from local_stt.events import (
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    Word,
)


def test_what_callers_say_and_send_is_text(open_page):
    server, start = open_page
    page = start()
    evil = "<img src=x onerror=alert(1)>"
    server.event_log(CallStarted("CA1", ("inbound",), evil, evil))
    server.event_log(FinalText("CA1", "inbound", evil, 1.0, 2.0, (Word(evil, 1.0, 2.0, 0.2),)))
    expect(page.locator("#utterances")).to_contain_text(evil)
    assert page.locator("img").count() == 0


def test_kept_calls_are_read_searched_and_deleted(open_page, store):
    server, start = open_page
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    save_call(store, "CA2", "good bye", at=1_800_000_000_000, caller="+49")
    page = start()
    choose(page, "15550001")
    expect(page.locator("#utterances")).to_contain_text("press eight to continue")
    assert address_of(page, "vtt") == server.http + "/api/calls/CA1/transcript.vtt"
    search(page, '"eight to"')
    expect(page.locator(".hit mark")).to_have_text("eight to")
    page.get_by_role("searchbox").press("Escape")
    choose(page, "49")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for ever").click()
    expect(page.get_by_role("heading", name="A deleted call")).to_be_visible()
    assert store.call("CA2").state == "deleted"


def test_without_the_link_there_is_no_page(open_page):
    server, start = open_page
    page = start()
    page.context.clear_cookies()
    assert page.request.get(server.http + "/").json()["error"].startswith("The token is missing")
    refused = page.request.get(server.http + "/?call=CA1", headers={"Accept": "text/html,*/*;q=0.8"})
    assert refused.status == 401
    assert "Open the link that local_stt printed" in refused.text()


def test_a_call_that_died_with_the_server_is_over_when_the_next_one_is_there(running, store, new_page, proxy):
    page, _ = new_page
    with running(store=store, public_url=f"http://{proxy.netloc}/calls") as server:
        proxy.behind = server.http
        page.goto(f"http://{proxy.netloc}/calls/enter?token={VIEWERS_TOKEN}")
        wait_until(lambda: server.watching.viewers == 1)
        store.start_call(started("CA1"), at=1_700_000_000_000, server="s1", model="m")
        server.event_log(started("CA1"))
        expect(page.locator("#clock")).to_be_visible()
        proxy.behind = ""  # an error, after which browsers do not come back by themselves
    store.close_interrupted(["CA1"])
    expect(page.locator("#interruption")).to_contain_text("cannot be reached")
    with running(store=store, public_url=f"http://{proxy.netloc}/calls") as server:
        proxy.behind = server.http
        expect(page.get_by_text("Nobody is calling.")).to_be_visible()
        expect(page.locator("#clock")).to_have_count(0)
        expect(page.locator("#call-head")).to_contain_text("interrupted")
        expect(page.locator("#kept li")).to_have_count(1)
        expect(page.locator("#interruption")).to_have_text("")
        server.event_log(started("CA2"))
        expect(page.locator("#live li")).to_have_count(1)


def test_a_call_of_a_killed_program_is_live_until_it_is_closed(open_page, store):
    server, start = open_page
    store.start_call(started("CA1"), at=1_700_000_000_000, server="s1", model="m")
    server.event_log.add_interrupted(store.take_over(["s1"], "s2"))
    page = start()
    expect(page.locator("#live li")).to_have_count(1)
    expect(page.locator("#clock")).to_be_visible()
    for ended in store.close_interrupted(["CA1"]):
        server.event_log(ended)
    expect(page.get_by_text("Nobody is calling.")).to_be_visible()
    expect(page.locator("#call-head")).to_contain_text("interrupted")
    expect(page.locator("#kept li")).to_have_count(1)


def test_who_is_let_in_no_longer_is_told_so(running, store, new_page):
    page, _ = new_page
    with running(store=store) as server:
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        wait_until(lambda: server.watching.viewers == 1)
        page.context.clear_cookies()
        server.viewers.close()
        expect(page.locator("#status")).to_have_text("Open the new link that local_stt printed.")


def test_more_pages_are_live_than_a_browser_has_connections(open_page):
    server, start = open_page
    first = start()
    others = [first.context.new_page() for _ in range(7)]
    for page in others:
        page.goto(server.http)
        expect(page.get_by_role("heading", name="Now")).to_be_visible()
    server.event_log(CallStarted("CA1", ("inbound",), "+15550001", ""))
    for page in (first, *others):
        expect(page.get_by_role("link", name=re.compile("15550001"))).to_be_visible()
    first.close()  # the one that listened
    server.event_log(CallStarted("CA2", ("inbound",), "+15550002", ""))
    for page in others:
        expect(page.get_by_role("link", name=re.compile("15550002"))).to_be_visible()
    wait_until(lambda: server.watching.viewers == 1)


def test_where_nothing_is_kept_live_calls_are_shown_and_end(running, new_page):
    page, problems = new_page
    with running(store=None) as server:
        server.event_log(started("CA1"))
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        expect(page.locator("#live")).to_contain_text("15550001")
        expect(page.get_by_text("Calls are not kept.")).to_be_visible()
        expect(page.get_by_role("search")).to_be_hidden()
        wait_until(lambda: server.watching.viewers == 1)
        server.event_log(FinalText("CA1", "inbound", "hello there", 1.0, 2.0, spoken("hello", "there")))
        expect(page.locator("#utterances")).to_contain_text("hello there")
        expect(page.locator("#clock")).to_be_visible()
        server.event_log(CallEnded("CA1", EndReason.HUNG_UP, 2.0))
        expect(page.locator("#call-head")).to_contain_text("hung up")
        expect(page.locator("#clock")).to_have_count(0)
        expect(page.get_by_text("Nobody is calling.")).to_be_visible()
        expect(page.locator("#utterances")).to_contain_text("hello there")
    assert problems == []


def test_behind_a_path_and_by_any_spelling_all_of_it_works(running, store, new_page, proxy):
    page, problems = new_page
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    public = f"http://{proxy.netloc.upper()}/calls"
    with running(store=store, auth_token="0" * 32, public_url=public) as server:
        proxy.behind = server.http
        page.goto(f"{public}/enter?token={VIEWERS_TOKEN}")
        assert page.url == f"http://{proxy.netloc}/calls/"
        wait_until(lambda: server.watching.viewers == 1)
        choose(page, "2023")
        expect(page.locator("#utterances")).to_contain_text("press eight to continue")
        assert page.request.get(address_of(page, "txt")).ok
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Delete for ever").click()
        expect(page.get_by_role("heading", name="A deleted call")).to_be_visible()
        begin(page, "Play the sample call")
        expect(page.locator("#utterances li").first).to_be_visible()
        page.get_by_role("button", name="Hang up").click()
        server.witness.wait_for_ends()
    assert [each for each in problems if "404" not in each] == []


def test_a_browser_on_this_machine_keeps_the_cookie_that_is_for_https_alone(running, store, new_page):
    page, problems = new_page
    with running(store=store, auth_token="0" * 32, public_url="https://name.example") as server:
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        expect(page.get_by_text("Nobody is calling.")).to_be_visible()
        wait_until(lambda: server.watching.viewers == 1)
        assert [cookie["secure"] for cookie in page.context.cookies()] == [True]
    assert problems == []


def test_a_page_says_that_live_text_is_delayed_until_it_is_not(open_page):
    server, start = open_page
    page = start()
    notice = page.get_by_text("Live text is delayed. Calls go on, and what is said is kept.")
    server.event_log(started("CA1"))
    expect(page.locator("#live")).to_contain_text("15550001")
    expect(notice).to_have_count(0)
    server.event_log.set_interrupted(True)
    expect(notice).to_be_visible()
    assert violations(page) == []
    second = page.context.new_page()  # which does not listen itself
    second.goto(server.http)
    expect(second.get_by_text("Live text is delayed.")).to_be_visible()
    server.event_log.set_interrupted(False)
    server.event_log(FinalText("CA1", "inbound", "hello there", 1.0, 2.0, spoken("hello", "there")))
    for each in (page, second):
        expect(each.get_by_text("Live text is delayed.")).to_have_count(0)
        expect(each.locator("#utterances")).to_contain_text("hello there")
