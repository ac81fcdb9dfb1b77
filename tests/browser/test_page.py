"""The page in a real browser: what it shows, what it must not do, and calls placed from it."""

import base64
import re

import pytest
import requests
import soundfile
from playwright.sync_api import expect

from helpers.dialing import dialer_of
from helpers.events import save_call, started
from helpers.jobs import second_passes, take
from helpers.pages import address_of, record, violations
from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import files_in, taking
from helpers.waiting import wait_until
from local_stt.core.call_record import Utterance
from local_stt.demo import RECORDING
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
from local_stt.telephony.signature import sign
from stand_ins.twilio_api import number, twilio_api


def words(*spoken, start=1.0, confidence=0.95):
    return tuple(Word(word, start + at, start + at + 0.5, confidence) for at, word in enumerate(spoken))


def test_a_live_call_is_a_conversation(open_page):
    server, start = open_page
    page = start()
    server.event_log(CallStarted("CA1", ("inbound", "outbound"), "+15550001", "+15550002"))
    expect(page.get_by_role("button", name=re.compile("15550001"))).to_be_visible()
    server.event_log(PartialText("CA1", "inbound", "hello the", 1.5))
    line = page.locator("#utterances li").filter(has_text="hello")
    expect(line).to_contain_text("hello the")
    server.event_log(
        FinalText("CA1", "inbound", "hello there", 1.0, 2.5, (*words("hello"), Word("there", 2, 2.5, 0.4)))
    )
    expect(line).to_contain_text("hello there")
    expect(page.get_by_title("40 % sure")).to_have_text("there")
    server.event_log(
        FinalText("CA1", "outbound", "good morning", 0.2, 0.9, words("good", "morning", start=0.2))
    )
    expect(page.locator("#utterances li")).to_have_count(2)
    expect(page.locator("#utterances li").first).to_contain_text("good morning")


def test_words_stand_together_where_their_script_has_no_spaces(open_page):
    server, start = open_page
    page = start()
    server.event_log(started("CA1"))
    said = ("我", "用", "iphone", "打", "电话")
    server.event_log(FinalText("CA1", "inbound", "", 0.2, 0.9, words(*said, start=0.2)))
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
    page.get_by_role("button", name=re.compile("15550001")).click()
    expect(page.locator("#utterances")).to_contain_text("press eight to continue")
    assert address_of(page, "vtt") == server.http + "/api/calls/CA1/transcript.vtt"
    page.get_by_role("searchbox").fill('"eight to"')
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark")).to_have_text("eight to")
    page.get_by_role("button", name=re.compile("49")).click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="A deleted call")).to_be_visible()
    assert store.call("CA2").state == "deleted"


