"""The real pyngrok, driving a stand-in ngrok."""

import json
import os
import signal
from queue import SimpleQueue

import pytest
from pyngrok import conf, installer

from helpers.program import NGROK
from local_stt.errors import TunnelError
from local_stt.net.tunnel import has_authtoken, open_tunnel


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Wait longer for the stand-in than for the real program, on a machine that may be busy."""
    monkeypatch.setattr("local_stt.net.tunnel.START_TIMEOUT", 60)


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The stand-in's orders; its configuration is kept away from the user's own."""
    monkeypatch.setattr(conf, "DEFAULT_NGROK_CONFIG_PATH", str(tmp_path / "ngrok.yml"))
    monkeypatch.setenv("STAND_IN_NGROK", str(tmp_path / "orders.json"))
    return tmp_path / "orders.json"


@pytest.fixture
def tunnel(tmp_path):
    """Return a function that opens a tunnel through the stand-in; the test fails if the tunnel dies."""

    def open_one(authtoken="t", ngrok_path=NGROK, on_death=pytest.fail, **options):
        return open_tunnel(
            "http://127.0.0.1:8080",
            authtoken=authtoken,
            ngrok_path=ngrok_path,
            notes=tmp_path / "notes",
            on_death=on_death,
            **options,
        )

    return open_one


def asked(script):
    return [json.loads(line) for line in script.with_suffix(".log").read_text().splitlines()]


def test_a_tunnel_has_an_address_and_ends_with_its_block(script, tunnel, tmp_path):
    with tunnel() as url:
        assert url == "https://stand-in.ngrok-free.app"
        started, opened = asked(script)
        assert opened["endpoint"]["upstream"] == {"url": "http://127.0.0.1:8080"}
        assert opened["endpoint"]["inspect"] is False  # by default ngrok shows all requests to this machine
        os.kill(started["pid"], 0)
        assert [note.name for note in (tmp_path / "notes").iterdir()] == [str(started["pid"])]
    with pytest.raises(ProcessLookupError):
        os.kill(started["pid"], 0)
    assert list((tmp_path / "notes").iterdir()) == []


@pytest.mark.parametrize("elsewhere", [None, "another"])
def test_the_authtoken_is_not_on_the_command_line(script, tunnel, monkeypatch, elsewhere):
    """Every user of the machine can list those."""
    monkeypatch.delenv("NGROK_AUTHTOKEN", raising=False)
    if elsewhere:
        monkeypatch.setenv("NGROK_AUTHTOKEN", elsewhere)
    with tunnel(authtoken="s3cret"):
        started, _ = asked(script)
        assert started["authtoken"] == "s3cret"
        assert not any("s3cret" in argument or "another" in argument for argument in started["arguments"])
        assert os.environ.get("NGROK_AUTHTOKEN") == elsewhere


def test_an_ngrok_that_dies_is_told_with_its_reason(script, tunnel):
    died = SimpleQueue()
    with tunnel(on_death=died.put):
        os.kill(asked(script)[0]["pid"], signal.SIGKILL)
        assert "ngrok has ended by itself (signal 9)" in str(died.get(timeout=400))


def test_a_domain_of_ones_own_is_asked_for(script, tunnel):
    with tunnel(domain="calls.example.com") as url:
        assert url == "https://calls.example.com"


def test_an_authtoken_ngrok_refuses_names_the_setting(script, tunnel):
    script.write_text('{"error": "authentication failed: not a token. ERR_NGROK_105"}')
    with (
        pytest.raises(TunnelError, match=r"NGROK_AUTHTOKEN.*dashboard\.ngrok\.com"),
        tunnel(authtoken="bad"),
    ):
        pass


def test_a_domain_ngrok_refuses_names_the_setting(script, tunnel):
    script.write_text('{"refuse": "ERR_NGROK_320"}')
    with (
        pytest.raises(TunnelError, match="NGROK_DOMAIN"),
        tunnel(domain="a.example"),
    ):
        pass


def test_any_other_refusal_is_told_as_ngrok_told_it(script, tunnel):
    script.write_text('{"error": "the sky is falling"}')
    with (
        pytest.raises(TunnelError, match=r"the sky is falling.*--public-url"),
        tunnel(),
    ):
        pass


def test_an_ngrok_that_cannot_be_downloaded_names_the_remedies(script, tunnel, tmp_path, monkeypatch, capsys):
    nowhere = dict.fromkeys(installer.PLATFORMS, "http://127.0.0.1:9/ngrok.tgz")
    monkeypatch.setattr(installer, "PLATFORMS", nowhere)
    with (
        pytest.raises(TunnelError, match="PYNGROK_NGROK_PATH"),
        tunnel(ngrok_path=tmp_path / "ngrok"),
    ):
        pass
    assert capsys.readouterr().out == ""


def test_an_ngrok_that_cannot_be_run_names_the_setting(script, tunnel, tmp_path):
    (tmp_path / "ngrok").write_text("not a program")
    with (
        pytest.raises(TunnelError, match="PYNGROK_NGROK_PATH"),
        tunnel(ngrok_path=tmp_path / "ngrok"),
    ):
        pass


SILENT = """#!/bin/sh
echo 'lvl=info msg="starting web service" obj=web addr=127.0.0.1:1'
echo $$ > %s
exec sleep 600
"""


def test_an_ngrok_that_says_no_more_is_given_up_and_ended(script, tunnel, tmp_path, monkeypatch):
    monkeypatch.setattr("local_stt.net.tunnel.START_TIMEOUT", 1)
    (tmp_path / "ngrok").write_text(SILENT % (tmp_path / "pid"))
    (tmp_path / "ngrok").chmod(0o700)
    with (
        pytest.raises(TunnelError, match=r"within 1 s.*starting web service.*--public-url"),
        tunnel(ngrok_path=tmp_path / "ngrok"),
    ):
        pass
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_program_that_is_not_ngrok_and_writes_no_text_is_one_sentence(script, tunnel, tmp_path):
    (tmp_path / "ngrok").write_text("#!/bin/sh\nprintf '\\377\\376\\n'\nexec sleep 600\n")
    (tmp_path / "ngrok").chmod(0o700)
    with (
        pytest.raises(TunnelError, match=r"cannot be run \(it does not write text\).*PYNGROK_NGROK_PATH"),
        tunnel(ngrok_path=tmp_path / "ngrok"),
    ):
        pass


def test_an_authtoken_may_be_in_ngroks_own_configuration(script, tmp_path):
    assert has_authtoken("token")
    assert not has_authtoken("")
    (tmp_path / "ngrok.yml").write_text("version: 3\nagent:\n  authtoken: abc\n")
    assert has_authtoken("")
