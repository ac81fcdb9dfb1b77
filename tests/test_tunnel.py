"""The real pyngrok, driving a stand-in ngrok."""

import json
import os

import pytest
from conftest import NGROK
from pyngrok import conf, installer

from local_stt.errors import TunnelError
from local_stt.tunnel import has_authtoken, open_tunnel


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The stand-in's orders; its configuration is kept away from the user's own."""
    monkeypatch.setattr(conf, "DEFAULT_NGROK_CONFIG_PATH", str(tmp_path / "ngrok.yml"))
    monkeypatch.setenv("STAND_IN_NGROK", str(tmp_path / "orders.json"))
    return tmp_path / "orders.json"


def asked(script):
    return [json.loads(line) for line in script.with_suffix(".log").read_text().splitlines()]


def test_a_tunnel_has_an_address_and_ends_with_its_block(script):
    with open_tunnel("http://127.0.0.1:8080", authtoken="token", ngrok_path=NGROK) as url:
        assert url == "https://stand-in.ngrok-free.app"
        started, opened = asked(script)
        assert started["authtoken"] == "token"
        assert "token" not in started["arguments"]
        assert opened["endpoint"]["upstream"] == {"url": "http://127.0.0.1:8080"}
        os.kill(started["pid"], 0)
    with pytest.raises(ProcessLookupError):
        os.kill(started["pid"], 0)


def test_a_domain_of_ones_own_is_asked_for(script):
    with open_tunnel(
        "http://127.0.0.1:1", authtoken="t", domain="calls.example.com", ngrok_path=NGROK
    ) as url:
        assert url == "https://calls.example.com"


def test_an_authtoken_ngrok_refuses_names_the_setting(script):
    script.write_text('{"error": "authentication failed: not a token. ERR_NGROK_105"}')
    with (
        pytest.raises(TunnelError, match=r"NGROK_AUTHTOKEN.*dashboard\.ngrok\.com"),
        open_tunnel("http://127.0.0.1:1", authtoken="bad", ngrok_path=NGROK),
    ):
        pass


def test_a_domain_ngrok_refuses_names_the_setting(script):
    script.write_text('{"refuse": "ERR_NGROK_320"}')
    with (
        pytest.raises(TunnelError, match="NGROK_DOMAIN"),
        open_tunnel("http://127.0.0.1:1", authtoken="t", domain="a.example", ngrok_path=NGROK),
    ):
        pass


def test_any_other_refusal_is_told_as_ngrok_told_it(script):
    script.write_text('{"error": "the sky is falling"}')
    with (
        pytest.raises(TunnelError, match=r"the sky is falling.*--public-url"),
        open_tunnel("http://127.0.0.1:1", authtoken="t", ngrok_path=NGROK),
    ):
        pass


def test_an_ngrok_that_cannot_be_downloaded_names_the_remedies(script, tmp_path, monkeypatch, capsys):
    nowhere = dict.fromkeys(installer.PLATFORMS, "http://127.0.0.1:9/ngrok.tgz")
    monkeypatch.setattr(installer, "PLATFORMS", nowhere)
    with (
        pytest.raises(TunnelError, match="PYNGROK_NGROK_PATH"),
        open_tunnel("http://127.0.0.1:1", authtoken="t", ngrok_path=tmp_path / "ngrok"),
    ):
        pass
    assert capsys.readouterr().out == ""


def test_an_ngrok_that_cannot_be_run_names_the_setting(script, tmp_path):
    (tmp_path / "ngrok").write_text("not a program")
    with (
        pytest.raises(TunnelError, match="PYNGROK_NGROK_PATH"),
        open_tunnel("http://127.0.0.1:1", authtoken="t", ngrok_path=tmp_path / "ngrok"),
    ):
        pass


def test_an_authtoken_may_be_in_ngroks_own_configuration(script, tmp_path):
    assert has_authtoken("token")
    assert not has_authtoken("")
    (tmp_path / "ngrok.yml").write_text("version: 3\nagent:\n  authtoken: abc\n")
    assert has_authtoken("")
