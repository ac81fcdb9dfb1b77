"""The file of the punctuation model."""

from dataclasses import fields

import numpy as np

from local_stt.core.formatting import features
from local_stt.core.formatting.linear_model import LinearModel
from local_stt.core.formatting.punctuation import PunctuationModel
from local_stt.formatters.model_file import ENGLISH, load, save

PART = LinearModel(
    keys=np.array([0, 7, 1 << 20], np.uint32),
    weights=np.array([[1.27], [-0.5], [0.0]], np.float32),
    unlisted=np.array([[0.1], [0.2]], np.float32),
    bias=np.array([-1.0], np.float32),
)


def test_a_model_comes_back_with_weights_in_a_byte_each(tmp_path):
    save(PunctuationModel(PART, PART, PART, PART), tmp_path / "small.npz")
    model = load(tmp_path / "small.npz")
    assert model.breaks.keys.tolist() == PART.keys.tolist()
    assert np.allclose(model.breaks.weights, PART.weights, atol=0.01)
    assert np.array_equal(model.breaks.unlisted, PART.unlisted)
    assert model.capitals.bias.tolist() == [-1.0]


def test_the_same_model_has_the_same_bytes(tmp_path):
    for name in ("one.npz", "two.npz"):
        save(PunctuationModel(PART, PART, PART, PART), tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_the_model_of_the_program_is_small_and_fits_the_features():
    assert ENGLISH.stat().st_size <= 1_000_000
    model = load()
    templates = (features.BREAKS, features.QUESTIONS, features.CAPITALS, features.ENDS)
    for field, each in zip(fields(model), templates, strict=True):
        part = getattr(model, field.name)
        assert len(part.unlisted) == len(each.names)
        assert (np.diff(part.keys.astype(np.int64)) > 0).all()
