"""Forward splits: sizes, order, and no look into the future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from repetita.errors import NoReviews, UsageError
from repetita.evaluation.splits import forward_folds, time_series_split
from repetita.reviews import ReviewLog


@pytest.mark.golden
def test_golden_splits(golden):
    columns = golden("metrics", "time_series_split_columns")
    assert columns == ["train_start", "train_end", "test_start", "test_end"]
    for case in golden("metrics", "time_series_split"):
        assert [list(split) for split in time_series_split(case["n"])] == case["splits"]


@given(st.integers(2, 300), st.integers(2, 10))
def test_agrees_with_scikit_learn(n, folds):
    if n <= folds:
        with pytest.raises(NoReviews):
            time_series_split(n, folds)
        return
    theirs = list(TimeSeriesSplit(folds).split(np.arange(n)))
    for split, (train, test) in zip(time_series_split(n, folds), theirs, strict=True):
        assert (split.train_end, split.test_start, split.test_end) == (len(train), test[0], test[-1] + 1)


@pytest.mark.parametrize("folds", [0, -1, 2.5, True, "5"])
def test_folds_must_be_a_count(folds):
    with pytest.raises(UsageError, match="folds"):
        time_series_split(100, folds)


def test_too_few_reviews_say_what_to_do():
    log = ReviewLog.from_histories([[(0, 3), (1, 3), (2, 3)]])
    with pytest.raises(NoReviews, match=r"2 scored reviews .* at least 6 .*pass model"):
        forward_folds(log)


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(deadline=None, max_examples=40)
def test_folds_of_a_log(seed, folds):
    random = np.random.default_rng(seed)
    n = 150
    # coarse times on purpose: many ties
    times = np.sort(random.integers(0, 40, n)) * 43_200_000
    log = ReviewLog.from_arrays(
        card_id=random.integers(0, 15, n), rating=random.integers(1, 5, n), review_time_ms=times
    )
    rank = np.empty(n, dtype=int)
    rank[log.time_order] = np.arange(n)
    made = forward_folds(log, folds)
    tested = np.concatenate([fold.test_rows for fold in made])
    scored = log.time_order[log.scored[log.time_order]]
    np.testing.assert_array_equal(tested, scored[-tested.size :])
    assert tested.size == folds * (scored.size // (folds + 1))
    for fold in made:
        start = rank[fold.test_rows[0]]
        np.testing.assert_array_equal(fold.train_rows, rank < start)
        assert log.review_times_ms[fold.train_rows].max() <= log.review_times_ms[fold.test_rows].min()
        # every card's training rows are a beginning of its history
        for begin, end in zip(log.offsets[:-1], log.offsets[1:], strict=True):
            part = fold.train_rows[begin:end].astype(int)
            assert (np.diff(part) <= 0).all()


def test_train_rows_hold_first_and_same_day_reviews(log):
    fold = forward_folds(log)[-1]
    train = log.take(fold.train_rows)
    assert (train.elapsed_days[~train.first] == 0).any()
    assert train.first.sum() == train.cards
    assert len(train) + fold.test_rows.size <= len(log)
