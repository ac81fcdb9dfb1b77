"""What a call to each number gets: from a file to TwiML."""

import re
from xml.etree import ElementTree

import pytest

from helpers.settings import settings_of
from local_stt.config.phonebook import (
    GREETING,
    RECORDED_GREETING,
    CallHandling,
    Phone,
    Phonebook,
    read_phones,
)
from local_stt.config.settings import CallSettings, LimitSettings, Settings
from local_stt.core.media_stream import TICKET
from local_stt.core.privacy import Policy, RedactedAudio, RedactedPartials, Substitute
from local_stt.errors import SettingError
from local_stt.events import CallStarted
from local_stt.service.public_address import answered_numbers
from local_stt.simulator import read_twiml
from local_stt.telephony.account import PhoneNumber, Wiring
from local_stt.telephony.addresses import Addresses
from local_stt.telephony.admission import admit_none
from local_stt.telephony.call_flow import CallFlow, load_phonebook
from local_stt.telephony.tickets import Tickets

DEFAULT = Phone(greeting=GREETING, language="en-US", model="demo-en")
FORM = {"From": "+15550001", "To": "+15551110001", "CallSid": "CA1", "Direction": "inbound"}


@pytest.fixture
def read(tmp_path):
    def read(text):
        file = tmp_path / "phones.toml"
        file.write_text(text, encoding="utf-8")
        return read_phones(file, DEFAULT)

    return read


def answering(read, section="", on_voicemail=lambda _: None, **settings):
    phonebook = read(f'["+15551110001"]\n{section}')
    chosen = settings_of(**settings)
    return CallFlow(
        chosen.calls,
        chosen.limits,
        chosen.twilio.auth_tokens,
        phonebook,
        Addresses("https://name.example"),
        on_voicemail=on_voicemail,
    )


def verbs(twiml):
    return list(ElementTree.fromstring(twiml))


