"""Settings from options, environment and .env."""

from pathlib import Path

import pytest

from helpers.settings import settings_of
from local_stt.config.loading import load
from local_stt.config.settings import Settings
from local_stt.core.analysis import AlertRule
from local_stt.core.formatting.custom_spelling import Spelling
from local_stt.core.formatting.key_terms import KeyTerm
from local_stt.core.privacy import Policy, RedactedAudio, RedactedPartials, Substitute
from local_stt.errors import SettingError

NOWHERE = Path("/nonexistent/.env")


def settings(environ=None, env_file=NOWHERE, **options):
    return load(environ or {}, env_file, options)


def test_defaults_need_nothing():
    assert settings() == Settings()
    assert settings().server.host == "127.0.0.1"


def test_options_beat_the_environment_which_beats_the_file(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("LOCAL_STT_PORT=1\nLOCAL_STT_MODEL=from-file\nLOCAL_STT_GREETING=from file\n")
    environ = {"LOCAL_STT_PORT": "2", "LOCAL_STT_MODEL": "from-environment"}
    loaded = settings(environ, env_file, port="3", model=None)
    assert (loaded.server.port, loaded.models.model, loaded.calls.greeting) == (
        3,
        "from-environment",
        "from file",
    )


def test_secrets_in_the_file_are_taken_as_they_stand(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("TWILIO_AUTH_TOKEN=a$HOME${b}\n")
    assert settings(env_file=env_file).twilio.auth_token == "a$HOME${b}"


def test_an_empty_greeting_says_nothing_and_other_empty_values_are_not_set():
    assert settings({"LOCAL_STT_GREETING": "", "LOCAL_STT_PORT": ""}) == settings_of(greeting="")


def test_options_that_are_flags_come_as_booleans():
    assert settings(tunnel=False, wire=False) == settings_of(enabled=False, wire=False)


def test_phrases_come_from_a_list_or_a_file(tmp_path):
    assert settings(words=" Yes, call  me back ,").recognition.words == ("Yes", "call me back")
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("yes\n\ncall me back\n")
    assert settings(words=f"@{phrases}").recognition.words == ("yes", "call me back")


def test_spellings_come_from_rules_or_a_file(tmp_path):
    rules = tmp_path / "spelling.txt"
    rules.write_text("\ufeffAcme, ack  me = ACME, Inc.\n\ns t t=S=T\n", encoding="utf-8")
    expected = (
        Spelling(("acme",), "ACME, Inc."),
        Spelling(("ack", "me"), "ACME, Inc."),
        Spelling(("s", "t", "t"), "S=T"),
    )
    assert settings(spelling=f"@{rules}").formatting.spelling == expected
    assert settings(spelling="acme, ack me = ACME, Inc.; s t t = S=T").formatting.spelling == expected


def test_alerts_come_from_a_list_or_a_file(tmp_path):
    topics = tmp_path / "topics.txt"
    topics.write_text("billing = invoice,  direct   debit\n\n leaving my bank=cancel*\n")
    expected = tuple(
        AlertRule(*each)
        for each in (("billing", "invoice"), ("billing", "direct debit"), ("leaving my bank", "cancel*"))
    )
    assert settings(alerts=f"@{topics}").analysis.alerts == expected
    inline = "billing = invoice, direct debit, invoice; leaving my bank = cancel*"
    assert settings(alerts=inline).analysis.alerts == expected


def test_key_terms_come_from_a_list_or_a_file(tmp_path):
    phrases = tmp_path / "terms.txt"
    phrases.write_text("local_stt\n\nNguyen  ~ win\n")
    expected = (KeyTerm("local_stt"), KeyTerm("Nguyen", "win"))
    assert settings(key_terms=f"@{phrases}").formatting.key_terms == expected
    assert settings(key_terms="local_stt, Nguyen ~ win").formatting.key_terms == expected


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "LOCAL_STT_SPELLING",
            "acme",
            "LOCAL_STT_SPELLING: 'acme' has 'acme', which is not of the form "
            "`word, other words = What is written`.",
        ),
        (
            "LOCAL_STT_SPELLING",
            "a = A; a = B",
            "LOCAL_STT_SPELLING: 'a = A; a = B' says of 'a' twice how it is written: leave one.",
        ),
        (
            "LOCAL_STT_KEY_TERMS",
            "on a b c d e f",
            "LOCAL_STT_KEY_TERMS: 'on a b c d e f' has 'on a b c d e f', "
            "which has more than 6 words: shorten it.",
        ),
        ("LOCAL_STT_FILLERS", "no", "LOCAL_STT_FILLERS: 'no' is none of drop, keep."),
    ],
)
def test_a_mistake_in_what_is_written_is_one_sentence(variable, value, sentence):
    with pytest.raises(SettingError) as raised:
        settings({variable: value})
    assert str(raised.value) == sentence


