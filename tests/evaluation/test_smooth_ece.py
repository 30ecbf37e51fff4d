"""SmoothECE against its definition, written out slowly."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.evaluation.smooth_ece import _error_by_width, smece, smece_and_width


def defined(p, y, width, points=4001):
    """Integral of the smoothed residual's size, with a mirrored Gaussian kernel."""
    at = np.linspace(0.0, 1.0, points)[:, None]
    kernel = sum(np.exp(-0.5 * ((at - image) / width) ** 2) for image in (p, -p, 2.0 - p))
    return np.abs(kernel @ (p - y)).sum() / kernel.sum()


@pytest.mark.parametrize("shape", [(8, 1.5), (2, 2), (20, 1)])
@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_follows_the_definition(shape, shift):
    random = np.random.default_rng(7)
    p = random.beta(*shape, 800)
    y = (random.random(800) < np.clip(p - shift, 0, 1)).astype(float)
    value, width = smece_and_width(p, y)
    assert value == pytest.approx(defined(p, y, width), abs=5e-4)
    # the width is the smallest on a grid of 1/1024 that is not below its own error
    assert value <= width
    assert defined(p, y, width - 1 / 1024) > width - 1 / 1024 - 5e-4


def test_of_a_biased_constant_is_its_bias():
    assert smece(np.full(2000, 0.8), np.arange(2000) % 2) == pytest.approx(0.3, abs=1e-3)


def test_shrinks_for_a_calibrated_predictor():
    random = np.random.default_rng(2)
    p = random.beta(8, 2, 40_000)
    y = random.random(40_000) < p
    assert smece(p, y) < 0.01 < smece(np.clip(p + 0.02, 0, 1), y)


def test_narrow_kernels_agree_with_the_definition():
    random = np.random.default_rng(5)
    p = random.random(60_000)
    y = np.arange(60_000) % 2 < 2.0 * np.round(p)  # right on average in no neighbourhood
    error = _error_by_width(p, y.astype(float))
    for width in (0.0011, 3.0 / 512, 0.0123, 0.0555):
        assert error(width) == pytest.approx(convolved(p, y, width), rel=1e-9)


def convolved(p, y, width):
    """The published way without a transform: a grid, every image of every grid point, a mesh."""
    steps = max(2 * round(10 / width / 2), 1000)
    below = np.minimum((p * steps).astype(int), steps - 1)
    upper = p * steps - below
    sums = [
        np.bincount(below, (1 - upper) * amount, steps + 1)
        + np.bincount(below + 1, upper * amount, steps + 1)
        for amount in (p - y, np.ones_like(p))
    ]
    taps = np.arange(-steps // 2, steps // 2 + 1) / steps
    bell = np.exp(-0.5 * (taps / width) ** 2) / (np.sqrt(2 * np.pi) * width)
    smooth = [np.convolve(np.pad(one, steps // 2, mode="reflect"), bell, mode="valid") for one in sums]
    mesh = np.linspace(0, 1, max(round(10 / width), 200))
    misses, counts = (np.interp(mesh, np.arange(steps + 1) / steps, one) for one in smooth)
    return np.abs(misses).sum() / (counts + 1e-4).sum()
