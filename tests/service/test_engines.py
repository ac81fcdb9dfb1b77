"""Engines as the settings ask for them."""

from types import SimpleNamespace

import pytest

from helpers.models import DEMO_MODEL
from helpers.settings import settings_of
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.service import engines


@pytest.mark.parametrize(("live", "is_kept"), [(True, True), (False, False)])
def test_audio_that_killed_recognizers_is_kept_of_calls_and_not_of_files(
    tmp_path, monkeypatch, live, is_kept
):
    asked = []
    ready = SimpleNamespace(unknown_words=[], unknown_key_words=())
    monkeypatch.setattr(
        engines, "start_engine", lambda *_, **options: asked.append(options) or SimpleNamespace(ready=ready)
    )
    settings = settings_of(model=str(DEMO_MODEL), keep_bad_audio=True, data_dir=tmp_path)
    engines.open_engine(settings, pytest.fail, live=live)
    asked[0]["on_set_aside"]("CA1", "inbound", [AudioChunk(0, b"\xff" * 160)])
    assert (tmp_path / "bad-audio").exists() == is_kept
