"""Amounts on a grid, beside two weighted counts."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.kernels.gridding import on_grid


@pytest.mark.parametrize("steps", [1, 2, 1000])
def test_each_place_is_shared_by_its_two_neighbours(steps):
    random = np.random.default_rng(steps)
    places = np.concatenate([random.random(300), [0.0, 1.0, 0.5, np.nextafter(1.0, 0.0)]])
    amounts = random.normal(size=places.size)
    sums, counts = on_grid(places, amounts, steps)
    distance = np.abs(places[:, None] * steps - np.arange(steps + 1))
    weights = np.maximum(1.0 - distance, 0.0)
    assert np.allclose(sums, amounts @ weights, atol=1e-12)
    assert np.allclose(counts, weights.sum(axis=0), atol=1e-12)
    assert counts @ np.arange(steps + 1) == pytest.approx(steps * places.sum())


def test_columns_may_be_strided_and_locked():
    places = np.linspace(0.0, 1.0, 9)[::2]
    places.setflags(write=False)
    assert on_grid(places, np.ones(5), 4)[0].tolist() == [1.0] * 5
