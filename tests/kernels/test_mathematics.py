from __future__ import annotations

import math

import numba
import numpy as np
import pytest

from repetita.kernels import mathematics


@numba.njit(error_model="numpy")
def all_of(x, y, results):
    for i in range(x.size):
        results[0, i] = mathematics.exp(x[i])
        results[1, i] = mathematics.log(x[i])
        results[2, i] = mathematics.square_root(x[i])
        results[3, i] = mathematics.minimum(x[i], y[i])
        results[4, i] = mathematics.maximum(x[i], y[i])
        results[5, i] = mathematics.select(x[i] < y[i], 1.0, 2.0)


def apply(x, y=0.0):
    x = np.atleast_1d(np.asarray(x, dtype=np.float64))
    y = np.ascontiguousarray(np.broadcast_to(np.asarray(y, dtype=np.float64), x.shape))
    results = np.empty((6, x.size))
    all_of(x, y, results)
    return results


@pytest.fixture(scope="module")
def generator():
    return np.random.default_rng(20)


def relative_error(found, expected):
    return float(np.max(np.abs((found - expected) / expected)))


def test_exp_is_exact_to_a_unit_in_the_last_place(generator):
    x = np.concatenate([generator.uniform(-700, 700, 50_000), generator.normal(0, 0.01, 50_000)])
    assert relative_error(apply(x)[0], np.exp(x)) < 4e-16


def test_exp_clamps_and_keeps_nan():
    found = apply([-1e308, -701.0, 701.0, 1e308, math.inf, -math.inf, 0.0, math.nan])[0]
    low, high = math.exp(-700), math.exp(700)
    np.testing.assert_allclose(found[:7], [low, low, high, high, high, low, 1.0], rtol=1e-15)
    assert math.isnan(found[7])


def test_log_is_exact_to_a_unit_in_the_last_place(generator):
    x = np.concatenate(
        [
            np.exp(generator.uniform(-700, 700, 50_000)),
            generator.uniform(0.5, 2.0, 50_000),
            1.0 + generator.normal(0, 1e-9, 50_000),
        ]
    )
    x = x[x != 1.0]
    assert relative_error(apply(x)[1], np.log(x)) < 4e-16
    assert apply(1.0)[1] == 0.0


def test_log_is_finite_for_any_bit_pattern(generator):
    bits = generator.integers(-(2**63), 2**63 - 1, 100_000, dtype=np.int64)
    special = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -1.0, 1.7976931348623157e308]
    x = np.concatenate([bits.view(np.float64), special])
    assert np.isfinite(apply(x)[1]).all()


def test_square_root_of_a_negative_number_is_zero():
    assert apply([4.0, 2.0, 0.0, -3.0])[2].tolist() == [2.0, math.sqrt(2.0), 0.0, 0.0]


def test_minimum_and_maximum_pick_as_python_does():
    values = [-1.0, 0.0, -0.0, 2.0, math.inf, math.nan]
    x, y = (a.ravel() for a in np.meshgrid(values, values))
    _, _, _, low, high, chosen = apply(x, y)
    for i, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        # compared as text: nan equals itself, the zeros differ
        assert repr(float(low[i])) == repr(min(a, b))
        assert repr(float(high[i])) == repr(max(a, b))
        assert chosen[i] == (1.0 if a < b else 2.0)
