"""A real browser, and the page of a server in it."""

import os
import shutil
import wave
from contextlib import contextmanager

import numpy as np
import pytest
from playwright.sync_api import expect, sync_playwright

from helpers.servers import VIEWERS_TOKEN
from helpers.waiting import wait_until
from local_stt.audio import decode_mulaw
from local_stt.store import open_store
from stand_ins.reverse_proxy import ReverseProxy

expect.set_options(timeout=400_000)  # a busy machine takes its time

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def microphone(tmp_path_factory, demo_channels):
    """A WAV of the caller's first sentences, for the browser to take for its microphone."""
    file = tmp_path_factory.mktemp("microphone") / "caller.wav"
    samples = decode_mulaw(demo_channels[0][: 14 * 8000])
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(48_000)
        wav.writeframes(np.repeat(samples, 6).astype("<i2").tobytes())
    return file


@pytest.fixture(scope="module")
def chromium(microphone):
    """Chromium, whose microphone hears the caller; only a developer's own machine may go without."""
    if not CHROMIUM and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}%noloop",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def new_page(chromium):
    """A page that is nowhere yet, and what will be wrong with it."""
    with chromium.new_context() as context:
        context.grant_permissions(["microphone"])
        page = context.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        yield page, problems


@contextmanager
def opening(new_page, running, store, **settings):
    """Run a server; yield it, and what opens its page as a person gets to it: by the link."""
    page, problems = new_page
    with running(store=store, auth_token="0" * 32, **settings) as server:

        def start():
            with page.expect_response("**/api/calls?*"):
                page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
            expect(page.get_by_role("heading", name="Now")).to_be_visible()
            expect(page.locator("#list-message")).not_to_contain_text("Loading")
            wait_until(lambda: server.watching.viewers == 1)
            return page

        yield server, start
        # A call that a test has only told of is not kept, and not found.
        assert [each for each in problems if "404" not in each] == []


@pytest.fixture
def open_page(new_page, running, store):
    """A live server, and what opens its page."""
    with opening(new_page, running, store) as opened:
        yield opened


@pytest.fixture
def open_formatted_page(new_page, running, store):
    """A live server that formats text, and what opens its page."""
    with opening(new_page, running, store, format_text=True) as opened:
        yield opened


@pytest.fixture
def proxy():
    proxy = ReverseProxy()
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def plain_page(chromium, running):
    """The page of a server that keeps nothing, to try its functions on."""
    with running(store=None) as server, chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        yield page