def test_a_recorded_call_is_heard_again_word_by_word(open_page, store, demo_channels):
    server, start = open_page
    record(store, "CA1", [channel[: 12 * 8000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue", "good bye")
    page = start()
    page.get_by_role("button", name=re.compile("15550001")).click()
    audio = page.get_by_label("Recording of the call")
    expect(audio).to_be_visible()
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
    page.locator("#waveform").click(position={"x": 0, "y": 10})
    assert audio.evaluate("audio => audio.currentTime") < 0.1
    assert address_of(page, "wav") == server.http + "/api/calls/CA1/audio"


def test_the_waveform_shows_who_speaks_when(open_page, store, demo_channels):
    _, start = open_page
    silent, spoken = b"\xff" * 40_000, demo_channels[0][24_000:64_000]
    record(store, "CA1", [silent + spoken, spoken + silent])
    save_call(store, "CA1", "hello")
    page = start()
    page.get_by_role("button", name=re.compile("15550001")).click()
    ink = """canvas => [0, 1].map(row => [0, 1].map(column => {
        const [width, height] = [canvas.width / 2, canvas.height / 2];
        const part = canvas.getContext("2d").getImageData(column * width, row * height, width, height);
        return part.data.filter((value, at) => at % 4 === 3 && value > 0).length / (width * height);
    }))"""
    canvas = page.locator("#waveform")
    wait_until(lambda: sum(map(sum, canvas.evaluate(ink))) > 0.2)
    (caller_first, caller_last), (callee_first, callee_last) = canvas.evaluate(ink)
    assert caller_last > 4 * caller_first
    assert callee_first > 4 * callee_last


def test_a_call_that_ends_can_be_heard_at_once(open_page, store, demo_channels):
    server, start = open_page
    page = start()
    store.start_call(started("CA1"), at=1000, server="s1", model="m")
    server.event_log(started("CA1"))
    expect(page.locator("#clock")).to_have_text(re.compile(r"\d:\d\d"))
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    assert page.get_by_label("Recording of the call").count() == 1
    expect(page.get_by_label("Recording of the call")).to_be_hidden()
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    ended = CallEnded("CA1", EndReason.HUNG_UP, 2.0)
    server.event_log(ended)  # faster than the store
    store.end_call(ended, at=3000)
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(open_page, store, demo_channels, scheme):
    """axe-core finds no violation of WCAG 2.2, contrast included, in any state of the page."""
    server, start = open_page
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    page = start()
    page.emulate_media(color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    found = {"empty": violations(page)}
    server.event_log(started("CA2"))
    server.event_log(FinalText("CA2", "inbound", "hello", 1, 2, (*words("hello"), Word("x", 2, 2.5, 0.4))))
    server.event_log(PartialText("CA2", "outbound", "good", 3.0))
    expect(page.locator(".partial")).to_be_visible()
    found["live"] = violations(page)
    page.get_by_role("button", name=re.compile("2023")).click()
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    found["past"] = violations(page)
    page.get_by_role("searchbox").fill("eight")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark")).to_be_visible()
    found["search"] = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found["phone"] = violations(page)
    assert {state: each for state, each in found.items() if each} == {}


def test_all_of_it_can_be_done_with_the_keyboard(open_page, store):
    server, start = open_page
    save_call(store, "CA1", "press eight to continue", at=1_700_000_000_000)
    page = start()
    server.event_log(started("CA2"))
    live = page.get_by_role("button", name=re.compile("live"))
    live.focus()
    page.wait_for_timeout(2100)  # the clocks have gone on
    assert live.evaluate("button => button === document.activeElement")
    page.get_by_role("searchbox").focus()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached[:2] == ["Call from this browser", "Play the sample call"]
    assert any("live" in each for each in reached[2:])
    page.get_by_role("button", name=re.compile("2023")).focus()
    page.keyboard.press("Space")
    expect(page.locator("#utterances")).to_contain_text("press eight to continue")


def test_a_number_is_called_from_the_page(chromium, running, tmp_path):
    with (
        twilio_api(number("+15551110001")) as api,
        running(dialer=dialer_of(api, tmp_path), auth_token="0" * 32) as server,
        chromium.new_context() as context,
    ):
        page = context.new_page()
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        page.get_by_role("button", name="Call a number").click()
        page.get_by_role("textbox", name="Number").fill("0171")
        page.get_by_role("button", name="Call", exact=True).click()
        status = page.locator("#dial-status")
        expect(status).to_contain_text("write it in international form")
        page.get_by_role("textbox", name="Number").fill("+12025550123")
        page.get_by_label("Connect with").fill("+14155552671")
        page.get_by_role("button", name="Call", exact=True).click()
        expect(status).to_have_text("queued")
        assert violations(page) == []
        ((call_id, placed),) = api.calls.items()
        assert placed["To"] == "+12025550123"
        form = {"CallSid": call_id, "CallStatus": "in-progress"}
        url = f"{server.http}/call-status"
        requests.post(url, form, headers=sign("0" * 32, url, form), timeout=400)
        expect(status).to_have_text("in-progress")


def test_a_file_is_transcribed_from_the_page_and_can_be_played(running, store, new_page, tmp_path):
    page, problems = new_page
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "talk.wav", samples[: 10 * rate], rate)
    (tmp_path / "notes.wav").write_text("hello there")
    with (
        taking(store, tmp_path, max_bytes=2_000_000) as uploads,
        running(store=store, uploads=uploads, auth_token="0" * 32) as server,
    ):
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        opener, status = page.get_by_role("button", name="Transcribe a file"), page.locator("#file-status")
        with page.expect_file_chooser() as chooser:
            opener.click()
        assert chooser.value.is_multiple()
        assert violations(page) == []
        page.locator("#file").set_input_files(tmp_path / "talk.wav")
        expect(page.get_by_role("heading", name="talk.wav")).to_be_visible()
        expect(page.locator("#utterances")).to_contain_text("caller")
        expect(page.get_by_label("Recording of the call")).to_be_visible()
        expect(page.locator("#kept li")).to_have_count(1)
        expect(status).to_be_empty()
        assert violations(page) == []
        page.get_by_label("Mix its channels").check()
        page.locator("#file").set_input_files(tmp_path / "talk.wav")
        expect(page.locator("#kept li")).to_have_count(2)
        expect(page.locator("#utterances")).to_contain_text("speaker")
        page.locator("#file").set_input_files(tmp_path / "notes.wav")
        expect(status).to_contain_text("notes.wav cannot be read as audio")
        assert violations(page) == []
        (tmp_path / "large.wav").write_bytes(bytes(2_000_001))
        page.locator("#file").set_input_files(tmp_path / "large.wav")
        expect(status).to_have_text("large.wav: it is larger than 2 MB.")
    assert [each for each in problems if "422" not in each] == []


def test_sending_a_file_can_be_cancelled_and_nothing_is_left_of_it(running, store, new_page, tmp_path):
    page, problems = new_page
    for name in ("one.wav", "two.wav"):
        (tmp_path / name).write_bytes(bytes(3_000_000))
    with (
        taking(store, tmp_path) as uploads,
        running(store=store, uploads=uploads, auth_token="0" * 32) as server,
    ):
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        expect(page.get_by_role("button", name="Transcribe a file")).to_be_visible()
        cancel = page.get_by_role("button", name="Cancel sending")
        expect(cancel).to_be_hidden()
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
        page.locator("#file").set_input_files([tmp_path / "one.wav", tmp_path / "two.wav"])
        expect(page.locator("#file-status")).to_have_text("one.wav: being sent")
        wait_until(lambda: page.wait_for_timeout(20) or files_in(tmp_path))
        assert violations(page) == []
        cancel.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#file-status")).to_have_text("one.wav: cancelled")  # and two.wav is not sent
        expect(cancel).to_be_hidden()
        assert page.evaluate("document.activeElement.textContent") == "Transcribe a file"
        wait_until(lambda: page.wait_for_timeout(20) or not files_in(tmp_path))
        assert take(store, uploads, "s1") is None
    assert problems == []


def test_a_file_that_is_dropped_on_the_page_is_transcribed(running, store, new_page, tmp_path):
    page, problems = new_page
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "talk.wav", samples[: 5 * rate], rate)
    with (
        taking(store, tmp_path) as uploads,
        running(store=store, uploads=uploads, auth_token="0" * 32) as server,
    ):
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        expect(page.get_by_role("button", name="Transcribe a file")).to_be_visible()
        data = base64.b64encode((tmp_path / "talk.wav").read_bytes()).decode()
        page.evaluate(
            """(data) => {
                const dataTransfer = new DataTransfer();
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                dataTransfer.items.add(new File([bytes], "dropped.wav"));
                const options = { dataTransfer, bubbles: true, cancelable: true };
                for (const type of ["dragover", "drop"]) {
                    if (document.body.dispatchEvent(new DragEvent(type, options))) throw new Error(type);
                }
            }""",
            data,
        )
        expect(page.get_by_role("heading", name="dropped.wav")).to_be_visible()
    assert problems == []


def test_the_page_says_that_a_call_was_heard_again(open_page, store):
    _, start = open_page
    store.second_passes.subscribe(lambda _: True)
    save_call(store, "CA1", "live words")
    (wanted,) = second_passes(store)
    said = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, words("better", "words"))]
    store.second_passes.keep(wanted, "large-model", said)
    page = start()
    page.get_by_role("button", name=re.compile("15550001")).click()
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
    said = [Utterance("inbound", 1.0, 2.0, "better words", 0.9, words("better", "words", start=0.2))]
    store.second_passes.keep(wanted, "large-model", said)
    page = start()
    page.get_by_role("button", name=re.compile("15550001")).click()
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
    page.get_by_role("button", name=re.compile("49")).click()
    expect(page.locator("#utterances")).to_contain_text("other words")
    expect(switch).to_have_count(0)