def test_policies_come_from_a_list():
    loaded = settings({"LOCAL_STT_REDACT": "Phone_Number, person_name", "LOCAL_STT_REDACT_SUB": "HASH"})
    assert loaded == settings_of(
        policies=frozenset((Policy.PHONE_NUMBER, Policy.PERSON_NAME)), substitute=Substitute.HASH
    )
    assert settings().redaction.audio is RedactedAudio.SILENCE
    assert settings().redaction.partials is RedactedPartials.MASK


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "fone_number",
            r"'fone_number' names 'fone_number', which is no policy \(did you mean phone_number\?\)\.",
        ),
        ("date,drug", r"'date,drug' names drug, which cannot be found on this machine: leave it out\."),
    ],
)
def test_policies_that_cannot_be_found_are_refused(value, sentence):
    with pytest.raises(SettingError, match=f"^LOCAL_STT_REDACT: {sentence}$"):
        settings({"LOCAL_STT_REDACT": value})


def test_phone_numbers_may_be_written_as_people_write_them():
    assert settings(phone_number="+1 (555) 123-4567").twilio.phone_number == "+15551234567"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOCAL_STT_PORT", "eighty"),
        ("LOCAL_STT_PORT", "65536"),
        ("LOCAL_STT_TUNNEL", "maybe"),
        ("LOCAL_STT_TRACKS", "left"),
        ("LOCAL_STT_MAX_CALL_MINUTES", "0"),
        ("LOCAL_STT_PUBLIC_URL", "http://name.example"),
        ("LOCAL_STT_PUBLIC_URL", "https://name.example/?x=1"),
        ("LOCAL_STT_PUBLIC_URL", "name.example"),
        ("LOCAL_STT_PUBLIC_URL", "https://"),
        ("LOCAL_STT_PUBLIC_URL", "https://x y"),
        ("LOCAL_STT_PUBLIC_URL", "https://name.example/a\nb"),
        ("LOCAL_STT_PUBLIC_URL", "https://name.example:port"),
        ("LOCAL_STT_MODEL_LIST_URL", "ftp://name.example"),
        ("LOCAL_STT_WORDS", "@/nonexistent"),
        ("LOCAL_STT_SPELLING", "@/nonexistent"),
        ("LOCAL_STT_SPELLING", "acme"),
        ("LOCAL_STT_SPELLING", "acme ="),
        ("LOCAL_STT_SPELLING", "= ACME"),
        ("LOCAL_STT_SPELLING", ", = ACME"),
        ("LOCAL_STT_SPELLING", "acme = ACME; Acme = Acme"),
        ("LOCAL_STT_SPELLING", "acme = A\x07"),
        ("LOCAL_STT_ALERTS", "@/nonexistent"),
        ("LOCAL_STT_ALERTS", "billing"),
        ("LOCAL_STT_ALERTS", "= invoice"),
        ("LOCAL_STT_ALERTS", "billing = "),
        ("LOCAL_STT_ALERTS", "billing = ?"),
        ("LOCAL_STT_ALERTS", ";".join(f"topic {number} = word" for number in range(101))),
        ("LOCAL_STT_ALERTS", "all = " + ",".join(f"word {number}" for number in range(1001))),
        ("LOCAL_STT_KEY_TERMS", "@/nonexistent"),
        ("LOCAL_STT_KEY_TERMS", "one two three four five six seven"),
        ("LOCAL_STT_KEY_TERMS", "Nguyen ~"),
        ("LOCAL_STT_KEY_TERMS", "~ win"),
        ("LOCAL_STT_KEY_TERMS", "\uc11c\uc6b8"),
        ("LOCAL_STT_KEY_TERMS", ",".join(f"term {number}" for number in range(1001))),
        ("LOCAL_STT_FILLERS", "no"),
        ("LOCAL_STT_FILTER_PROFANITY", "perhaps"),
        ("LOCAL_STT_LOG_LEVEL", "loud"),
        ("LOCAL_STT_REDACT", "names"),
        ("LOCAL_STT_REDACT_SUB", "stars"),
        ("LOCAL_STT_REDACT_AUDIO", "noise"),
        ("LOCAL_STT_REDACT_PARTIALS", "show"),
        ("WEBHOOK_URL", "ftp://name.example"),
        ("WEBHOOK_URL", "https://name.example/#part"),
        ("TRANSCRIPTION_CALLBACK_URL", "ftp://name.example"),
        ("WEBHOOK_SECRET", "fifteen letters"),
        ("WEBHOOK_SECRET", "whsec_" + "a" * 30),
        ("WEBHOOK_SECRET", "whsec_" + "a" * 88),
        ("WEBHOOK_SECRET", "whsec_" + "?" * 32),
        ("WEBHOOK_FINALS", "perhaps"),
        ("TWILIO_ACCOUNT_SID", "SK0123"),
        ("TWILIO_PHONE_NUMBER", "5551234567"),
        ("NGROK_DOMAIN", "not a domain"),
    ],
)
def test_a_wrong_value_names_its_setting(variable, value):
    with pytest.raises(SettingError, match=variable):
        settings({variable: value})


