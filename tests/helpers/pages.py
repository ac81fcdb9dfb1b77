"""What tests ask of the page, and recordings for it to play."""

import re

from axe_playwright_python.sync_playwright import Axe

from local_stt.core.jitter_buffer import AudioChunk
from local_stt.store.recordings.wav_file import RecordingFile


def address_of(page, link):
    """Return the address to which a link of the export menu leads: the first one of this name."""
    page.get_by_role("button", name="Export").click()
    address = page.get_by_role("link", name=link).first.evaluate("link => link.href")
    page.keyboard.press("Escape")
    return address


def record(store, call_id, channels):
    """Give a call a recording with the mu-law bytes of each channel."""
    store.recordings.make_folder()
    file = RecordingFile(store.recordings.path(call_id))
    for channel, mulaw in enumerate(channels):
        file.put(channel, AudioChunk(0, mulaw))
    file.close()


FADED = """async () => {
    const fading = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.all(fading.map((each) => each.finished.catch(() => {})));
}"""
"""Waits until colours have changed that change slowly"""


def violations(page):
    """List the rules of accessibility that the page breaks, with the elements that do."""
    page.evaluate(FADED)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # To preload, axe writes a <style> of its own for shadow roots, which the page's policy forbids.
    options = {"runOnly": {"type": "tag", "values": tags}, "preload": False}
    results = Axe().run(page, options=options)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in results.response["violations"]]


def choose(page, text):
    """Open a call from the list: the first one whose row has this text."""
    page.locator("#list-pane").get_by_role("link", name=re.compile(re.escape(text))).first.click()


def begin(page, what):
    """Choose something from the menu of new calls."""
    page.get_by_role("button", name="New").click()
    page.get_by_role("button", name=what).click()


def search(page, words):
    """Search all calls, as if one typed the words."""
    page.get_by_role("searchbox").fill(words)