def test_a_call_from_the_browser_is_heard(open_page):
    """From the microphone through the real stream and the real engine to words on the page."""
    server, start = open_page
    page = start()
    page.get_by_role("button", name="Call from this browser").click()
    expect(page.locator("#utterances .caller:not(.partial)").first).to_be_visible()
    page.get_by_role("button", name="Hang up").click()
    server.witness.wait_for_ends()
    heard = " ".join(text for _, text in server.witness.said())
    assert "hello" in heard or "appointment" in heard, heard
    assert server.witness.of(CallEnded)[0].reason is EndReason.HUNG_UP
    assert server.witness.of(CallStarted)[0].caller == "this browser"


def test_the_sample_call_is_played_and_both_speakers_are_heard(open_page):
    server, start = open_page
    page = start()
    page.get_by_role("button", name="Play the sample call").click()
    expect(page.locator("#utterances .caller:not(.partial)").first).to_be_visible()
    expect(page.locator("#utterances .callee:not(.partial)").first).to_be_visible()
    page.get_by_role("button", name="Hang up").click()
    server.witness.wait_for_ends()


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "press eight to continue " * 10)
    page = start()
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name=re.compile("15550001")).click()
    expect(page.locator("#utterances li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_the_link_there_is_no_page(open_page):
    server, start = open_page
    page = start()
    page.context.clear_cookies()
    assert page.request.get(server.http + "/").status == 401


def test_a_call_from_the_browser_takes_the_place_of_the_one_on_show(open_page, store, demo_channels):
    server, start = open_page
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue")
    page = start()
    page.get_by_role("button", name=re.compile("15550001")).click()
    expect(page.get_by_label("Recording of the call")).to_be_visible()
    page.evaluate(  # the call is told of long before the browser has all it needs for it
        """() => {
            const { addModule } = AudioWorklet.prototype;
            AudioWorklet.prototype.addModule = async function (...values) {
                await new Promise((resolve) => setTimeout(resolve, 1000));
                return addModule.apply(this, values);
            };
        }"""
    )
    page.get_by_role("button", name="Play the sample call").click()
    expect(page.get_by_role("heading", name="the sample call")).to_be_visible()
    expect(page.locator("#utterances")).not_to_contain_text("press eight")
    expect(page.get_by_label("Recording of the call")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Hang up").click()
    server.witness.wait_for_ends()


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
    page.wait_for_timeout(2000)
    with running(store=store, public_url=f"http://{proxy.netloc}/calls") as server:
        proxy.behind = server.http
        expect(page.get_by_text("Nobody is calling.")).to_be_visible()
        expect(page.locator("#clock")).to_have_count(0)
        expect(page.locator("#call-head")).to_contain_text("interrupted")
        expect(page.locator("#kept li")).to_have_count(1)
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
        expect(page.get_by_role("status")).to_have_text("Open the new link that local_stt printed.")


def test_more_pages_are_live_than_a_browser_has_connections(open_page):
    server, start = open_page
    first = start()
    others = [first.context.new_page() for _ in range(7)]
    for page in others:
        page.goto(server.http)
        expect(page.get_by_role("heading", name="Now")).to_be_visible()
    server.event_log(CallStarted("CA1", ("inbound",), "+15550001", ""))
    for page in (first, *others):
        expect(page.get_by_role("button", name=re.compile("15550001"))).to_be_visible()
    first.close()  # the one that listened
    server.event_log(CallStarted("CA2", ("inbound",), "+15550002", ""))
    for page in others:
        expect(page.get_by_role("button", name=re.compile("15550002"))).to_be_visible()
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
        server.event_log(FinalText("CA1", "inbound", "hello there", 1.0, 2.0, words("hello", "there")))
        expect(page.locator("#utterances")).to_contain_text("hello there")
        expect(page.locator("#clock")).to_be_visible()
        server.event_log(CallEnded("CA1", EndReason.HUNG_UP, 2.0))
        expect(page.locator("#call-head")).to_contain_text("hung-up")
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
        page.get_by_role("button", name=re.compile("2023")).click()
        expect(page.locator("#utterances")).to_contain_text("press eight to continue")
        assert page.request.get(address_of(page, "txt")).ok
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", name="A deleted call")).to_be_visible()
        page.get_by_role("button", name="Play the sample call").click()
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


def test_a_long_call_is_put_together_without_looking_at_all_of_it_for_every_line(open_page):
    _, start = open_page
    looks, in_order, late = start().evaluate(
        """async () => {
            const { Conversation } = await import("/static/conversation.js");
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
    page.get_by_role("button", name=re.compile("15550001")).click()
    expect(page.locator("#utterances")).to_contain_text("press eight")
    wait_until(lambda: page.wait_for_timeout(50) or held)
    page.get_by_role("button", name=re.compile("49")).click()
    expect(page.locator("#utterances")).to_contain_text("good bye")
    with page.expect_response("**/waveform*"):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(page.get_by_label("Recording of the call")).to_be_hidden()


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


def test_an_error_is_for_people_and_goes_with_the_next_success(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "press eight to continue")
    page = start()
    search, status = page.get_by_role("searchbox"), page.get_by_role("status")
    search.fill('"')
    search.press("Enter")
    expect(status).to_have_text("Type a word to look for.")
    search.fill("eight")
    search.press("Enter")
    expect(page.locator("mark")).to_have_text("eight")
    expect(page.locator("#status")).to_be_empty()


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
    server.event_log(FinalText("CA1", "inbound", "hello there", 1.0, 2.0, words("hello", "there")))
    for each in (page, second):
        expect(each.get_by_text("Live text is delayed.")).to_have_count(0)
        expect(each.locator("#utterances")).to_contain_text("hello there")
