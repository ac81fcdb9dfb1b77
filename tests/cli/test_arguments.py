"""No argument, setting or file name ends in a traceback: a fuzz over all there are, the same at every run."""

import contextlib
import importlib
import os
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.events import save_call
from helpers.program import NOTHING_SET
from local_stt.audio_file import open_audio, read_phone_audio
from local_stt.cli import main
from local_stt.config.loading import load
from local_stt.config.settings import declared
from local_stt.errors import AudioFileError, LocalSttError, SettingError
from local_stt.model_files import EMBEDDED
from local_stt.service.model_choice import chosen_model
from local_stt.service.public_address import check
from local_stt.store import open_store
from local_stt.telephony.call_flow import load_phonebook
from tools.reference.cli import commands

pytestmark = pytest.mark.e2e

fuzz = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ODD = [
    *("", " ", "0", "-1", "1e999", "nan", "inf", "9" * 5000, "99999999999999999999", "1.5", "٣", "½"),
    *("0001-01-01", "9999-12-31", "1969-12-31", "2024-02-30", "0000-00-00"),
    *("~nosuchuser/x", "~", "@~nosuchuser/x", "@", "@/", "@/dev/null", ".", "/", "/dev/null/x", "a" * 5000),
    *(
        "\udcff",
        "caf\udce9",
        "\ud800",
        "e\u0301",
        "\u200b",
        "\ufeff",
        "\xa0",
        "\x7f",
        "\x1b[31m",
        "a\nb",
        "%s{}",
    ),
    *(
        "https://[::1",
        "https://a:port",
        "https://a:99999",
        "https://a:0",
        "HTTPS://A.:443/",
        "ws://a:b/stream",
    ),
    *("ws://127.0.0.1:1/stream", "ws://[::1", "wss://" + "a" * 70, "ws://.", "ws://127.0.0.1:99999/x"),
    *(
        "postgresql://U:P@H:PORT/N",
        "postgresql+psycopg2://127.0.0.1:1/x",
        "mysql://x",
        "sqlite:///~nosuchuser/x",
    ),
    *("sqlite:////dev/null/x", "sqlite://", "sqlite:///?a=b", "sqlite:///:memory:", "postgres://", "://"),
    *(
        "sqlite:///x?timeout=never",
        "sqlite:////dev/null",
        "whsec_",
        "whsec_é",
        "AC",
        "+",
        "+1",
        "+" + "1" * 15,
    ),
    *("[::]", "::1%", "a..b", "-", "--", '"', '""', "'", "\\", "RE" + "0" * 32, "https://api.twilio.com/RE"),
]
"""What has ended one program or another in a traceback"""

values = st.sampled_from(ODD) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"])
    | st.sampled_from([chr(0xDC00 + byte) for byte in (0x80, 0xE9, 0xFF)]),  # bytes that are not UTF-8
    max_size=12,
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A machine of its own: an empty folder, no settings, no network, no model."""
    for name in list(os.environ):
        if name not in NOTHING_SET:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCAL_STT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LOCAL_STT_MODEL_LIST_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(socket, "getaddrinfo", _only_addresses(socket.getaddrinfo))
    with contextlib.closing(open_store(tmp_path / "data")) as store:
        save_call(store, "CA1", "press eight to continue")
    return tmp_path


def _only_addresses(look_up):
    def getaddrinfo(host, *rest, **options):
        return look_up(host, *rest, **options | {"flags": socket.AI_NUMERICHOST})

    return getaddrinfo


def _only_settle(settings, *_):
    """As much of `run` and `dial` as depends on what the user wrote, without recognizers and a network."""
    phonebook = load_phonebook(settings)
    check(settings, phonebook)
    chosen_model(settings)


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.variable)
@fuzz
@given(value=values)
def test_a_setting_is_taken_or_refused_in_a_sentence(each, value, tmp_path):
    sources = [({each.variable: value}, {})]
    sources += [({}, {each.option_name: value})] if each.option else []
    for environ, options in sources:
        with contextlib.suppress(LocalSttError):
            _only_settle(load(environ, tmp_path / "no.env", options))


@fuzz
@given(value=values)
def test_a_dotenv_file_is_taken_or_refused_in_a_sentence(value, tmp_path):
    written = f"LOCAL_STT_GREETING={value}\n"
    (tmp_path / "a.env").write_bytes(written.encode(errors="surrogateescape"))
    with contextlib.suppress(SettingError):
        load({}, tmp_path / "a.env", {})


@fuzz
@given(value=values)
def test_a_database_is_opened_or_refused_in_a_sentence(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(LocalSttError):
        open_store(
            tmp_path, load({"DATABASE_URL": value}, tmp_path / "no.env", {}).storage.database_url
        ).close()


@fuzz
@given(value=values)
def test_a_data_folder_is_used_or_refused_in_a_sentence(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(LocalSttError):
        folder = load({}, tmp_path / "no.env", {"data_dir": f"below{value}"}).data_dir
        open_store(folder).close()


@fuzz
@given(value=values)
def test_an_audio_file_is_read_or_refused_in_a_sentence(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for read in (read_phone_audio, lambda path: open_audio(path).__enter__()):
        with contextlib.suppress(AudioFileError):
            read(Path(value))


PARAMETERS = [
    pytest.param(path, command, parameter, id=" ".join([*path, parameter.name]))
    for path, command in [(name.split()[1:], command) for name, command in commands()]
    for parameter in command.params
    if not getattr(parameter, "is_flag", False)
]


@pytest.mark.parametrize(("path", "command", "parameter"), PARAMETERS)
@fuzz
@given(value=values)
def test_an_argument_is_taken_or_refused_in_a_sentence(path, command, parameter, value, here, monkeypatch):
    monkeypatch.setattr("local_stt.service.program.run", _only_settle)
    monkeypatch.setattr("local_stt.service.program.dial", _only_settle)
    monkeypatch.setattr(importlib.import_module("local_stt.cli.demo"), "start_engine", _no_engine)
    monkeypatch.setattr("local_stt.service.engines.start_engine", _no_engine)
    monkeypatch.setattr("local_stt.evaluation.evaluate", lambda *_, **__: iter(()))
    result = CliRunner().invoke(main, [*path, *_arguments(command, parameter, value)])
    assert result.exception is None or isinstance(result.exception, SystemExit), (value, result.exc_info)
    assert result.exit_code in ((0, 1, 2) if path == ["doctor"] else (0, 2)), (value, result.output)


def _no_engine(*_, **__):
    raise SettingError("There is no recognizer here.")


def _arguments(command, parameter, value):
    """The parameter with its value, and what the command needs besides."""
    if isinstance(parameter, click.Option):
        needed = [
            NEEDED[each.name] for each in command.params if isinstance(each, click.Argument) and each.required
        ]
        return [f"{parameter.opts[0]}={value}", *needed]
    return ["--", value]


NEEDED = {
    "call_id": "CA1",
    "call_ids": "CA1",
    "text": "press",
    "number": "+12025550123",
    "name": EMBEDDED,
    "new_file": "rescued.sqlite3",
    "file": "contacts.csv",
    "question": "what was said",
}
