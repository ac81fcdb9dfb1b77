"""The list of calls on the page, in a real browser."""

import re

from playwright.sync_api import expect

from helpers.events import save_call, started
from local_stt.events import (
    CallEnded,
    EndReason,
)


def test_calls_before_stay_where_they_are_when_another_ends(open_page, store):
    server, start = open_page
    for count in range(35):
        save_call(store, f"CA{count}", at=1_700_000_000_000 + count * 1000, caller=f"+{1000 + count}")
    page = start()
    page.get_by_role("button", name="Older calls").click()
    expect(page.locator("#kept li")).to_have_count(35)
    expect(page.get_by_role("button", name="Older calls")).to_be_hidden()
    reader = page.get_by_role("button", name=re.compile("1020"))
    reader.focus()
    store.start_call(started("CA99"), at=1_800_000_000_000, server="s1", model="m")
    server.event_log(started("CA99"))
    expect(page.locator("#live li")).to_have_count(1)
    ended = CallEnded("CA99", EndReason.HUNG_UP, 2.0)
    store.end_call(ended, at=1_800_000_002_000)
    server.event_log(ended)
    expect(page.locator("#kept li")).to_have_count(36)
    expect(page.locator("#kept li").first).to_contain_text("15550001")
    assert reader.evaluate("button => button === document.activeElement")
    assert [re.search(r"\+\d+", each)[0] for each in page.locator("#kept span").all_text_contents()] == [
        "+15550001",
        *[f"+{number}" for number in range(1034, 999, -1)],
    ]
