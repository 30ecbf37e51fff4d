"""Intervals hold the level they state, also for few units, skewed figures and heavy tails."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from repetita.confidence import (
    LEVEL,
    bootstrap_interval,
    expanded_tails,
    interval_ends,
    student_quantile,
    wilson,
)

SAMPLES, REPLICATES = 800, 1000


def most_missed(share):
    """Of the samples; more come by chance in one run of a hundred."""
    return int(stats.binom.isf(0.01, SAMPLES, share))


MOST_MISSED = most_missed(1.0 - LEVEL)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 9, 23, 24, 99, 100, 101, 5000])
def test_quantiles_are_students(freedom):
    shares = (0.6, 0.9, 0.975, 0.995, 0.9995)
    found = [student_quantile(share, freedom) for share in shares]
    assert found == pytest.approx(stats.t.ppf(shares, freedom), rel=1e-8)


def normal(random, shape):
    return random.normal(size=shape)


def exponential(random, shape):
    return random.exponential(size=shape) - 1.0


def heavy(random, shape):
    return random.standard_t(3, size=shape)


def uneven(random, shape):
    """A twelfth of the units varies five times as much as the others, and always the same ones."""
    spread = np.ones(shape[1])
    spread[: max(1, shape[1] // 12)] = 5.0
    return random.normal(size=shape) * spread


def missed(drawn, units, interval):
    """How many of the intervals of a mean that is 0 do not hold it."""
    random = np.random.default_rng(units)
    count = 0
    for values in drawn(random, (SAMPLES, units)):
        replicates = values[random.integers(0, units, (REPLICATES, units))].mean(axis=1)
        low, high = interval(float(values.mean()), replicates, units)
        count += not low <= 0.0 <= high
    return count


@pytest.mark.parametrize("units", [5, 10, 24, 100])
@pytest.mark.parametrize("drawn", [normal, heavy, uneven])
def test_no_more_is_missed_than_stated(drawn, units):
    assert missed(drawn, units, bootstrap_interval) <= MOST_MISSED


@pytest.mark.parametrize(("units", "share"), [(5, 0.12), (10, 0.09), (24, 0.07), (100, 0.055)])
def test_long_tails_are_missed_as_often_as_the_documentation_says(units, share):
    assert missed(exponential, units, bootstrap_interval) <= most_missed(share)


def test_plain_percentiles_would_not_do():
    def plain(point, replicates, units):
        return np.percentile(replicates, (2.5, 97.5))

    assert missed(normal, 5, plain) > 3 * (1.0 - LEVEL) * SAMPLES
    assert missed(uneven, 24, plain) > MOST_MISSED


def test_a_mean_has_students_interval_at_least():
    values = np.random.default_rng(1).normal(3.0, 1.0, 7)
    drawn = values[np.random.default_rng(2).integers(0, 7, (20000, 7))].mean(axis=1)
    for level in (0.9, 0.95, 0.99):
        low, high = bootstrap_interval(values.mean(), drawn, 7, level=level)
        expected = stats.t.interval(level, 6, values.mean(), stats.sem(values))
        assert low <= expected[0] + 0.01
        assert high >= expected[1] - 0.01
        assert high - low == pytest.approx(expected[1] - expected[0], rel=0.1)


def test_many_units_have_the_percentiles_of_a_normal_figure():
    assert expanded_tails(10**7) == pytest.approx((2.5, 97.5), abs=1e-5)
    assert expanded_tails(10**7, level=0.99) == pytest.approx((0.5, 99.5), abs=1e-5)


def test_many_figures_at_once_are_those_one_by_one():
    drawn = np.random.default_rng(3).exponential(size=(500, 4, 3))
    points = drawn.mean(axis=0)
    low, high = interval_ends(points, drawn, 12)
    for place in np.ndindex(4, 3):
        alone = bootstrap_interval(points[place], drawn[:, *place], 12)
        assert alone == pytest.approx((low[place], high[place]))


def test_nothing_to_draw_from_has_no_interval():
    assert bootstrap_interval(1.0, [1.0, 2.0], 1) is None
    assert bootstrap_interval(1.0, [], 5) is None
    many = np.ones(1000)
    many[:51] = np.nan
    assert bootstrap_interval(1.0, many, 5) is None
    many[:1] = 1.0
    assert bootstrap_interval(1.0, many, 5) == (1.0, 1.0)


def test_shares_have_wilsons_interval_at_any_level():
    for level in (0.9, 0.99):
        low, high = wilson([0.0, 0.25, 1.0], [8, 8, 8], level=level)
        for place, hits in enumerate((0, 2, 8)):
            expected = stats.binomtest(hits, 8).proportion_ci(level, method="wilson")
            assert (low[place], high[place]) == pytest.approx((expected.low, expected.high))
