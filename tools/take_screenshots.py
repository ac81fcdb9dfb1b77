"""Take the pictures of the page that docs/guides/page.md shows: `python tools/take_screenshots.py`.

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
from collections.abc import Iterator

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tools.project import PROJECT

DOCS = PROJECT / "docs"
WIDE: ViewportSize = {"width": 1000, "height": 640}
NARROW: ViewportSize = {"width": 380, "height": 700}
SECONDS_INTO_THE_CALL = 26


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
    """Take the four pictures, during and after a call."""
    page.goto(link)
    command = [sys.executable, "-m", "local_stt", "call", "--to", stream]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL):
        page.wait_for_timeout(1000 * SECONDS_INTO_THE_CALL)
        page.screenshot(path=DOCS / "page-live.png")
        page.set_viewport_size(NARROW)
        page.screenshot(path=DOCS / "page-phone.png")
        page.set_viewport_size(WIDE)
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    page.get_by_text("appointment").first.click()
    page.wait_for_timeout(500)
    page.screenshot(path=DOCS / "page-past.png")
    page.get_by_role("searchbox").fill("appointment")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    page.screenshot(path=DOCS / "page-search.png")


def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory() as folder,
        server(folder) as (link, stream),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser.new_page(viewport=WIDE), link, stream)
        browser.close()


if __name__ == "__main__":
    main()