def test_a_number_gets_what_its_section_says_and_else_what_the_settings_say(read):
    phonebook = read(
        """
        ["+1 555 111 0001"]
        greeting = "Praxis Doktor Braun."
        language = "de-DE"
        model = "vosk-model-small-de-0.15"
        words = ["Ja", "Nein"]
        record = true
        """
    )
    phone = phonebook.of("+15551110001")
    assert (phone.greeting, phone.language, phone.record) == ("Praxis Doktor Braun.", "de-DE", True)
    assert (phone.model, phone.words) == ("vosk-model-small-de-0.15", ("Ja", "Nein"))
    assert phonebook.of("+49") == DEFAULT
    assert phonebook.numbers == ["+15551110001"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", "must be TOML"),
        ("[desk]", "not a phone number"),
        ('["+15551110001"]\nanswer = "forwad"', "is none of listen, voicemail, forward, conference"),
        ('["+15551110001"]\nanswer = "forward"', "forward_to must say"),
        ('["+15551110001"]\nforward_to = "0171"', "international form"),
        ('["+15551110001"]\ngreting = "Hello"', "Did you mean greeting?"),
        ('["+15551110001"]\nring_seconds = 1', "seconds from 5 to 600"),
        ('["+15551110001"]\nrecord = "yes"', "neither true nor false"),
        ('["+15551110001"]\nwords = "yes"', "list of phrases"),
        ('["+15551110001"]\nno_answer = "listen"', "neither voicemail nor hang-up"),
        ('"+15551110001" = 5', "not a section"),
        ('["+15551110001"]\nmodel = 5', "not a text"),
        ('["+15551110001"]\n["+1 555 111 0001"]', "two sections"),
        ('["+15551110001"]\nanswer = "forward"\nforward_to = "+15551110001"', "round for ever"),
        (
            '["+15551110001"]\nanswer = "forward"\nforward_to = "+15551110002"\n["+15551110002"]\n',
            "+15551110002, which is answered here as well: calls would go round for ever",
        ),
        ('["+15551110001"]\nconference = ""', "no name of a room"),
        ('["+15551110001"]\nwords = ["a\\u0000"]', "control character"),
        ('["+15551110001"]\nspelling = "a = A"', "is not a list of phrases"),
        ('["+15551110001"]\nspelling = ["a"]', "not of the form `word, other words = What is written`"),
        ('["+15551110001"]\nkey_terms = ["a b c d e f g"]', "more than 6 words"),
        ('["+15551110001"]\nalerts = ["billing"]', "not of the form `topic = word, more words`"),
        ('["+15551110001"]\nalerts = "billing = invoice"', "is not a list of phrases"),
        ('["+15551110001"]\nfillers = true', "is not a text in quotes"),
        ('["+15551110001"]\nfilter_profanity = "yes"', "is neither true nor false"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ('["+15551110001"]\n"\\u001b[2Jgreting" = "Hello"', r"'\x1b[2Jgreting' is not known"),
        ('["+1555\\n1110001"]\nrecord = 1', '["+15551110001"]: record'),
        ('["+15551110001"]\nredact = "fone"', "'fone', which is no policy"),
        ('["+15551110001"]\nredact = ["drug"]', "drug, which cannot be found on this machine"),
        ('["+15551110001"]\nredact = true', "not a list of policies"),
        ('["+15551110001"]\nredact_audio = "noise"', "none of silence, beep, no"),
        ('["+15551110001"]\nredact_sub = 1', "not a text"),
        (
            '["+15551110001"]\nmin_end_of_turn_silence_when_confident = 3000',
            "min_end_of_turn_silence_when_confident is 3000, which is more than max_turn_silence with 2400",
        ),
        ('["+15551110001"]\nspelling = ["a = b\u202ec"]', "control character"),
        ('["+15551110001"]\nvoicemail = "Speak\\u0007"', "control character"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(read, text, sentence):
    with pytest.raises(SettingError, match=r"phones\.toml") as raised:
        read(text)
    assert sentence in str(raised.value)
    assert str(raised.value).isprintable() or "TOML" in str(raised.value)


def test_the_short_silence_of_all_numbers_is_the_shorter_one():
    with pytest.raises(SettingError, match="LOCAL_STT_MIN_END_OF_TURN_SILENCE_WHEN_CONFIDENT is 3000"):
        load_phonebook(settings_of(min_end_of_turn_silence_when_confident=3000))


@pytest.mark.parametrize("written", ['["phone_number", "date"]', '"phone_number, date"'])
def test_a_number_has_its_own_redaction(read, written):
    own = "redact_sub = 'hash'\nredact_audio = 'Beep'\nredact_partials = 'hide'"
    phone = read(f'["+15551110001"]\nredact = {written}\n{own}').of("+15551110001")
    assert phone.redact == {Policy.PHONE_NUMBER, Policy.DATE}
    assert (phone.redact_sub, phone.redact_audio) == (Substitute.HASH, RedactedAudio.BEEP)
    assert phone.redact_partials is RedactedPartials.HIDE
    assert read('["+15551110001"]\nredact = []').of("+15551110001").redact == frozenset()


def test_a_number_is_redacted_as_the_settings_say(tmp_path):
    file = tmp_path / "phones.toml"
    file.write_text('["+15551110001"]')
    settings = settings_of(phones=file, policies=frozenset(Policy), audio=RedactedAudio.NO)
    phone = load_phonebook(settings).of("+15551110001")
    assert (phone.redact, phone.redact_audio) == (frozenset(Policy), RedactedAudio.NO)


def test_a_byte_order_mark_is_no_mistake(read):
    assert read('\ufeff["+15551110001"]\nrecord = true').of("+15551110001").record


def test_a_model_that_is_not_named_is_that_of_the_settings(read):
    for model in ("", " "):
        assert read(f'["+15551110001"]\nmodel = "{model}"').of("+15551110001").model == DEFAULT.model


def test_phrases_in_the_file_are_taken_to_the_letter(read, tmp_path):
    (tmp_path / "phrases").write_text("yes")
    phrases = [f"@{tmp_path}/phrases", "a, b", " Call  me\\nback", ""]
    listed = '", "'.join(phrases)
    words = read(f'["+15551110001"]\nwords = ["{listed}"]').of("+15551110001").words
    assert words == (f"@{tmp_path}/phrases", "a, b", "Call me back")


def test_what_sets_the_words_of_a_number_is_known_with_its_place(read):
    phonebook = read('["+1 555 111 0001"]\nwords = ["yes"]\n["+15551110002"]\nmodel = "other"')
    (default, _), (own, first), (others, second) = phonebook.vocabularies
    assert default == "LOCAL_STT_WORDS"
    assert re.fullmatch(r'words in .*phones\.toml, \["\+15551110001"\]', own)
    assert re.fullmatch(r'LOCAL_STT_WORDS for .*phones\.toml, \["\+15551110002"\]', others)
    assert (first.words, second.model) == (("yes",), "other")


def test_a_file_that_is_asked_for_and_missing_is_told(tmp_path):
    with pytest.raises(SettingError, match=r"none\.toml cannot be read"):
        read_phones(tmp_path / "none.toml", DEFAULT)


def test_the_greeting_says_that_the_call_is_recorded_unless_the_user_says_it_otherwise(read):
    recorded = read('["+15551110001"]\nrecord = true\n["+15551110002"]\nrecord = true\ngreeting = "Hi."')
    assert recorded.of("+15551110001").spoken_greeting == RECORDED_GREETING
    assert recorded.of("+15551110002").spoken_greeting == "Hi."
    assert DEFAULT.spoken_greeting == GREETING


def test_a_call_is_greeted_and_listened_to(read):
    start, say, pause = verbs(answering(read).incoming(FORM))
    assert start.find("Stream").get("track") == "both_tracks"
    parameters = {each.get("name"): each.get("value") for each in start.find("Stream")}
    assert parameters == {"caller": "+15550001", "callee": "+15551110001"}
    assert (say.text, pause.get("length")) == (GREETING, "14400")


def test_voicemail_asks_for_a_message_and_listens(read):
    section = 'answer = "voicemail"\nvoicemail = "Speak now."'
    _, greeting, message, pause = verbs(answering(read, section).incoming(FORM))
    assert (greeting.text, message.text, pause.tag) == (GREETING, "Speak now.", "Pause")


FORWARD = 'answer = "forward"\nforward_to = "+15557654321"\nvoicemail = "Speak now."\n'


def test_a_forwarded_call_rings_at_a_person(read):
    start, _, dial = verbs(answering(read, FORWARD).incoming(FORM))
    assert start.find("Stream").get("track") == "both_tracks"
    assert dial.find("Number").text == "+15557654321"
    assert dial.get("action") == "https://name.example/dialed"
    assert dial.get("callerId") is None  # Twilio then shows whoever calls


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_when_nobody_answers_it_becomes_voicemail(read, status):
    noted = []
    flow = answering(read, FORWARD, noted.append)
    say, pause = verbs(flow.dialed(FORM | {"DialCallStatus": status}))
    assert noted == ["CA1"]
    assert (say.text, pause.tag) == ("Speak now.", "Pause")


@pytest.mark.parametrize(
    ("section", "form"),
    [
        (FORWARD, {"DialCallStatus": "completed"}),
        (FORWARD + 'no_answer = "hang-up"', {"DialCallStatus": "busy"}),
        (FORWARD, {"DialCallStatus": "no-answer", "Direction": "outbound-api"}),
    ],
)
def test_else_it_is_over(read, section, form):
    assert [verb.tag for verb in verbs(answering(read, section).dialed(FORM | form))] == ["Hangup"]


def test_in_a_conference_each_caller_is_heard_alone(read):
    """All others are what a caller hears: each of them has a transcript of their own."""
    start, _, dial = verbs(answering(read, 'answer = "conference"\nconference = "team"').incoming(FORM))
    assert start.find("Stream").get("track") == "inbound_track"
    assert dial.find("Conference").text == "team"


def test_a_call_placed_from_here_announces_and_connects(read):
    desk = answering(read)
    start, say, dial = verbs(desk.outbound("+15551110001", "+15552", "This is a robot.", "+15553"))
    parameters = {each.get("name"): each.get("value") for each in start.find("Stream")}
    assert parameters == {"caller": "+15551110001", "callee": "+15552", "direction": "outbound"}
    assert say.text == "This is a robot."
    assert (dial.find("Number").text, dial.get("callerId")) == ("+15553", "+15551110001")
    alone = verbs(desk.outbound("+15551110001", "+15552", "", ""))
    assert [verb.tag for verb in alone] == ["Start", "Pause"]
    _, greeting, _ = verbs(desk.outbound("+15551110001", "+15552", None, ""))
    assert greeting.text == GREETING


def test_every_stream_that_is_asked_for_has_a_ticket_of_its_call():
    settings = settings_of(auth_token="secret")
    asking = CallFlow(
        settings.calls,
        settings.limits,
        settings.twilio.auth_tokens,
        Phonebook(DEFAULT),
        Addresses("https://x"),
    )
    tickets = Tickets(["secret"])
    ticket = read_twiml(asking.incoming(FORM | {"CallSid": "CA1"})).parameters[TICKET]
    assert tickets.admit(ticket, "CA1")
    assert not tickets.admit(ticket, "CA2")
    placed = read_twiml(asking.outbound("+1", "+2", None, "")).parameters[TICKET]
    assert tickets.admit(placed, "CA3")
    again = asking.resumed(CallStarted("CA4", ("inbound",)), 1.0, 2.0)
    assert tickets.admit(again.parameters[TICKET], "CA4")
    assert again.parameters[TICKET] not in repr(again)


def test_where_no_signatures_are_checked_there_are_no_tickets_either():
    asking = CallFlow(CallSettings(), LimitSettings(), (), Phonebook(DEFAULT), Addresses("https://x"))
    assert TICKET not in read_twiml(asking.incoming(FORM)).parameters


def test_when_all_lines_are_busy_nobody_is_streamed(caplog):
    full = CallFlow(
        CallSettings(),
        LimitSettings(),
        (),
        Phonebook(DEFAULT),
        Addresses("https://x"),
        admit=admit_none,
    )
    assert [verb.tag for verb in verbs(full.incoming(FORM))] == ["Say"]
    passing = CallFlow(
        CallSettings(),
        LimitSettings(busy_forward="+1555"),
        (),
        Phonebook(DEFAULT),
        "https://x",
        admit=admit_none,
    )
    assert [verb.tag for verb in verbs(passing.incoming(FORM))] == ["Dial"]
    assert "+15550001" not in caplog.text


def test_every_way_to_answer_is_known_to_the_file(read):
    for way in CallHandling:
        assert (
            read(f'["+15551110001"]\nforward_to = "+15557654321"\nanswer = "{way}"').of("+15551110001").answer
            is way
        )


def test_a_file_of_phones_that_cannot_be_looked_at_is_one_sentence(tmp_path):
    with pytest.raises(SettingError, match="File name too long"):
        load_phonebook(settings_of(phones=tmp_path / ("x" * 300)))


def test_nobody_is_passed_on_to_the_number_that_is_busy():
    """Where numbers are not pointed here by this program, only a call says which it is of."""
    passing = CallFlow(
        CallSettings(),
        LimitSettings(busy_forward="+15551110001"),
        (),
        Phonebook(DEFAULT),
        "https://x",
        admit=admit_none,
    )
    assert [verb.tag for verb in verbs(passing.incoming(FORM))] == ["Say"]
    assert [verb.tag for verb in verbs(passing.incoming(FORM | {"To": "+15551110002"}))] == ["Dial"]


WIRED = [PhoneNumber("PN1", "+15551110001", Wiring("", "POST", ""), "")]
FORWARDING = '["+15551110002"]\nanswer = "forward"\nforward_to = "%s"'


@pytest.mark.parametrize("number", ["+15551110001", "+15551110002", "+15551110003"])
def test_busy_callers_are_not_passed_on_to_a_number_answered_here(read, number):
    """Whether it is wired, listed, or set."""
    settings = settings_of(busy_forward=number, phone_number="+15551110003")
    with pytest.raises(SettingError, match=r"LOCAL_STT_BUSY_FORWARD is \+\d+, which is answered here"):
        answered_numbers(settings, read('["+15551110002"]'), WIRED)


def test_callers_are_not_forwarded_to_a_number_answered_here(read):
    for number, settings in (
        ("+15551110001", Settings()),
        ("+15551110003", settings_of(phone_number="+15551110003")),
    ):
        with pytest.raises(SettingError, match=r"phones.toml, .*: forward_to is .* answered here"):
            answered_numbers(settings, read(FORWARDING % number), WIRED)
    elsewhere = read(FORWARDING % "+15557654321")
    assert answered_numbers(Settings(), elsewhere, WIRED) == {"+15551110001", "+15551110002"}


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\n", "\x7f", "\u202e", "\ud800", "\uffff"])
def test_what_callers_cannot_be_called_reaches_no_twiml(read, letter):
    form = FORM | {"From": f"sip:a{letter}[2J@name.example", "To": f"+1555{letter}1110001"}
    (start, *_) = verbs(answering(read).incoming(form))
    values = {each.get("name"): each.get("value") for each in start.findall("Stream/Parameter")}
    assert values == {"caller": "sip:a[2J@name.example", "callee": "+15551110001"}