def test_a_misspelt_setting_is_pointed_out():
    with pytest.raises(SettingError, match=r"LOCAL_STT_PROT.*LOCAL_STT_PORT"):
        settings({"LOCAL_STT_PROT": "80"})


@pytest.mark.parametrize("variable", ["LOCAL_STT_PUBLIC_URL", "LOCAL_STT_TWILIO_API_URL"])
def test_an_address_with_a_bracket_too_few_is_told_in_a_sentence(variable):
    with pytest.raises(SettingError, match=rf"{variable}: 'https://\[bad' is not an address of the form"):
        settings({variable: "https://[bad"})


@pytest.mark.parametrize(
    "url",
    ["https://name.example/calls", "https://user:password@name.example:8443", "https://[2001:db8::1]:1"],
)
def test_an_address_may_have_a_path_a_port_and_a_password(url):
    assert settings({"LOCAL_STT_PUBLIC_URL": url + "/"}).tunnel.public_url == url


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTPS://Name.Example", "https://name.example"),
        ("https://name.example.", "https://name.example"),
        ("https://name.example:443/", "https://name.example"),
        (" https://NAME.example.:8443/Calls/ ", "https://name.example:8443/Calls"),
        ("https://User:Word@Name.Example:443", "https://User:Word@name.example"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
        ("https://MÜNCHEN.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_addresses_are_made_canonical_as_twilio_and_browsers_write_them(written, canonical):
    assert settings({"LOCAL_STT_PUBLIC_URL": written}).tunnel.public_url == canonical
    assert settings({"LOCAL_STT_TWILIO_API_URL": written}).twilio.api_url == canonical


@pytest.mark.parametrize(
    "written", ["HTTPS://Name.ngrok-free.app/", "name.ngrok-free.app.", "NAME.NGROK-FREE.APP"]
)
def test_domains_are_made_canonical(written):
    assert settings({"NGROK_DOMAIN": written}).tunnel.domain == "name.ngrok-free.app"


@pytest.mark.parametrize(
    ("written", "host"),
    [("[::]", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("LocalHost", "localhost"), ("0.0.0.0", "0.0.0.0")],
)
def test_addresses_to_listen_on_are_made_canonical(written, host):
    assert settings(host=written).server.host == host


SECRETS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0" * 32,
    "TWILIO_AUTH_TOKEN_SECONDARY": "0" * 32,
    "NGROK_AUTHTOKEN": "2abcdefghij",
    "NGROK_DOMAIN": "name.ngrok-free.app",
    "LOCAL_STT_TOKEN": "a-token-of-viewers",
    "LOCAL_STT_PUBLIC_URL": "https://name.example",
    "WEBHOOK_URL": "https://name.example",
    "WEBHOOK_SECRET": "sixteen letters!",
    "TRANSCRIPTION_CALLBACK_URL": "https://name.example",
    "DATABASE_URL": "postgresql://user:word@name.example/calls",
}


@pytest.mark.parametrize("variable", SECRETS)
@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE"),
        ("\xa0", "NO-BREAK SPACE"),
        ("\u201d", "RIGHT DOUBLE QUOTATION MARK"),
        ("\x1b", "a control character"),
    ],
)
def test_a_letter_that_came_with_copying_and_cannot_be_seen_is_named(variable, letter, name):
    good = SECRETS[variable]
    with pytest.raises(SettingError, match=rf"{variable}: .*U\+{ord(letter):04X} in it \({name}\)") as caught:
        settings({variable: good[:5] + letter + good[5:]})
    if variable in ("TWILIO_AUTH_TOKEN", "NGROK_AUTHTOKEN", "WEBHOOK_SECRET", "DATABASE_URL"):
        assert good[5:] not in str(caught.value)


