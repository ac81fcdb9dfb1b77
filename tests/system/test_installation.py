"""Where the program's files are."""

from pathlib import Path

from local_stt.system import installation


def test_a_user_without_a_home_has_data_in_the_working_folder(monkeypatch):
    def no_home(*_, **__):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr(installation, "user_data_path", no_home)
    assert installation._user_data() == Path("local_stt-data")


def test_in_a_checkout_data_and_models_are_beside_the_package():
    assert Path(__file__).resolve().parents[2] == installation.CHECKOUT
    assert installation.DATA == installation.CHECKOUT / "data"
    assert installation.MODELS == installation.BUNDLED_MODELS == installation.CHECKOUT / "models"


def test_pip_installs_an_optional_part_as_this_program_was_installed(monkeypatch):
    assert installation.pip_install("redis") == "pip install -r requirements-redis.txt"
    monkeypatch.setattr(installation, "CHECKOUT", None)
    assert installation.pip_install("redis") == "pip install 'local_stt[redis]'"
