"""What was said, a number, a token: none of it reaches a log through an exception."""

import io
import json
import logging
import threading

import marshmallow
import pytest
import requests
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from local_stt.cli.output import _log_uncaught
from local_stt.console.terminal import JsonView, ViewHandler
from local_stt.net.bounded_http import Bounds, bounded_session
from local_stt.system.tracebacks import without_messages
from stand_ins.dripping import dripping_server

SECRET = "xylophone +15550001 s3cret"


def of_json():
    json.loads(f'["{SECRET}')


def of_a_dictionary():
    {}[SECRET]


def of_marshmallow():
    raise marshmallow.ValidationError({"text": [SECRET]})


def of_requests():
    requests.get(f"http://127.0.0.1:1/{SECRET}", timeout=5)


def of_a_cause():
    try:
        of_json()
    except ValueError as error:
        raise RuntimeError(SECRET) from error


def of_a_context():
    try:
        of_a_dictionary()
    finally:
        of_json()


EVERY = pytest.mark.parametrize(
    "fail", [of_json, of_a_dictionary, of_marshmallow, of_requests, of_a_cause, of_a_context]
)


@pytest.fixture
def logged(capsys):
    """Return a logger, and a function that returns what the user has seen of it."""
    logger = logging.Logger("test", logging.DEBUG)
    logger.addHandler(ViewHandler(JsonView(io.StringIO())))
    return logger, lambda: capsys.readouterr().err


@EVERY
def test_a_logged_exception_says_where_it_comes_from_and_quotes_nothing(fail, logged):
    logger, notices = logged
    try:
        fail()
    except Exception:
        logger.exception("A job failed")
    log = notices()
    assert f"in {fail.__name__}" in log
    assert not any(part in log for part in SECRET.split())


def test_of_an_error_of_the_system_its_own_words_are_told(tmp_path):
    try:
        (tmp_path / "xylophone").open()
    except OSError as error:
        notices = without_messages(error)
    assert notices.endswith("FileNotFoundError: No such file or directory")
    assert str(tmp_path) not in notices


def test_what_an_error_came_from_is_told_first(logged):
    logger, notices = logged
    try:
        of_a_cause()
    except RuntimeError:
        logger.exception("A job failed")
    log = notices()
    assert log.index("JSONDecodeError") < log.index("RuntimeError")


def test_a_thread_that_ends_by_an_error_quotes_nothing(logged, monkeypatch):
    logger, notices = logged
    monkeypatch.setattr("local_stt.cli.output.logger", logger)
    monkeypatch.setattr(threading, "excepthook", _log_uncaught)
    thread = threading.Thread(target=of_json)
    thread.start()
    thread.join()
    log = notices()
    assert "in of_json" in log
    assert "xylophone" not in log


def test_a_statement_that_fails_quotes_nothing_at_any_level(store, logged, caplog):
    """Also where SQLAlchemy's own log is turned on."""
    logger, notices = logged
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")
    with pytest.raises(SQLAlchemyError) as refused, store._engine.begin() as connection:
        connection.execute(text("INSERT INTO utterances (text) VALUES (:said)"), {"said": SECRET})
    logger.error("It failed: %s", refused.value, exc_info=refused.value)
    assert "It failed" in (log := notices())
    assert not any(part in log + caplog.text + str(refused.value) for part in SECRET.split())


def test_headers_that_are_none_do_not_bring_an_address_into_the_log(caplog, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    caplog.set_level(logging.DEBUG)
    with dripping_server(b"HTTP/1.1 200 OK\r\nno header\r\nA: b\r\n\r\n") as url:
        bounded_session(Bounds(60)).get(f"{url}/?token=s3cret", stream=True, timeout=60).close()
    assert "s3cret" not in caplog.text
