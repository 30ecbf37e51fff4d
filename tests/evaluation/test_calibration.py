"""Calibration as bins and as a curve."""

from __future__ import annotations

import json

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from repetita.confidence import wilson
from repetita.evaluation.bootstrap import resample
from repetita.evaluation.calibration import calibration
from repetita.evaluation.smooth_ece import smece_and_width


@pytest.fixture(scope="module")
def drawn():
    random = np.random.default_rng(11)
    p = random.beta(8, 2, 20_000)
    return p, random.random(20_000) < np.clip(p - 0.08, 0, 1)


def test_bins_hold_every_review_where_it_belongs(drawn):
    p, y = drawn
    shown = calibration(p, y)
    assert shown.count.sum() == p.size
    assert ((shown.left <= shown.predicted) & (shown.predicted <= shown.right)).all()
    for left, right, count, actual in zip(shown.left, shown.right, shown.count, shown.actual, strict=True):
        inside = (p >= left) & (p < right)
        assert np.count_nonzero(inside) == count
        assert y[inside].mean() == pytest.approx(actual)


def test_bins_have_wilson_intervals(drawn):
    p, y = drawn
    shown = calibration(p[:300], y[:300])
    passes = np.rint(shown.actual * shown.count)
    low, high = proportion_confint(passes, shown.count, method="wilson")
    np.testing.assert_allclose(shown.low, low, atol=1e-12)
    np.testing.assert_allclose(shown.high, high, atol=1e-12)


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (1, 1), (3, 7), (50, 100)])
def test_ends_of_an_interval_solve_its_equation(hits, count):
    low, high = wilson(hits / count, count)
    assert 0.0 <= low <= hits / count <= high <= 1.0
    for end in (low, high):
        if 0.0 < end < 1.0:
            assert (hits / count - end) ** 2 == pytest.approx(1.959963985**2 * end * (1 - end) / count)


def test_curve_shows_the_error_there_is(drawn):
    p, y = drawn
    shown = calibration(p, y)
    inner = (shown.curve_predicted > 0.55) & (shown.curve_predicted < 0.95)
    gap = shown.curve_predicted[inner] - shown.curve_actual[inner]
    assert gap.mean() == pytest.approx(0.08, abs=0.01)
    assert shown.width >= smece_and_width(p, y)[1]
    assert np.isnan(shown.curve_low).all()


def test_band_holds_the_truth():
    held = 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        p = random.beta(8, 2, 1000)
        y = random.random(1000) < p - 0.08
        shown = calibration(p, y, [resample(np.arange(1000), by="cards", seed=(0,))])
        low, high = (np.interp(0.8, shown.curve_predicted, c) for c in (shown.curve_low, shown.curve_high))
        held += low <= 0.72 <= high
    assert 25 <= held <= 30


def test_band_knows_of_clusters(drawn):
    """Every outcome five times over is no more evidence than once."""
    p, y = (column[:1000] for column in drawn)
    ids = np.arange(1000)
    once = calibration(p, y, [resample(ids, by="cards", seed=(0,))])
    p, y, ids = (np.repeat(column, 5) for column in (p, y, ids))
    five = calibration(p, y, [resample(ids, by="cards", seed=(0,))])
    assert (five.curve_low <= five.curve_actual).all()
    np.testing.assert_allclose(five.curve_low, once.curve_low, atol=1e-9)
    np.testing.assert_allclose(five.curve_high, once.curve_high, atol=1e-9)


def test_extremes_and_constants():
    shown = calibration([0.0, 1.0, 1.0], [0, 1, 1])
    assert shown.predicted.tolist() == [0.0, 1.0]
    flat = calibration([0.9] * 10, [1] * 8 + [0] * 2)
    np.testing.assert_allclose(flat.curve_actual, 0.8, atol=1e-6)
    assert shown.count.tolist() == [1, 2]


def test_as_json_and_frame(drawn):
    shown = calibration(drawn[0][:50], drawn[1][:50])
    document = json.loads(json.dumps(shown.to_dict(), allow_nan=False))
    assert document["curve"]["low"] == [None] * len(document["curve"]["predicted"])
    assert document["bins"]["count"] == shown.count.tolist()
    assert shown.to_frame().height == shown.count.size
    assert repr(shown) == f"Calibration(50 reviews in {shown.count.size} bins)"