def test_a_letter_of_another_script_that_looks_like_one_of_ours_is_named():
    with pytest.raises(SettingError, match="CYRILLIC SMALL LETTER ES"):
        settings({"TWILIO_AUTH_TOKEN": "ab\u0441d"})


@pytest.mark.parametrize(
    "variable", [name for name in SECRETS if not name.startswith(("WEBHOOK", "TRANSCRIPTION"))]
)
def test_blanks_around_a_secret_are_dropped(variable):
    assert settings({variable: f" {SECRETS[variable]}\xa0\n"}) == settings({variable: SECRETS[variable]})


def test_a_number_copied_from_an_address_book_is_taken():
    assert (
        settings(phone_number="\u202a+1\xa0(555)\u2011123\u20134567\u202c").twilio.phone_number
        == "+15551234567"
    )


@pytest.mark.parametrize("variable", ["LOCAL_STT_GREETING", "LOCAL_STT_BUSY_MESSAGE"])
def test_what_is_longer_than_twilio_reads_out_is_refused(variable):
    assert settings({variable: "a" * 4096})
    with pytest.raises(SettingError, match=rf"{variable}: 'a{{100}}…' has 4097 characters, and .* 4096"):
        settings({variable: "a" * 4097})


def test_the_password_in_the_address_of_a_language_model_is_never_shown():
    loaded = settings({"LLM_URL": "https://me:s3cret@name.example/v1"})
    assert loaded.assistant.llm_url == "https://me:s3cret@name.example/v1"
    assert "s3cret" not in repr(loaded)
    with pytest.raises(SettingError) as caught:
        settings({"LLM_URL": "https://me:s3cret@name.example/v1?a=b"})
    assert "s3cret" not in str(caught.value)


def test_an_address_to_post_to_is_taken_to_the_letter_and_never_shown():
    url = "https://name.example/calls/?token=s3cret"
    loaded = settings({"WEBHOOK_URL": url, "WEBHOOK_SECRET": "s3cret-s3cret-s3cret"})
    assert loaded.webhooks.url == url
    assert "s3cret" not in repr(loaded)
    with pytest.raises(SettingError) as caught:
        settings({"WEBHOOK_URL": url + " and more"})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("sixteen letters!", b"sixteen letters!"),
        ("whsec_" + "AAEC" * 8, bytes([0, 1, 2]) * 8),
        ("whsec_" + "AAEC" * 8 + "/w==", bytes([0, 1, 2]) * 8 + b"\xff"),
        ("whsec_" + "AAEC" * 8 + "/w", bytes([0, 1, 2]) * 8 + b"\xff"),
    ],
)
def test_a_signing_secret_is_written_as_standard_webhooks_has_it_or_as_it_stands(written, key):
    assert settings({"WEBHOOK_SECRET": written}).webhooks.key == key


