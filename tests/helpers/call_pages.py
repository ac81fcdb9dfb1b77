"""A recorded call for tests of the page, and ways to it."""

from playwright.sync_api import expect

from helpers.events import final, started
from helpers.pages import record
from local_stt.events import CallEnded, DigitPressed, EndReason, Gap

AT = 1_700_000_000_000

TALK = (
    ("inbound", "hello this is anna from the office", 0.5),
    ("inbound", "i want to cancel my account please", 4.0),
    ("outbound", "good morning how can i help you with that", 8.0),
    ("inbound", "my number is four one five five five five one two one two", 14.0),
    ("outbound", "thank you i will look for the account", 22.0),
)


def save_talk(store, channels=None, call_id="CA1", seconds=30, **numbers):
    """Keep a call of two people, with its recording if there are channels."""
    if channels:
        record(store, call_id, [channel[: seconds * 8000] for channel in channels])
    store.start_call(started(call_id, **numbers), at=AT, server="s1", model="demo-en")
    for track, text, start in TALK:
        store.add_event(final(text, call_id=call_id, track=track, start=start), at=AT)
    store.add_event(DigitPressed(call_id, "inbound", "5", 12.0), at=AT)
    store.add_event(Gap(call_id, 27.0, 29.5), at=AT)
    store.end_call(CallEnded(call_id, EndReason.HUNG_UP, float(seconds), ()), at=AT + seconds * 1000)


def open_call(page, server, query="?call=CA1"):
    """Open a call by its address, and wait until all of it is there."""
    page.goto(f"{server.http}/{query}")
    expect(page.locator("#utterances li").first).to_be_visible()
    expect(page.locator("#call-panel .analysis")).not_to_contain_text("Analysing")


def said(page):
    """Return the lines of speech on show."""
    return page.locator("#utterances li:not(.note) .said")
