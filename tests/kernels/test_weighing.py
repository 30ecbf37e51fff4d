from __future__ import annotations

import numpy as np
import pytest

from repetita.errors import UsageError
from repetita.kernels.packing import LANES, pack
from repetita.kernels.weighing import PackedWeights, pack_weights
from repetita.reviews import ReviewLog


@pytest.fixture
def log(random_log):
    return random_log([3, 1, 7, 7, 2] * 9)


def test_weights_follow_the_rows(log):
    packed = pack(log)
    rows = np.where(log.first, 0.0, np.arange(len(log), dtype=float))
    weights = pack_weights(packed, rows)
    assert len(weights.values) == len(log) + LANES
    assert not weights.values[len(log) :].any()
    assert (weights.values[: len(log)] == rows[packed.rows]).all()
    assert sorted(packed.rows.tolist()) == list(range(len(log)))


def test_sums(log):
    packed = pack(log)
    rows = np.where(log.first, 0.0, np.random.default_rng(0).random(len(log)))
    rows[rows < 0.2] = 0.0
    weights = pack_weights(packed, rows)
    assert weights.count == np.count_nonzero(rows)
    assert weights.total == pytest.approx(rows.sum(), rel=1e-14)
    assert weights.squares == pytest.approx((rows**2).sum(), rel=1e-14)
    assert weights.effective == pytest.approx(rows.sum() ** 2 / (rows**2).sum(), rel=1e-14)
    parts = np.split(weights.values[: len(log)], packed.starts[1:])
    assert weights.of_blocks == pytest.approx([part.sum() for part in parts], rel=1e-14)
    again = PackedWeights.of(weights.values, packed.starts).scaled(2.0)
    assert (again.values == 2.0 * weights.values).all()
    assert again.of_blocks == pytest.approx(2.0 * weights.of_blocks, rel=1e-14)
    assert again.squares == pytest.approx(4.0 * weights.squares, rel=1e-14)
    assert again.count == weights.count


def test_no_reviews_weigh_nothing():
    packed = pack(ReviewLog.from_histories([]))
    weights = pack_weights(packed, [])
    assert (weights.total, weights.count, weights.effective) == (0.0, 0, 1.0)
    assert PackedWeights.of(weights.values, packed.starts).total == 0.0


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("row", [1, 5])
def test_weights_that_cannot_be(wrong, row):
    packed = pack(ReviewLog.from_histories([[(0, 3), (2, 3), (2, 3)], [(0, 3), (1, 3), (4, 3)]]))
    rows = np.array([0, 1.0, 1.0, 0, 1.0, 1.0])
    rows[row] = wrong
    with pytest.raises(UsageError, match="finite and at least 0"):
        pack_weights(packed, rows)


def test_first_reviews_weigh_nothing():
    packed = pack(ReviewLog.from_histories([[(0, 3)], [(0, 3), (1, 3)]]))
    for rows in ([0.5, 0, 0], [0, 0.5, 1.0]):
        with pytest.raises(UsageError, match="first review"):
            pack_weights(packed, rows)
    with pytest.raises(UsageError, match="one a review"):
        pack_weights(packed, [0.0])
