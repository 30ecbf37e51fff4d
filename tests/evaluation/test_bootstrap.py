"""Resampling of clusters: right spread, same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.evaluation.bootstrap import MOST_GROUPS, Interval, numbered, resample, widest


def mean_interval(values, ids, seed=(0,)):
    draws = resample(ids, by="cards", seed=seed)

    def replicates(drawn):
        total, count = drawn.sums(values, None).T
        return total / count

    return widest([draws], float(values.mean()), replicates)


def test_spread_of_independent_reviews():
    random = np.random.default_rng(0)
    values = random.normal(size=900)
    interval = mean_interval(values, np.arange(900))
    expected = 2 * 1.96 * values.std() / 30
    assert interval.high - interval.low == pytest.approx(expected, rel=0.1)
    assert values.mean() in interval


def test_spread_of_whole_clusters_is_wider():
    random = np.random.default_rng(0)
    ids = np.repeat(np.arange(100), 9)
    values = np.repeat(random.normal(size=100), 9)
    interval = mean_interval(values, ids)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * values.std() / 10, rel=0.15)


def test_throwing_many_clusters_together_keeps_the_spread():
    random = np.random.default_rng(0)
    n = 40 * MOST_GROUPS
    values = random.normal(size=n)
    draws = resample(np.arange(n), by="cards", seed=(0,))
    assert draws.groups == MOST_GROUPS
    interval = mean_interval(values, np.arange(n))
    expected = 2 * 1.96 * values.std() / np.sqrt(n)
    assert interval.high - interval.low == pytest.approx(expected, rel=0.12)


def test_same_seed_same_interval():
    values, ids = np.arange(50.0), np.arange(50) % 20
    assert mean_interval(values, ids) == mean_interval(values, ids)
    assert mean_interval(values, ids) != mean_interval(values, ids, seed=(1,))


def test_one_cluster_cannot_be_resampled():
    assert resample(np.array([4, 4, 4]), by="days", seed=(0,)) is None
    assert widest([], 0.5, lambda draws: np.zeros(1)) is None


def test_widest_wins_and_bias_is_taken_off():
    narrow = resample(np.arange(400), by="cards", seed=(0,))
    wide = resample(np.arange(400) // 40, by="days", seed=(0,))
    values = np.repeat(np.arange(10.0), 40)

    def replicates(drawn):
        total, count = drawn.sums(values, None).T
        return total / count + 7.0

    interval = widest([narrow, wide], 4.5, replicates)
    assert interval.by == "days"
    assert interval.low < 4.5 < interval.high < 8.0


def test_numbered_counts_and_sorts_alike():
    random = np.random.default_rng(0)
    ids = random.integers(-50, 50, 300)
    values, expected = np.unique(ids, return_inverse=True)
    for factor in (1, 10**9):
        count, dense = numbered(ids * factor)
        assert count == values.size
        np.testing.assert_array_equal(dense, expected)


def test_interval_reads_well():
    interval = Interval(0.1, 0.25, "cards")
    assert f"{interval:.2f}" == "[0.10, 0.25]"
    assert tuple(interval) == (0.1, 0.25)
    assert 0.3 not in interval
    assert interval.to_dict() == {"low": 0.1, "high": 0.25, "resampled": "cards", "level": 0.95}
