"""Playing a recording on the page: keys, speed, silence, one side alone, marks and links."""

import pytest
from playwright.sync_api import expect

from helpers.call_pages import open_call, save_talk
from helpers.waiting import wait_until


@pytest.fixture
def playing(open_formatted_page, store, demo_channels):
    """A page with a recorded call, and what opens it."""
    server, start = open_formatted_page
    save_talk(store, demo_channels)
    page = start()

    def open_at(query="?call=CA1"):
        open_call(page, server, query)
        expect(page.get_by_label("Recording of the call")).to_be_visible()
        return page

    return open_at


def now(page):
    return page.evaluate("document.getElementById('audio').currentTime")


def is_paused(page):
    return page.evaluate("document.getElementById('audio').paused")


def test_keys_play_and_move(playing):
    page = playing()
    page.locator("#call-view").click(position={"x": 5, "y": 5})
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_until(lambda: now(page) == pytest.approx(10, abs=0.1))
    page.keyboard.press("ArrowLeft")
    wait_until(lambda: now(page) == pytest.approx(5, abs=0.1))
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait_until(lambda: now(page) > 5.2)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert is_paused(page)
    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("Home")
    wait_until(lambda: now(page) == 0)
    page.get_by_role("textbox", name="Note").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert now(page) == 0
    assert is_paused(page)


def test_the_speed_is_kept_and_the_pitch_too(playing):
    page = playing()
    page.get_by_label("Speed").select_option("1.5")
    rates = "({ playbackRate, preservesPitch }) => [playbackRate, preservesPitch]"
    audio = page.locator("#audio")
    assert audio.evaluate(rates) == [1.5, True]
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(lambda: now(page) > 0.2)
    assert audio.evaluate(rates) == [1.5, True]


def test_silence_is_skipped(playing):
    page = playing()
    page.get_by_role("button", name="Skip silence").click()
    page.evaluate("document.getElementById('audio').currentTime = 6.9")  # the callee answers at 8 s
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(lambda: now(page) > 7.7)
    expect(page.locator(".spoken")).to_have_text("Good")


def test_one_side_is_muted_and_the_other_is_heard_on_both_ears(playing):
    page = playing()
    page.evaluate(
        """() => {
            window.lines = [];
            const { connect } = AudioNode.prototype;
            AudioNode.prototype.connect = function (to, from = 0, channel = 0) {
                if (this instanceof GainNode) lines.push(channel);
                return connect.call(this, to, from, channel);
            };
        }"""
    )
    mute = page.get_by_role("button", name="Mute caller")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("lines") == [1, 0]  # the callee, on both
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(lambda: now(page) > 0.2)
    mute.click()
    assert page.evaluate("lines.slice(2)") == [0, 1]  # each on its own


def test_places_that_were_found_are_marked_and_visited(playing):
    page = playing("?call=CA1&q=account")
    expect(page.locator("#utterances mark")).to_have_text(["account,", "account."])
    places = page.get_by_role("group", name="Found places")
    expect(places).to_contain_text("2 places")
    marks = page.get_by_role("group", name="Places", exact=True).get_by_role("button")
    expect(marks).to_have_count(2)
    places.get_by_role("button", name="Next place").click()
    wait_until(lambda: now(page) == pytest.approx(6.5, abs=0.1))
    places.get_by_role("button", name="Next place").click()
    wait_until(lambda: now(page) == pytest.approx(25.5, abs=0.1))
    marks.first.press("Enter")
    wait_until(lambda: now(page) == pytest.approx(6.5, abs=0.1))
    assert is_paused(page)


def test_an_address_leads_to_a_moment_without_playing(playing):
    page = playing("?call=CA1&t=22")
    wait_until(lambda: now(page) == pytest.approx(22, abs=0.1))
    assert is_paused(page)
    expect(page.locator("#utterances li.callee").last).to_be_in_viewport()


def test_a_link_to_the_moment_is_copied(playing):
    page = playing()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("document.getElementById('audio').currentTime = 8.5")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#status")).to_have_text("The link to this moment is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.evaluate("new URL('?call=CA1&t=8.5', document.baseURI).href")


def test_where_nothing_can_be_copied_the_link_is_in_the_address_bar(playing):
    page = playing()
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('no'); }; }")
    page.evaluate("document.getElementById('audio').currentTime = 8.5")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#status")).to_have_text("The link to this moment is in the address bar.")
    assert page.url.endswith("?call=CA1&t=8.5")


def test_the_player_stays_in_view_and_follows(playing):
    page = playing()
    page.set_viewport_size({"width": 800, "height": 420})
    page.locator("#audio").evaluate("audio => { audio.currentTime = 22; audio.play(); }")
    expect(page.locator(".spoken")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Pause")).to_be_in_viewport()
