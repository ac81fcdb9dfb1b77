"""Linear models over listed features."""

import numpy as np

from local_stt.core.formatting.linear_model import LinearModel

MODEL = LinearModel(
    keys=np.array([3, 5], np.uint32),
    weights=np.array([[1.0], [10.0]], np.float32),
    unlisted=np.array([[0.25], [0.5]], np.float32),
    bias=np.array([-2.0], np.float32),
)


def test_listed_features_count_their_weight_and_others_that_of_their_template():
    keys = np.array([[3, 5], [5, 3], [4, 5], [3, 9], [0, 0]], np.uint32)
    assert MODEL.scores(keys)[:, 0].tolist() == [9.0, 9.0, 8.25, -0.5, -1.25]


def test_no_rows_have_no_scores():
    assert MODEL.scores(np.empty((0, 2), np.uint32)).shape == (0, 1)
