"""One call on the page, live and afterwards, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from helpers.events import save_call, spoken, started
from helpers.jobs import second_passes
from helpers.pages import address_of, choose, record, violations
from helpers.waiting import wait_until
from local_stt.core.call_record import Utterance
from local_stt.events import (
    AudioSetAside,
    CallEnded,
    CallStarted,
    DigitPressed,
    EndReason,
    FinalText,
    Gap,
    PartialText,
    Word,
)


def test_a_live_call_is_a_conversation(open_page):
    server, start = open_page
    page = start()
    server.event_log(CallStarted("CA1", ("inbound", "outbound"), "+15550001", "+15550002"))
    expect(page.get_by_role("link", name=re.compile("15550001"))).to_be_visible()
    server.event_log(PartialText("CA1", "inbound", "hello the", 1.5))
    line = page.locator("#utterances li").filter(has_text="hello")
    expect(line).to_contain_text("hello the")
    server.event_log(
        FinalText("CA1", "inbound", "hello there", 1.0, 2.5, (*spoken("hello"), Word("there", 2, 2.5, 0.4)))
    )
    expect(line).to_contain_text("hello there")
    expect(page.get_by_title("40 % sure")).to_have_text("there")
    server.event_log(
        FinalText("CA1", "outbound", "good morning", 0.2, 0.9, spoken("good", "morning", start=0.2))
    )
    expect(page.locator("#utterances li")).to_have_count(2)
    expect(page.locator("#utterances li").first).to_contain_text("good morning")


def test_words_stand_together_where_their_script_has_no_spaces(open_page):
    server, start = open_page
    page = start()
    server.event_log(started("CA1"))
    said = ("我", "用", "iphone", "打", "电话")
    server.event_log(FinalText("CA1", "inbound", "", 0.2, 0.9, spoken(*said, start=0.2)))
    expect(page.locator("#utterances .said")).to_have_text("我用 iphone 打电话")


def test_keys_and_gaps_are_told_live_in_the_words_of_the_transcript(open_page, store):
    server, start = open_page
    page = start()
    store.start_call(started("CA1"), at=1000, server="s1", model="m")
    happened = [
        DigitPressed("CA1", "inbound", "5", 3.0),
        Gap("CA1", 4.0, 6.5),
        AudioSetAside("CA1", "outbound", 7.0, 7.5),
    ]
    for event in (started("CA1"), *happened):
        server.event_log(event)
    expect(page.locator("#utterances li")).to_have_count(3)
    live = page.locator("#utterances").inner_text()
    for event in happened:
        store.add_event(event, at=1000)
    page.reload()
    expect(page.locator("#utterances li")).to_have_count(3)
    assert page.locator("#utterances").inner_text() == live
    assert "caller pressed 5" in " ".join(live.split())


def test_a_recorded_call_is_heard_again_word_by_word(open_page, store, demo_channels):
    server, start = open_page
    record(store, "CA1", [channel[: 12 * 8000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue", "good bye")
    page = start()
    choose(page, "15550001")
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    audio = page.locator("#audio")
    wait_until(lambda: audio.evaluate("audio => audio.duration") == pytest.approx(12, abs=0.1))
    page.get_by_text("bye", exact=True).click()  # from 11.5 to 11.9 s
    expect(page.locator(".spoken")).to_have_text("bye")
    wait_until(lambda: audio.evaluate("audio => audio.ended"))
    expect(page.locator(".spoken")).to_have_count(0)
    page.evaluate(
        """() => {
            window.lit = [];
            const note = (changes) => {
                for (const { target } of changes) {
                    if (target.className === "spoken") lit.push(target.textContent);
                }
            };
            new MutationObserver(note).observe(document, { subtree: true, attributeFilter: ["class"] });
        }"""
    )
    page.get_by_role("button", name="Play from 0:01").press("Enter")
    wait_until(lambda: page.evaluate("[...new Set(lit)]") == ["press", "eight", "to", "continue"])
    assert 2.4 < audio.evaluate("audio => audio.currentTime") < 5
    audio.evaluate("audio => audio.pause()")
    page.locator("#waveform").click(position={"x": 1, "y": 10})
    assert audio.evaluate("audio => audio.currentTime") < 0.1
    assert address_of(page, "wav") == server.http + "/api/calls/CA1/audio"


def test_the_waveform_shows_who_speaks_when(open_page, store, demo_channels):
    _, start = open_page
    silent, spoken = b"\xff" * 40_000, demo_channels[0][24_000:64_000]
    record(store, "CA1", [silent + spoken, spoken + silent])
    save_call(store, "CA1", "hello")
    page = start()
    choose(page, "15550001")
    ink = """box => [...(box.firstElementChild?.shadowRoot ?? box).querySelectorAll(".canvases canvas")]
        .map(canvas => {
        const [width, height] = [canvas.width / 2, canvas.height];
        return [0, 1].map(column => {
            const part = canvas.getContext("2d").getImageData(column * width, 0, width, height);
            return part.data.filter((value, at) => at % 4 === 3 && value > 0).length / (width * height);
        });
    })"""
    waveform = page.locator("#waveform")
    wait_until(lambda: sum(map(sum, waveform.evaluate(ink))) > 0.1)
    (caller_first, caller_last), (callee_first, callee_last) = waveform.evaluate(ink)
    assert caller_last > 4 * caller_first
    assert callee_first > 4 * callee_last


def test_a_call_that_ends_can_be_heard_at_once(open_page, store, demo_channels):
    server, start = open_page
    page = start()
    store.start_call(started("CA1"), at=1000, server="s1", model="m")
    server.event_log(started("CA1"))
    expect(page.locator("#clock")).to_have_text(re.compile(r"\d:\d\d"))
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label("Recording of the call")).to_be_hidden()
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    ended = CallEnded("CA1", EndReason.HUNG_UP, 2.0)
    server.event_log(ended)  # faster than the store
    store.end_call(ended, at=3000)
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


def test_the_page_says_that_a_call_was_heard_again(open_page, store):
    _, start = open_page
    store.second_passes.subscribe(lambda _: True)
    save_call(store, "CA1", "live words")
    (wanted,) = second_passes(store)
    said = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, spoken("better", "words"))]
    store.second_passes.keep(wanted, "large-model", said)
    page = start()
    choose(page, "15550001")
    expect(page.locator("#utterances")).to_contain_text("better words")
    expect(page.locator("#utterances")).not_to_contain_text("live words")
    expect(page.locator("#call-head")).to_contain_text("heard again by large-model")


def test_the_live_text_of_a_call_that_was_heard_again_is_a_switch_away(open_page, store, demo_channels):
    _, start = open_page
    store.second_passes.subscribe(lambda _: True)
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    save_call(store, "CA1", "live words", at=1_700_000_000_000)
    save_call(store, "CA2", "other words", at=1_700_000_000_000, caller="+49")
    wanted = next(each for each in second_passes(store) if each.call_id == "CA1")
    said = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, spoken("better", "words", start=0.2))]
    store.second_passes.keep(wanted, "large-model", said)
    page = start()
    choose(page, "15550001")
    switch = page.get_by_role("group", name="Text")
    second, live = switch.get_by_role("button", name="second pass"), switch.get_by_role("button", name="live")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#utterances")).to_contain_text("better words")
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    live.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#utterances")).to_have_text(re.compile("live words"))
    expect(page.locator("#utterances")).not_to_contain_text("better words")
    assert live.evaluate("button => button === document.activeElement")
    expect(live).to_have_attribute("aria-pressed", "true")
    expect(second).to_have_attribute("aria-pressed", "false")
    assert "live words" in page.request.get(address_of(page, "txt")).text()
    expect(page.get_by_role("button", name="Play from 0:01")).to_be_visible()  # of this text too
    page.get_by_text("live", exact=True).last.click()
    expect(page.locator(".spoken")).to_have_text("live")
    assert violations(page) == []
    second.click()
    expect(page.locator("#utterances")).to_contain_text("better words")
    assert "better words" in page.request.get(address_of(page, "txt")).text()
    choose(page, "49")
    expect(page.locator("#utterances")).to_contain_text("other words")
    expect(switch).to_have_count(0)


def test_a_long_call_is_put_together_without_looking_at_all_of_it_for_every_line(open_page):
    _, start = open_page
    looks, in_order, late = start().evaluate(
        """async () => {
            const { Conversation } = await import("/static/call/conversation.js");
            const list = document.createElement("ol");
            const conversation = new Conversation(list);
            const { get } = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "dataset");
            let looks = 0;
            const counted = { get() { looks++; return get.call(this); } };
            Object.defineProperty(HTMLElement.prototype, "dataset", counted);
            const word = (at) => ({ text: "yes", start: at, end: at, confidence: 1 });
            const said = (at) => ({ track: "inbound", start: at, words: [word(at)] });
            const starts = () => [...list.children].map((line) => Number(get.call(line).start));
            conversation.showPartial({ track: "outbound", text: "well", at: 9000 });
            conversation.addAll(Array.from({ length: 4000 }, (_, at) => said(at)));
            for (let at = 4000; at < 8000; at++) conversation.addFinal(said(at));
            const [looked, inOrder] = [looks, starts()];
            for (const at of [7000.5, 3.5, -1]) conversation.addFinal(said(at));
            return [looked, inOrder, starts()];
        }"""
    )
    assert in_order == [*range(8000), 9000]  # what is being said comes last
    assert late == sorted([*in_order, 7000.5, 3.5, -1])
    assert looks < 10 * 8000


def test_the_recording_of_one_call_is_not_played_on_another(open_page, store, demo_channels):
    _, start = open_page
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    save_call(store, "CA2", "good bye", at=1_700_000_000_000, caller="+49")
    page = start()
    held = []
    page.route("**/waveform*", lambda route: held.append(route))
    choose(page, "15550001")
    expect(page.locator("#utterances")).to_contain_text("press eight")
    wait_until(lambda: page.wait_for_timeout(50) or held)
    choose(page, "49")
    expect(page.locator("#utterances")).to_contain_text("good bye")
    with page.expect_response("**/waveform*"):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(page.get_by_label("Recording of the call")).to_be_hidden()
