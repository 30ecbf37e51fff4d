import numpy as np
import pytest

from repetita.errors import UnknownName, UsageError
from repetita.fitting.weights import SCHEMES, recency_weights
from repetita.reviews import ReviewLog

DAY = 86_400_000


def two_cards():
    """Scored reviews, in time: row 1 (day 2), row 5 (day 3), row 2 (day 9), row 6 (day 12)."""
    return ReviewLog.from_arrays(
        card_id=[1, 1, 1, 2, 2, 2, 2],
        rating=[3] * 7,
        review_time_ms=[DAY, 2 * DAY, 9 * DAY, DAY, DAY + 1000, 3 * DAY, 12 * DAY],
    )


@pytest.mark.golden
@pytest.mark.parametrize(
    ("scheme", "column"),
    [
        ("cubic", "weights"),
        ("fsrs7", "weights_fsrs7"),
        ("logistic_regression", "weights_logistic_regression"),
    ],
)
def test_schemes_of_the_reference_trainers(golden, scheme, column):
    for case in golden("metrics", "recency_weights"):
        history = [(0, 3), *[(1, 3)] * case["n"]]
        weights = recency_weights(ReviewLog.from_histories([history]), scheme)
        np.testing.assert_allclose(weights[1:], case[column], rtol=1e-9)


def test_half_life_counts_the_scored_reviews_that_came_later():
    log = two_cards()
    in_time = [1, 5, 2, 6]
    expected = np.zeros(7)
    expected[in_time] = 0.5 ** (np.array([3.0, 2.0, 1.0, 0.0]) / 2.0)
    np.testing.assert_allclose(recency_weights(log, 2), expected)
    np.testing.assert_allclose(recency_weights(log, np.float64(2.0)), expected)


def test_uniform_and_targets():
    log = two_cards()
    assert recency_weights(log, "uniform").tolist() == [0, 1, 1, 0, 0, 1, 1]
    only = log.scored & np.array([True] * 3 + [False] * 4)
    assert recency_weights(log, 1, targets=only).tolist() == [0, 0.5, 1, 0, 0, 0, 0]


def test_given_weights_count_on_scored_rows_only():
    given = np.arange(1.0, 8.0)
    assert recency_weights(two_cards(), given).tolist() == [0, 2, 3, 0, 0, 6, 7]
    assert given[0] == 1.0, "the caller's array is left alone"
    unscored_nan = [np.nan, 1, 1, np.nan, np.nan, 1, 1]
    assert recency_weights(two_cards(), unscored_nan).tolist() == [0, 1, 1, 0, 0, 1, 1]


def test_what_is_forgotten_weighs_exactly_nothing():
    log = ReviewLog.from_histories([[(0, 3), *[(1, 3)] * 200]])
    weights = recency_weights(log, 1)
    assert weights[-1] == 1.0
    assert np.count_nonzero(weights) == 61
    assert weights[weights > 0].min() == 2.0**-60


def test_no_reviews_no_weights():
    log = ReviewLog.from_histories([[(0, 3)]])
    for weights in (8000, *SCHEMES, [1.0]):
        assert recency_weights(log, weights).tolist() == [0.0]


@pytest.mark.parametrize("weights", [0, -5, float("nan"), float("inf"), True])
def test_half_life_must_be_positive(weights):
    with pytest.raises(UsageError, match="half-life"):
        recency_weights(two_cards(), weights)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1.0], "one number a row"),
        ([-1.0] * 7, "at least 0"),
        ([np.nan] * 7, "finite"),
        (["x"] * 7, "numbers"),
    ],
)
def test_given_weights_must_fit(weights, said):
    with pytest.raises(UsageError, match=said):
        recency_weights(two_cards(), weights)


def test_unknown_weighting_suggests_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'cubic'"):
        recency_weights(two_cards(), "cubik")
