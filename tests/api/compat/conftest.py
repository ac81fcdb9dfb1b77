"""A live server with the real engine, for vendors' SDKs."""

import pytest
import soundfile

from helpers.uploads import taking_transcripts
from local_stt.config.phonebook import Phone
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.formatting import language_of
from local_stt.core.privacy import Policy
from local_stt.demo import RECORDING
from local_stt.formatters import Formatters
from stand_ins.language_model import MODEL, language_model


@pytest.fixture
def server(running, store, tmp_path):
    """A server that writes text as people do."""
    written = Formatters(FormattingSettings(), CallSettings()).written

    def redaction_of(accepted, _):
        return Phone(redact=frozenset(map(Policy, accepted))).file_redaction(language_of("en-US"))

    phones = tmp_path / "phones.toml"
    phones.write_text('["+15550002"]\nalerts = ["damage = torn"]\n')
    with (
        taking_transcripts(store, tmp_path, write=written, redaction_of=redaction_of) as (uploads, asked),
        language_model() as model,
        running(
            store=store,
            uploads=uploads,
            transcripts=asked,
            format_text=True,
            phones=phones,
            llm_url=model.url,
            llm_model=MODEL,
        ) as server,
    ):
        server.language_model = model
        yield server


@pytest.fixture(scope="session")
def talk(tmp_path_factory):
    """The first twenty seconds of the demo's call, with both speakers."""
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    soundfile.write(path, samples[: 20 * rate], rate)
    return path
