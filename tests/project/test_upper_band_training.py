"""The command that trains the network of the upper band."""

import numpy as np
import pytest
import soundfile

from helpers.commands import run_module
from local_stt.bandwidth_extension.upper_band import network

pytestmark = pytest.mark.model

pytest.importorskip("torch")
pytest.importorskip("scipy")


def train(*arguments):
    return run_module("tools.upper_band", *arguments)


@pytest.fixture
def speech(tmp_path):
    """Noise that comes and goes as syllables do, brighter and darker by turns."""
    folder = tmp_path / "speech"
    folder.mkdir()
    at = np.arange(22 * 16000) / 16000
    noise = np.random.default_rng(1).normal(0, 0.1, len(at)) * (0.1 + np.sin(2 * np.pi * 2 * at) ** 2)
    dark = np.convolve(noise, [0.5, 0.5], "same")
    soundfile.write(folder / "a.wav", np.where(np.sin(2 * np.pi * at) > 0, noise, dark), 16000)
    return folder


@pytest.mark.timeout(3600)
def test_it_trains_a_network_that_the_program_reads_and_the_same_one_again(speech, tmp_path):
    files = [tmp_path / "one.npz", tmp_path / "two.npz"]
    for file in files:
        result = train(speech, "--held-out", speech, "--epochs", 40, "--output", file)
        assert result.returncode == 0, result.stderr
        assert "epoch 40 of 40" in result.stdout
    networks = [network(file) for file in files]
    assert all(np.array_equal(one, two) for one, two in zip(*networks, strict=True))
    assert [weights.shape for weights in networks[0]] == [weights.shape for weights in network()]


@pytest.mark.parametrize("name", ["narrow.wav", "text.wav"])
def test_a_folder_without_wideband_speech_is_refused_in_a_sentence(tmp_path, name):
    soundfile.write(tmp_path / "narrow.wav", np.zeros(8000), 8000)
    if name == "text.wav":
        (tmp_path / name).write_text("no audio")
    result = train(tmp_path, "--output", tmp_path / "none.npz")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Error: ")
