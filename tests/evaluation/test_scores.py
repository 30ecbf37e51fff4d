"""All measures of one predictor, and intervals around them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from repetita.evaluation import metrics
from repetita.evaluation.sample import Sample, all_scored
from repetita.evaluation.scores import MEASURES, Scores, difference
from repetita.memory_model import model
from repetita.reviews import ReviewLog, simulate_log


@pytest.fixture
def sample(log):
    return Sample(log, all_scored(log))


@pytest.fixture
def scores(sample, log):
    return Scores(sample, model("fsrs6").predict(log)[sample.rows])


def test_figures_are_those_of_the_measures(scores, sample, log):
    p, y, rows = scores.predictions, log.ratings[sample.rows] > 1, sample.rows
    for name in set(MEASURES) - {"rmse_bins"}:
        assert getattr(scores, name) == getattr(metrics, name)(p, y)
    columns = (log.elapsed_days[rows], log.review_index[rows], log.lapses[rows])
    assert scores.rmse_bins == pytest.approx(metrics.rmse_bins(p, y, *columns), rel=1e-12)
    assert scores.precision_recall == metrics.precision_recall(p, y)


def test_weights_count_in_log_loss_and_rmse_bins_only(scores, sample, log):
    weights = np.linspace(0.1, 2.0, len(sample))
    weighted = Scores(Sample(log, sample.rows, weights), scores.predictions)
    assert weighted.log_loss == pytest.approx(np.average(scores.losses, weights=weights))
    assert weighted.rmse_bins != scores.rmse_bins
    assert weighted.auc == scores.auc
    # a weight of 2 for everybody changes nothing, intervals with it
    doubled = Scores(Sample(log, sample.rows, np.full(len(sample), 2.0)), scores.predictions)
    assert doubled.rmse_bins == pytest.approx(scores.rmse_bins)
    for name, interval in scores.intervals.items():
        assert tuple(doubled.intervals[name]) == pytest.approx(tuple(interval), rel=1e-9)


def test_intervals_hold_the_figures(scores):
    assert set(scores.intervals) == {"log_loss", "rmse_bins", "auc", "mbe"}
    for name, interval in scores.intervals.items():
        assert interval.low < getattr(scores, name) < interval.high
        assert interval.by in ("cards", "days")


@pytest.mark.slow
def test_intervals_cover_the_spread_of_fresh_logs(truth):
    """The spread over logs of other learners with the same memory is what an interval speaks of."""
    names = ("log_loss", "auc", "mbe")
    found = {name: [] for name in names}
    widths = {name: [] for name in names}
    for seed in range(40):
        log = simulate_log(cards=120, days=300, model=truth, seed=seed)
        sample = Sample(log, all_scored(log))
        scores = Scores(sample, truth.predict(log)[sample.rows])
        for name in names:
            found[name].append(getattr(scores, name))
            widths[name].append(scores.intervals[name].high - scores.intervals[name].low)
    for name in names:
        expected = 2 * 1.96 * np.std(found[name])
        assert np.mean(widths[name]) == pytest.approx(expected, rel=0.35)


def test_difference_is_paired(scores, sample, log, truth):
    other = Scores(sample, truth.predict(log)[sample.rows])
    gap, interval = difference(other, scores)
    assert gap == pytest.approx(other.log_loss - scores.log_loss)
    assert interval.low < gap < interval.high < 0.0
    # far narrower than the two intervals it comes from
    assert interval.high - interval.low < 0.7 * (
        scores.intervals["log_loss"].high - scores.intervals["log_loss"].low
    )
    nothing, around = difference(scores, scores)
    assert (nothing, tuple(around)) == (0.0, (0.0, 0.0))


def test_undefined_is_none(truth):
    log = ReviewLog.from_histories([[(0, 3), (2, 3)]])
    sample = Sample(log, all_scored(log))
    scores = Scores(sample, truth.predict(log)[sample.rows])
    assert scores.auc is None
    assert set(scores.intervals.values()) == {None}
    assert json.loads(json.dumps(scores.to_dict(), allow_nan=False))["auc"] is None


def test_repr_is_short(scores):
    assert repr(scores).startswith("Scores(log_loss=0.")
    assert len(repr(scores)) < 80
