"""Calls that are placed from the page, and files that are sent from it, in a real browser."""

import base64

import requests
import soundfile
from playwright.sync_api import expect

from helpers.dialing import dialer_of
from helpers.events import save_call
from helpers.jobs import take
from helpers.pages import begin, choose, record, violations
from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import files_in, taking
from helpers.waiting import wait_until
from local_stt.demo import RECORDING
from local_stt.events import (
    CallEnded,
    CallStarted,
    EndReason,
)
from local_stt.telephony.signature import sign
from stand_ins.twilio_api import number, twilio_api


def test_a_number_is_called_from_the_page(chromium, running, tmp_path):
    with (
        twilio_api(number("+15551110001")) as api,
        running(dialer=dialer_of(api, tmp_path), auth_token="0" * 32) as server,
        chromium.new_context() as context,
    ):
        page = context.new_page()
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        begin(page, "Call a number")
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
        status = page.locator("#file-status")
        with page.expect_file_chooser() as chooser:
            begin(page, "Transcribe a file")
        assert chooser.value.is_multiple()
        assert violations(page) == []
        page.locator("#file").set_input_files(tmp_path / "talk.wav")
        expect(page.get_by_role("heading", name="talk.wav")).to_be_visible()
        expect(page.locator("#utterances")).to_contain_text("caller")
        expect(page.get_by_label("Recording of the call")).to_be_visible()
        expect(page.locator("#kept li")).to_have_count(1)
        expect(status).to_be_empty()
        assert violations(page) == []
        page.get_by_role("button", name="New").click()
        page.get_by_label("Mix its channels").check()
        page.keyboard.press("Escape")
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
        expect(page.locator("#file-open")).not_to_have_attribute("hidden", "")
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
        assert page.evaluate("document.activeElement.textContent") == "New"
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
        expect(page.locator("#file-open")).not_to_have_attribute("hidden", "")
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


def test_a_call_from_the_browser_is_heard(open_page):
    """From the microphone through the real stream and the real engine to words on the page."""
    server, start = open_page
    page = start()
    begin(page, "Call from this browser")
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
    begin(page, "Play the sample call")
    expect(page.locator("#utterances .caller:not(.partial)").first).to_be_visible()
    expect(page.locator("#utterances .callee:not(.partial)").first).to_be_visible()
    page.get_by_role("button", name="Hang up").click()
    server.witness.wait_for_ends()


def test_a_call_from_the_browser_takes_the_place_of_the_one_on_show(open_page, store, demo_channels):
    server, start = open_page
    record(store, "CA1", [channel[:16_000] for channel in demo_channels])
    save_call(store, "CA1", "press eight to continue")
    page = start()
    choose(page, "15550001")
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
    begin(page, "Play the sample call")
    expect(page.get_by_role("heading", name="the sample call")).to_be_visible()
    expect(page.locator("#utterances")).not_to_contain_text("press eight")
    expect(page.get_by_label("Recording of the call")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    page.get_by_role("button", name="Hang up").click()
    server.witness.wait_for_ends()