def test_a_setting_that_is_like_no_other_is_not_taken_for_one():
    """All begin with LOCAL_STT_, which makes them no more alike."""
    with pytest.raises(SettingError, match=r"LOCAL_STT_JSON is not a setting\. `\S+ run --help` lists them"):
        settings({"LOCAL_STT_JSON": "1"})


def test_a_setting_with_the_wrong_prefix_is_pointed_out():
    with pytest.raises(SettingError, match="TWILIO_PHONE_NUMBER"):
        settings({"LOCAL_STT_PHONE_NUMBER": "+15551234567"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TWILIO_AUTHTOKEN", "TWILIO_AUTH_TOKEN"),
        ("TWILLIO_ACCOUNT_SID", "TWILIO_ACCOUNT_SID"),
        ("NGROK_AUTH_TOKEN", "NGROK_AUTHTOKEN"),
    ],
)
def test_a_misspelt_credential_is_pointed_out_in_the_file_and_let_pass_elsewhere(tmp_path, name, meant):
    env_file = tmp_path / ".env"
    env_file.write_text(f"{name}=x\n{meant}=\n")
    with pytest.raises(SettingError, match=rf"{name} in .*\.env is not a setting.*{meant}\?"):
        settings(env_file=env_file)
    assert settings({name: "x"}) == Settings()


def test_what_other_programs_keep_in_the_file_is_let_pass(tmp_path):
    env_file = tmp_path / ".env"
    others = ["TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_PHONE_NUMBER_SID", "NGROK_API_KEY", "PORT"]
    env_file.write_text("".join(f"{name}=x\n" for name in others))
    assert settings(env_file=env_file) == Settings()


@pytest.mark.parametrize("line", ["TWILIO_AUTH_TOKEN s3cret", "s3cret", "export s3cret", "=s3cret"])
def test_a_line_of_the_file_that_sets_nothing_is_named_by_its_number_alone(tmp_path, line):
    env_file = tmp_path / ".env"
    env_file.write_text(f"# credentials\n\nLOCAL_STT_PORT=1\n\n{line}\nNGROK_DOMAIN=a.example\n")
    with pytest.raises(SettingError, match=r"\.env, line 5: ") as caught:
        settings(env_file=env_file)
    assert "s3cret" not in str(caught.value)


def test_the_file_may_have_comments_exports_quotes_and_windows_habits(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_bytes("\ufeffexport LOCAL_STT_PORT=1 # one\r\n\r\nLOCAL_STT_GREETING='Hé'\r\n".encode())
    loaded = settings(env_file=env_file)
    assert (loaded.server.port, loaded.calls.greeting) == (1, "Hé")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match=r"\.env"):
        settings(env_file=tmp_path / ".env")


def test_a_secret_is_never_in_the_settings_description():
    described = repr(settings_of(auth_token="s3cret", auth_token_secondary="s3cret", authtoken="s3cret"))
    assert "s3cret" not in described


def test_the_language_of_calls_is_a_code():
    assert settings({"LOCAL_STT_GREETING_LANGUAGE": " cmn-Hans-CN"}).calls.language == "cmn-Hans-CN"
    with pytest.raises(
        SettingError, match=r"GREETING_LANGUAGE: 'Korean' is not a language code such as en-US"
    ):
        settings({"LOCAL_STT_GREETING_LANGUAGE": "Korean"})


@pytest.mark.parametrize("letter", ["\x01", "\x1b", "\x7f", "\x85", "\uffff", "\u202e", "\u2066"])
@pytest.mark.parametrize(
    "variable", ["LOCAL_STT_GREETING", "LOCAL_STT_BUSY_MESSAGE", "LOCAL_STT_GREETING_LANGUAGE"]
)
def test_what_xml_cannot_carry_is_not_read_out(variable, letter):
    with pytest.raises(SettingError, match=rf"{variable}.* has a control character in it"):
        settings({variable: f"Hello{letter}"})
    assert (
        settings({"LOCAL_STT_GREETING": " Grüß\tGott,\nseñor 🙂 "}).calls.greeting == "Grüß\tGott,\nseñor 🙂"
    )
