"""Take the pictures of the page that docs/guides/page.md shows: `python -m tools.take_screenshots`.

Starts a server with the embedded model, calls it with the sample call, and opens the page in Chromium
(Debian: chromium; `pip install -r requirements-dev.txt`).
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from local_stt.core.contacts import Contact
from local_stt.events import CallEnded, CallStarted, EndReason, FinalText, Word
from local_stt.store import open_store
from tools.project import PROJECT

DOCS = PROJECT / "docs"
WIDE: ViewportSize = {"width": 1200, "height": 720}
NARROW: ViewportSize = {"width": 380, "height": 700}
SECONDS_INTO_THE_CALL = 26


HOUR = 3_600_000  # milliseconds

TALKS = (
    (
        2,
        "+12025550117",
        "Ann Archer",
        "good morning this is ann i would like to move my appointment to friday",
    ),
    (
        3,
        "+12025550143",
        "",
        "hello i am calling about the invoice of last week there is a mistake in the address",
    ),
    (
        20,
        "+12025550161",
        "Harbour Hotel",
        "we have a question about the delivery could you call us back before noon",
    ),
    (
        26,
        "+12025550117",
        "Ann Archer",
        "hi it is ann again just to say that the appointment is fine thank you",
    ),
    (
        50,
        "+4930901820",
        "Berlin office",
        "good afternoon the documents are on their way you will have them on monday",
    ),
    (75, "+12025550182", "", "is this the front desk i think i have left my umbrella in the waiting room"),
)
"""Calls that are kept already: hours ago, number, name of a contact, first words"""

KEPT_CALLS = len(TALKS)


def keep_calls(folder: str) -> None:
    """Keep some calls in a data folder, with contacts."""
    store = open_store(Path(folder))
    now = int(time.time() * 1000)
    for number, (hours_ago, caller, name, text) in enumerate(TALKS):
        call_id, at = f"CA{number}", now - hours_ago * HOUR
        start = CallStarted(call_id, ("inbound", "outbound"), caller, "+12025550100")
        words = tuple(
            Word(word, 1 + 0.4 * place, 1.35 + 0.4 * place, 0.95) for place, word in enumerate(text.split())
        )
        store.start_call(start, at=at, server="pictures", model="demo-en")
        store.add_event(FinalText(call_id, "inbound", text, 1.0, words[-1].end, words), at=at)
        store.end_call(CallEnded(call_id, EndReason.HUNG_UP, 60.0 + 47 * number), at=at + HOUR // 40)
        if name:
            store.contacts.save([Contact(caller, name)])
    store.close()


@contextlib.contextmanager
def server(folder: str) -> Iterator[tuple[str, str]]:
    """Run a server for the block; yield its link for viewers and the address of its stream."""
    command = [sys.executable, "-m", "local_stt", "run", "--no-tunnel", "--port", "0", "--record-calls"]
    settings = {"LOCAL_STT_MODEL": "demo-en", "LOCAL_STT_DATA_DIR": folder}
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | settings,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr
        said = ""
        for line in process.stderr:
            said += line
            if "Local mode" in line:
                break
        link, stream = re.search(r"http\S+enter\S+", said), re.search(r"ws://\S+/stream", said)
        assert link, said
        assert stream, said
        yield link[0], stream[0]
        process.terminate()


def take(page: Page, link: str, stream: str) -> None:
    """Take the pictures, during and after a call."""
    page.goto(link)
    command = [sys.executable, "-m", "local_stt", "call", "--to", stream]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL):
        page.wait_for_timeout(1000 * SECONDS_INTO_THE_CALL)
        page.screenshot(path=DOCS / "page-live.png")
        page.set_viewport_size(NARROW)
        page.screenshot(path=DOCS / "page-phone.png")
        page.set_viewport_size(WIDE)
    expect(page.locator("#player")).to_be_visible()
    page.locator("#utterances").get_by_text("appointment").first.click()
    page.wait_for_timeout(500)
    page.screenshot(path=DOCS / "page-past.png")
    home = page.url.partition("?")[0]
    page.goto(f"{home}?view=status")
    expect(page.locator("#status-view .card").first).to_be_visible()
    expect(page.locator("#kept .call")).to_have_count(KEPT_CALLS + 1)
    page.screenshot(path=DOCS / "page-status.png")
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(page.locator("#status-view")).to_be_hidden()
    page.screenshot(path=DOCS / "page-list.png")
    page.get_by_role("searchbox").fill("appointment")
    expect(page.locator(".hit mark").first).to_be_visible()
    page.locator(".hit").first.click()
    expect(page.locator("#utterances li").first).to_be_visible()
    page.screenshot(path=DOCS / "page-search.png")


def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        keep_calls(folder)
        with server(folder) as (link, stream), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            take(browser.new_page(viewport=WIDE), link, stream)
            browser.close()


if __name__ == "__main__":
    main()
