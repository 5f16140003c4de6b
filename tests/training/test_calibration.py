"""Calibration by hand, and on answers whose confidence is known to be deserved."""
from resnet_gluon import Evaluation
from resnet_gluon.training import calibration

import numpy as np
import pytest


def answers(sure, right):
    """Two classes; the net always says class 0, with this confidence."""
    sure = np.asarray(sure, float)
    return Evaluation(np.where(right, 0, 1), np.stack([sure, 1 - sure], axis=1))


def test_bins_counted_by_hand():
    found = calibration(answers([0.55, 0.6, 0.9, 0.95, 1.0], [True, False, True, True, False]), bins=5)
    assert found.edges.tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert found.counts.tolist() == [0, 0, 2, 0, 3]  # 0.6, on an edge, is in the lower bin
    np.testing.assert_allclose(found.confidence, [np.nan, np.nan, 0.575, np.nan, 0.95])
    np.testing.assert_allclose(found.accuracy, [np.nan, np.nan, 0.5, np.nan, 2 / 3])
    assert found.error == pytest.approx((2 * 0.075 + 3 * (0.95 - 2 / 3)) / 5)
    assert repr(found) == f"Calibration(5 answers in 5 bins, error {found.error:.4f})"


def test_deserved_confidence_has_a_small_error_and_too_much_of_it_a_large_one():
    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 20_000)
    assert calibration(answers(sure, random.uniform(size=20_000) < sure)).error < 0.02
    assert calibration(answers(sure, random.uniform(size=20_000) < sure - 0.2)).error == pytest.approx(0.2, abs=0.02)


def test_counts_are_all_answers_and_the_edges_belong_to_someone():
    found = calibration(answers([1.0, 0.5, 0.5], [True, True, True]), bins=2)
    assert found.counts.tolist() == [2, 1]


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(ValueError, match="bins must be an integer of at least 1"):
        calibration(answers([0.9], [True]), bins=0)
    with pytest.raises(ValueError, match="none"):
        calibration(Evaluation(np.zeros(0, int), np.zeros((0, 2))))
