"""Formatted text on the page: of kept calls and live ones, raw, searched for, redacted, and read out."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from helpers.events import final, save_call, started
from helpers.pages import address_of, choose, record, search, violations
from helpers.servers import VIEWERS_TOKEN
from helpers.waiting import wait_until
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.call_turns import CallTurns
from local_stt.core.formatting.tokens import text_of
from local_stt.core.privacy import CallRedactor, Policy, RedactionRules, Substitute
from local_stt.events import (
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    PartialText,
    Redaction,
    Silence,
    Token,
    Turn,
)
from local_stt.formatters import Formatters
from local_stt.hub import Hub
from local_stt.service.reader import Reader

ENGLISH = Formatters(FormattingSettings(), CallSettings()).of_turns("en-US")

NUMBER_IN_GROUPS = (
    final("my number is four one five", start=1.0),
    final("five five five", start=4.5),
    final("one two one two", start=6.5),
)

SPOKEN = "my number is four one five five five five one two one two"


def publisher(server, store, redactor_of=lambda _: None):
    """Return what publishes events of calls, with their turns, to a store and to viewers."""

    def keep(event):
        match event:
            case CallStarted():
                store.start_call(event, at=1000, server="s1", model="demo-en")
            case FinalText():
                store.add_event(event, at=1000)
            case Turn(end_of_turn=True):
                store.add_turn(event, at=1000)
            case CallEnded():
                store.end_call(event, at=1000)

    reader = Reader(Hub([keep, server.event_log]), lambda _: CallTurns(ENGLISH), redactor_of)
    return lambda *events: reader.publish(events)


def turn_of(*finals, tokens=(), **values):
    """Make a turn of finals."""
    words = tuple(word for each in finals for word in each.words)
    turn = Turn(
        call_id="CA1",
        track=finals[0].track,
        turn_order=0,
        end_of_turn=True,
        turn_is_formatted=True,
        end_of_turn_confidence=0.9,
        text=" ".join(each.text for each in finals),
        formatted=text_of(tokens),
        start=words[0].start,
        end=words[-1].end,
        words=words,
        tokens=tokens,
    )
    return replace(turn, **values)


def said_on(page):
    return page.locator("#utterances .said")


def lines_of(page):
    """Return the lines on show with their times, as a reader sees them."""
    return [" ".join(line.split()) for line in page.locator("#utterances li").all_inner_texts()]


def test_a_number_that_is_said_in_groups_is_one_line_live_and_after_a_reload(open_formatted_page, store):
    server, start = open_formatted_page
    page = start()
    publish = publisher(server, store)
    publish(started("CA1"), NUMBER_IN_GROUPS[0])
    expect(said_on(page)).to_have_text(["My number is 415"])
    publish(NUMBER_IN_GROUPS[1], final("go on", track="outbound", start=6.0), NUMBER_IN_GROUPS[2])
    publish(Silence("CA1", "inbound", 20.0), Silence("CA1", "outbound", 20.0))
    publish(final("thank you", start=21.0), Silence("CA1", "inbound", 30.0))
    expect(said_on(page)).to_have_text(["My number is 415-555-1212.", "Go on.", "Thank you."])
    live = lines_of(page)
    page.reload()
    expect(said_on(page)).to_have_count(3)
    assert lines_of(page) == live
    assert live[0] == "0:01 caller My number is 415-555-1212."
    number = page.get_by_text("415-555-1212.", exact=True)
    expect(number).to_have_attribute("title", "four one five five five five one two one two")


def test_words_are_shown_at_once_and_the_newest_tokens_take_their_place(open_page):
    server, start = open_page
    page = start()
    first, second = final("call four one five", start=1.0), final("two", start=4.0)
    for event in (started("CA1"), first, second):
        server.event_log(event)
    expect(said_on(page)).to_have_text(["call four one five", "two"])
    apart = (Token("Call", 0, 1), Token("415", 1, 4), Token("2", 4, 5))
    server.event_log(turn_of(first, second, tokens=apart, turn_is_formatted=False))
    server.event_log(PartialText("CA1", "inbound", "three", 6.0))
    expect(page.locator(".partial .said")).to_have_text("three")
    assert said_on(page).all_text_contents() == ["call four one five", "two", "three"]
    together = (Token("Call", 0, 1), Token("4152", 1, 5))
    server.event_log(turn_of(first, second, tokens=together))
    expect(said_on(page)).to_have_text(["Call 4152", "three"])
    server.event_log(turn_of(first, second, tokens=apart))
    expect(said_on(page)).to_have_text(["Call 415", "2", "three"])


def test_partial_texts_are_shown_as_they_come(open_formatted_page):
    server, start = open_formatted_page
    page = start()
    server.event_log(started("CA1"))
    server.event_log(PartialText("CA1", "inbound", "my number is # # #", 2.0))
    expect(page.locator(".partial .said")).to_have_text("my number is # # #")


def test_whatever_comes_first_after_a_reconnect_each_word_is_shown_once(open_page):
    """Events that are repeated, and the answer of the API, come in any order."""
    _, start = open_page
    shown = start().evaluate(
        """async () => {
            const { Conversation } = await import("/static/call/conversation.js");
            const word = (text, start) => ({ text, start, end: start + 0.4, confidence: 1 });
            const words = ["call", "four", "one", "five", "two", "please", "bye"].map(word);
            const token = (text, first, last) => ({ text, first, last, kind: "word" });
            const line = (first, last, tokens = []) =>
                ({ track: "inbound", start: first, words: words.slice(first, last), tokens });
            const turn = (last, ...tokens) => ({ ...line(0, last, tokens), turn_is_formatted: true });
            const newest = turn(7, token("Call", 0, 1), token("4152,", 1, 5), token("please.", 5, 6),
                token("Bye.", 6, 7));
            const older = turn(4, token("Call", 0, 1), token("415", 1, 4));
            const stored = [line(0, 6, newest.tokens.slice(0, 3)), line(6, 7, [token("Bye.", 0, 1)])];
            const halfStored = [line(0, 4, older.tokens)];
            const events = [line(0, 4), older, line(4, 6), line(6, 7), newest];
            const orders = {
                live: events,
                repeated: [...events, ...events],
                "stored, then repeated": [stored, ...events],
                "live, then stored": [...events, stored],
                "turn, then stored": [newest, stored],
                "old turn, then stored, then the rest": [older, stored, ...events.slice(2)],
                "one final, then stored": [line(4, 6), stored, newest],
                "half stored": [line(4, 6), halfStored, ...events.slice(3)],
                "without a store": [newest, ...events.slice(3)],
            };
            return Object.fromEntries(Object.entries(orders).map(([name, order]) => {
                const list = document.createElement("ol");
                const conversation = new Conversation(list);
                for (const each of order) {
                    if (Array.isArray(each)) conversation.addAll(each);
                    else if ("turn_is_formatted" in each) conversation.showTurn(each);
                    else conversation.addFinal(each);
                }
                const lines = [...list.querySelectorAll(".said")].map((said) => said.textContent);
                return [name, lines.join("|")];
            }));
        }"""
    )
    assert shown == dict.fromkeys(shown, "Call 4152, please.|Bye.")
    assert len(shown) == 9


@pytest.mark.parametrize("max_kept", [1000, 1], ids=["repeated", "missed"])
def test_after_a_reconnect_nothing_is_shown_twice(running, store, new_page, max_kept):
    page, problems = new_page
    with running(store=store, format_text=True, max_kept=max_kept) as server:
        publish = publisher(server, store)
        page.goto(f"{server.http}/enter?token={VIEWERS_TOKEN}")
        wait_until(lambda: server.watching.viewers == 1)
        publish(started("CA1"), *NUMBER_IN_GROUPS[:2])
        expect(said_on(page)).to_have_count(1)
        server.viewers.close()
        publish(NUMBER_IN_GROUPS[2], Silence("CA1", "inbound", 20.0))
        expect(said_on(page)).to_have_text(["My number is 415-555-1212."])
        wait_until(lambda: server.watching.viewers == 1)
        publish(final("thank you", start=21.0), Silence("CA1", "inbound", 30.0))
        expect(said_on(page)).to_have_text(["My number is 415-555-1212.", "Thank you."])
    assert problems == []


def test_raw_shows_the_words_and_is_remembered(open_formatted_page, store):
    _, start = open_formatted_page
    save_call(store, "CA1", SPOKEN)
    page = start()
    choose(page, "15550001")
    expect(said_on(page)).to_have_text(["My number is 415-555-1212."])
    raw = page.get_by_role("button", name="raw")
    expect(raw).to_have_attribute("aria-pressed", "false")
    assert "415-555-1212" in page.request.get(address_of(page, "txt")).text()
    raw.focus()
    page.keyboard.press("Enter")
    expect(said_on(page)).to_have_text([SPOKEN])
    expect(raw).to_have_attribute("aria-pressed", "true")
    assert raw.evaluate("button => button === document.activeElement")
    assert address_of(page, "vtt").endswith("/api/calls/CA1/transcript.vtt?text=raw")
    assert SPOKEN in page.request.get(address_of(page, "txt")).text()
    assert violations(page) == []
    page.reload()
    choose(page, "15550001")
    expect(said_on(page)).to_have_text([SPOKEN])
    raw.click()
    expect(said_on(page)).to_have_text(["My number is 415-555-1212."])
    assert address_of(page, "vtt").endswith("/api/calls/CA1/transcript.vtt")


def test_raw_shows_a_live_call_as_it_is_recognized(open_formatted_page, store):
    server, start = open_formatted_page
    page = start()
    publish = publisher(server, store)
    publish(started("CA1"), NUMBER_IN_GROUPS[0])
    expect(said_on(page)).to_have_text(["My number is 415"])
    page.get_by_role("button", name="raw").click()
    publish(*NUMBER_IN_GROUPS[1:])
    expect(said_on(page)).to_have_text([SPOKEN])
    page.get_by_role("button", name="raw").click()
    publish(Silence("CA1", "inbound", 20.0))
    expect(said_on(page)).to_have_text(["My number is 415-555-1212."])


def test_a_search_marks_the_formatted_text_and_raw_the_words(open_formatted_page, store):
    _, start = open_formatted_page
    save_call(store, "CA1", SPOKEN)
    store.add_turn(spoken_turn := formatted_turn(final(SPOKEN)), at=1000)
    assert spoken_turn.formatted == "My number is 415-555-1212."
    page = start()
    search(page, '"four one five"')
    expect(page.locator(".hit mark")).to_have_text("415-555-1212.")
    expect(page.locator(".hit .said")).to_have_text(["My number is 415-555-1212."])
    page.get_by_role("button", name="raw").click()
    expect(page.locator(".hit mark")).to_have_text("four one five")
    expect(page.locator(".hit .said")).to_have_text([SPOKEN])
    assert violations(page) == []
    search(page, "415-555-1212")
    expect(page.locator(".hit mark")).to_have_text("four one five five five five one two one two")


def formatted_turn(said):
    """Return the turn of a final, as it is when it is over."""
    turns = CallTurns(ENGLISH)
    return [event for each in (said, Silence("CA1", "inbound", 99.0)) for event in turns.read(each)][-1]


REDACTED = replace(
    final("my number is [PHONE_NUMBER] thanks"), redactions=(Redaction("phone_number", 2.5, 2.9),)
)

REDACTED_TOKENS = (
    Token("My", 0, 1),
    Token("number", 1, 2),
    Token("is", 2, 3),
    Token("[PHONE_NUMBER].", 3, 4, "redacted"),
    Token("Thanks.", 4, 5),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_redacted_stays_a_chip(open_formatted_page, store, scheme):
    server, start = open_formatted_page
    save_call(store, "CA0", at=1_700_000_000_000)
    store.add_event(replace(REDACTED, call_id="CA0"), at=1_700_000_000_500)
    turn = turn_of(REDACTED, tokens=REDACTED_TOKENS)
    store.add_turn(replace(turn, call_id="CA0"), at=1_700_000_000_500)
    page = start()
    page.emulate_media(color_scheme=scheme)
    server.event_log(started("CA1"))
    server.event_log(REDACTED)
    expect(said_on(page)).to_have_text(["my number is [phone number] thanks"])
    server.event_log(turn)
    shows_the_chip_alone(page)
    choose(page, "2023")
    expect(page.get_by_role("button", name="Export")).to_be_visible()
    shows_the_chip_alone(page)


def shows_the_chip_alone(page):
    raw = page.get_by_role("button", name="raw")
    expect(said_on(page)).to_have_text(["My number is [phone number]. Thanks."])
    raw.click()
    expect(said_on(page)).to_have_text(["my number is [phone number] thanks"])
    expect(page.locator("#utterances .redacted")).to_have_text("[phone number]")
    assert violations(page) == []
    assert "PHONE_NUMBER" not in page.content()
    assert page.locator("#utterances .redacted").evaluate("chip => chip.closest('[title]')") is None
    raw.click()


@pytest.mark.parametrize(
    ("substitute", "chip"), [(Substitute.ENTITY_NAME, "[phone number]"), (Substitute.HASH, "[redacted]")]
)
def test_a_number_that_is_redacted_is_not_on_the_page_live_or_kept(
    open_formatted_page, store, substitute, chip
):
    server, start = open_formatted_page
    page = start()
    rules = RedactionRules(frozenset({Policy.PHONE_NUMBER}), ENGLISH.language, substitute)
    publish = publisher(server, store, lambda _: CallRedactor(rules))
    publish(started("CA1"), PartialText("CA1", "inbound", "my number is four one", 3.0))
    expect(page.locator(".partial .said")).to_have_text("my number is # #")
    publish(*NUMBER_IN_GROUPS, Silence("CA1", "inbound", 20.0), PartialText("CA1", "inbound", "so", 21.0))
    expect(said_on(page)).to_have_text(["My number is", f"{chip}.", "so"])
    live = lines_of(page)[:2]
    nothing_of_the_number_is_in(page)
    page.get_by_role("button", name="raw").click()
    expect(said_on(page)).to_have_text(["my number is", chip, "so"])
    nothing_of_the_number_is_in(page)
    page.reload()
    expect(said_on(page)).to_have_text(["my number is", chip])
    nothing_of_the_number_is_in(page)
    page.get_by_role("button", name="raw").click()
    expect(said_on(page)).to_have_text(["My number is", f"{chip}."])
    assert lines_of(page) == live
    nothing_of_the_number_is_in(page)


def nothing_of_the_number_is_in(page):
    assert re.findall(r"four|five|415|PHONE|#", page.locator("#call-view").inner_html()) == []


def test_kept_words_are_chips_where_text_is_not_formatted(open_page, store):
    _, start = open_page
    save_call(store, "CA1")
    store.add_event(REDACTED, at=1000)
    page = start()
    choose(page, "15550001")
    expect(said_on(page)).to_have_text("my number is [phone number] thanks")


def test_words_that_are_redacted_without_a_name_are_chips_too(open_page):
    server, start = open_page
    page = start()
    hashed = replace(final("it is ### ###"), redactions=(Redaction("password", 2.0, 2.9),))
    server.event_log(started("CA1"))
    server.event_log(hashed)
    expect(said_on(page)).to_have_text(["it is [redacted] [redacted]"])
    tokens = (Token("It", 0, 1), Token("is", 1, 2), Token("### ###.", 2, 4, "redacted"))
    server.event_log(turn_of(hashed, tokens=tokens))
    expect(said_on(page)).to_have_text(["It is [redacted]."])
    assert "#" not in said_on(page).inner_text()
    assert "password" not in page.content()


def test_a_token_is_played_and_highlighted_by_the_times_of_its_words(
    open_formatted_page, store, demo_channels
):
    _, start = open_formatted_page
    record(store, "CA1", [channel[: 12 * 8000] for channel in demo_channels])
    save_call(store, "CA1", SPOKEN)
    page = start()
    choose(page, "15550001")
    audio = page.locator("#audio")
    wait_until(lambda: audio.evaluate("audio => audio.duration") == pytest.approx(12, abs=0.1))
    number = page.get_by_text("415-555-1212.", exact=True)
    assert number.evaluate("({ dataset }) => [dataset.start, dataset.end]") == ["2.5", "7.4"]
    number.click()
    expect(page.locator(".spoken")).to_have_text("415-555-1212.")
    wait_until(lambda: audio.evaluate("audio => audio.currentTime") > 2.6)
    audio.evaluate("audio => { audio.pause(); audio.currentTime = 7.2; }")
    expect(page.locator(".spoken")).to_have_text("415-555-1212.")
    page.get_by_role("button", name="raw").click()
    expect(page.locator(".spoken")).to_have_text("two")  # from 7.0 to 7.4 s
    page.get_by_text("four", exact=True).click()
    expect(page.locator(".spoken")).to_have_text("four")


def test_a_screen_reader_gets_each_line_once(open_formatted_page, store):
    server, start = open_formatted_page
    page = start()
    page.evaluate(
        """() => {
            window.readOut = [];
            const live = (node) => (node.parentElement ?? node).closest("[aria-live]");
            const note = (changes) => {
                for (const { type, target, addedNodes } of changes) {
                    const added = type === "characterData" ? [target] : [...addedNodes];
                    readOut.push(...added.filter(live).map((node) => node.textContent));
                }
            };
            const changes = { subtree: true, childList: true, characterData: true };
            new MutationObserver(note).observe(document.getElementById("call-view"), changes);
        }"""
    )
    publish = publisher(server, store)
    publish(started("CA1"))
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    publish(*NUMBER_IN_GROUPS, Silence("CA1", "inbound", 20.0))
    publish(final("thank you", start=21.0), Silence("CA1", "inbound", 30.0))
    expect(said_on(page)).to_have_text(["My number is 415-555-1212.", "Thank you."])
    assert page.evaluate("readOut") == [
        *(f"caller {each.text}" for each in NUMBER_IN_GROUPS),
        "caller thank you",
    ]
    publish(CallEnded("CA1", EndReason.HUNG_UP, 31.0))
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(page.get_by_role("log")).to_be_empty()
    assert len(page.evaluate("readOut")) == 4
