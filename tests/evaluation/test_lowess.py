"""The smoother behind ICI, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from repetita.evaluation.lowess import ici, lowess

SHAPES = [(8, 1.5), (2, 2), (20, 1), (0.5, 0.5), (50, 4)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("n", "decimals"), [(4, 16), (5, 16), (9, 16), (31, 2), (400, 2), (400, 16), (2500, 2)]
)
def test_agrees_with_statsmodels(n, shape, decimals):
    random = np.random.default_rng(n)
    x = np.sort(np.round(random.beta(*shape, n), decimals))
    y = (random.random(n) < x).astype(float)
    step = 0.01 * (x[-1] - x[0])
    expected = sm.nonparametric.lowess(y, x, frac=2 / 3, it=0, delta=step, return_sorted=False)
    np.testing.assert_allclose(lowess(x, y, span=2 / 3, step=step), expected, atol=1e-9)


@pytest.mark.parametrize("decimals", [16, 4, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_agrees_on_many_points(shape, decimals):
    random = np.random.default_rng(3)
    n = 20 * 1024 + 77
    x = np.sort(np.round(random.beta(*shape, n), decimals))
    y = (random.random(n) < x).astype(float)
    step = 0.01 * (x[-1] - x[0])
    expected = sm.nonparametric.lowess(y, x, frac=2 / 3, it=0, delta=step, return_sorted=False)
    np.testing.assert_allclose(lowess(x, y, span=2 / 3, step=step), expected, atol=1e-9)


def test_many_points_on_few_spots():
    """Most points at one end: whole neighbourhoods of ties beside single ones."""
    x = np.sort(np.concatenate([np.full(30_000, 0.9), np.linspace(0.1, 0.89, 500)]))
    y = np.arange(x.size) % 7 > 0
    smooth = lowess(x, y.astype(float), span=2 / 3, step=0.008)
    assert np.isfinite(smooth).all()
    assert smooth[-1] == pytest.approx(y[x == 0.9].mean())


def test_every_point_is_fitted_without_a_step():
    random = np.random.default_rng(5)
    x = np.sort(random.random(60))
    y = random.random(60)
    expected = sm.nonparametric.lowess(y, x, frac=0.4, it=0, delta=0.0, return_sorted=False)
    np.testing.assert_allclose(lowess(x, y, span=0.4), expected, atol=1e-9)


def test_one_spot():
    """A constant predictor is off by the distance to the share recalled."""
    assert ici([0.8] * 10, [1] * 9 + [0]) == pytest.approx(0.1)
    assert ici([0.3], [1]) == pytest.approx(0.7)


def test_order_does_not_matter():
    random = np.random.default_rng(1)
    p = random.random(50)
    y = random.random(50) < p
    shuffled = random.permutation(50)
    assert ici(p[shuffled], y[shuffled]) == pytest.approx(ici(p, y), abs=1e-12)
