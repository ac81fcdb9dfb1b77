"""Settings from options, environment and .env."""

from pathlib import Path

import pytest

from local_stt.config import Settings, load
from local_stt.errors import SettingError

NOWHERE = Path("/nonexistent/.env")


def settings(environ=None, env_file=NOWHERE, **options):
    return load(environ or {}, env_file, options)


def test_defaults_need_nothing():
    assert settings() == Settings()
    assert settings().host == "127.0.0.1"


def test_options_beat_the_environment_which_beats_the_file(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("LOCAL_STT_PORT=1\nLOCAL_STT_MODEL=from-file\nLOCAL_STT_GREETING=from file\n")
    environ = {"LOCAL_STT_PORT": "2", "LOCAL_STT_MODEL": "from-environment"}
    loaded = settings(environ, env_file, port="3", model=None)
    assert (loaded.port, loaded.model, loaded.greeting) == (3, "from-environment", "from file")


def test_secrets_in_the_file_are_taken_as_they_stand(tmp_path):
    env_file = tmp_path / ".env"
    env_file.write_text("TWILIO_AUTH_TOKEN=a$HOME${b}\n")
    assert settings(env_file=env_file).auth_token == "a$HOME${b}"


def test_an_empty_greeting_says_nothing_and_other_empty_values_are_not_set():
    assert settings({"LOCAL_STT_GREETING": "", "LOCAL_STT_PORT": ""}) == Settings(greeting="")


def test_options_that_are_flags_come_as_booleans():
    assert settings(tunnel=False, wire=False) == Settings(tunnel=False, wire=False)


def test_phrases_come_from_a_list_or_a_file(tmp_path):
    assert settings(words=" Yes, call  me back ,").words == ("yes", "call me back")
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("yes\n\ncall me back\n")
    assert settings(words=f"@{phrases}").words == ("yes", "call me back")


def test_phone_numbers_may_be_written_as_people_write_them():
    assert settings(phone_number="+1 (555) 123-4567").phone_number == "+15551234567"


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
        ("LOCAL_STT_MODEL_LIST_URL", "ftp://name.example"),
        ("LOCAL_STT_WORDS", "@/nonexistent"),
        ("LOCAL_STT_LOG_LEVEL", "loud"),
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


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match=r"\.env"):
        settings(env_file=tmp_path / ".env")


def test_a_secret_is_never_in_the_settings_description():
    described = repr(Settings(auth_token="s3cret", auth_token_secondary="s3cret", ngrok_authtoken="s3cret"))
    assert "s3cret" not in described
