"""Measures: reference figures, a second implementation, and inputs that make no sense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as second

from repetita.errors import NoReviews, UsageError
from repetita.evaluation import metrics

TOLERANCE = 1e-9
ALL = [
    *(metrics.auc, metrics.ici, metrics.log_loss, metrics.mbe, metrics.placements),
    *(metrics.precision_recall, metrics.rmse, metrics.smece),
]


@pytest.fixture
def cases(golden):
    return golden("metrics", "cases").values()


def columns(case):
    days, index, lapses, recalled, predicted = np.array(case["rows"], dtype=float).T
    return predicted, recalled, days, index.astype(int), lapses.astype(int)


def close(value, expected):
    if expected is None:
        assert value is None
    else:
        assert value == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.golden
@pytest.mark.parametrize("name", ["log_loss", "rmse", "mbe", "auc", "ici", "smece"])
def test_golden_figures(cases, name):
    for case in cases:
        predicted, recalled, *_ = columns(case)
        close(getattr(metrics, name)(predicted, recalled), case[name])


@pytest.mark.golden
def test_golden_rmse_bins_and_weights(cases):
    for case in cases:
        given_columns = columns(case)
        place = np.linspace(0.0, 1.0, len(case["rows"]))
        weights = 0.25 + 0.75 * place**3
        close(metrics.rmse_bins(*given_columns), case["rmse_bins"])
        close(metrics.rmse_bins(*given_columns, weights), case["rmse_bins_recency_weights_benchmark"])
        close(
            metrics.rmse_bins(*given_columns, weights, means="weighted"),
            case["rmse_bins_recency_weights_weighted_means"],
        )
        assert np.unique(metrics.cells(*given_columns[2:])).size == case["n_bins"]


@pytest.mark.golden
def test_golden_precision_and_recall(cases):
    for case in cases:
        predicted, recalled, *_ = columns(case)
        precision, recall = metrics.precision_recall(predicted, recalled)
        close(precision, case["precision_at_90"])
        close(recall, case["recall_at_90"])


@pytest.mark.golden
def test_golden_universal_metric(cases):
    for case in (case for case in cases if "universal_metric" in case):
        a, recalled, *_ = columns(case)
        b = case["second_predictor"]
        close(metrics.universal_metric(a, b, recalled), case["universal_metric"]["B_binned_by_A"])
        close(metrics.universal_metric(b, a, recalled), case["universal_metric"]["A_binned_by_B"])


pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(pairs)
@settings(deadline=None)
def test_agrees_with_scikit_learn(rows):
    predicted, recalled = (np.array(column) for column in zip(*rows, strict=True))
    expected = second.log_loss(recalled, predicted, labels=[False, True])
    assert metrics.log_loss(predicted, recalled) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    if recalled.any() and not recalled.all():
        expected = second.roc_auc_score(recalled, predicted)
        assert metrics.auc(predicted, recalled) == pytest.approx(expected, abs=1e-12)
    else:
        assert metrics.auc(predicted, recalled) is None


@given(pairs)
def test_placements_average_to_auc_on_both_sides(rows):
    predicted, recalled = (np.array(column) for column in zip(*rows, strict=True))
    if not recalled.any() or recalled.all():
        return
    placed = metrics.placements(predicted, recalled)
    area = metrics.auc(predicted, recalled)
    assert placed[~recalled].mean() == pytest.approx(area, abs=1e-12)


def test_weights_count_reviews():
    predicted, recalled = [0.9, 0.8, 0.7, 0.7], [1, 1, 0, 0]
    assert metrics.log_loss(predicted[:3], recalled[:3], [1, 1, 2]) == pytest.approx(
        metrics.log_loss(predicted, recalled)
    )
    cell = np.array([0, 0, 1, 1])
    assert metrics.rmse_of_cells(predicted[:3], recalled[:3], cell[:3], [1, 1, 2]) == pytest.approx(
        metrics.rmse_of_cells(predicted, recalled, cell)
    )


def test_a_cell_without_weight_does_not_count():
    value = metrics.rmse_of_cells([0.9, 0.1], [1, 1], np.array([0, 3]), [1.0, 0.0], means="weighted")
    assert value == pytest.approx(0.1)


def test_certain_and_wrong_is_finite():
    assert metrics.log_loss([1.0], [0]) == pytest.approx(-np.log(2.0**-52))


@pytest.mark.parametrize(
    ("predicted", "recalled", "said"),
    [
        ([0.5, np.nan], [1, 0], "nan at position 1"),
        ([1.5, 0.5], [1, 0], "1.5 at position 0"),
        ([0.5], [1, 0], "equal length"),
        (["sure"], [1], "must be numbers"),
        ([0.5], ["yes"], "must be numbers"),
    ],
)
@pytest.mark.parametrize("measure", ALL)
def test_senseless_predictions_are_refused(measure, predicted, recalled, said):
    with pytest.raises(UsageError, match=said):
        measure(predicted, recalled)


@pytest.mark.parametrize("measure", ALL)
def test_nothing_to_score(measure):
    with pytest.raises(NoReviews):
        measure([], [])


def test_cells_must_be_one_a_review():
    with pytest.raises(UsageError, match="cells have shape"):
        metrics.rmse_of_cells([0.5], [1], np.array([0, 1]))


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [np.inf, 1.0]])
def test_senseless_weights_are_refused(weights):
    with pytest.raises(UsageError, match="weights"):
        metrics.log_loss([0.5, 0.5], [1, 0], weights)
