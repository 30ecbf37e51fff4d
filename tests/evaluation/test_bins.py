"""Bins of RMSE(bins): edges, and cells that are equal exactly where all three names are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.evaluation import bins
from repetita.evaluation.bins import cells, elapsed_bins, lapse_bins, log_cells, review_index_bins
from repetita.reviews import ReviewLog


@pytest.mark.golden
@pytest.mark.parametrize(
    ("table", "named"), [("delta_t", elapsed_bins), ("i", review_index_bins), ("lapse", lapse_bins)]
)
def test_bin_tables(golden, table, named):
    at, names = np.array(golden("metrics", "bin_tables", table)).T
    np.testing.assert_array_equal(named(at), names)


def test_powers_of_the_base_fall_above():
    assert elapsed_bins([3.62]).tolist() == [8.98]
    assert elapsed_bins([3.6199]).tolist() == [2.48]


whole = st.integers(0, 200_000)


@given(st.lists(st.tuples(whole, st.integers(1, 100_000), whole), min_size=2, max_size=40))
def test_cells_are_equal_where_names_are(triples):
    days, index, lapses = np.array(triples).T
    names = list(zip(elapsed_bins(days), review_index_bins(index), lapse_bins(lapses), strict=True))
    made = cells(days, index, lapses)
    assert ((made >= 0) & (made < 32_768)).all()
    for i in range(len(names)):
        for j in range(i):
            assert (made[i] == made[j]) == (names[i] == names[j])


@given(st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=2, max_size=20))
def test_cells_of_fractional_days(days):
    names, made = elapsed_bins(days), cells(days, np.full(len(days), 3), np.zeros(len(days), int))
    assert len(set(names.tolist())) == len(set(made.tolist()))


def test_whole_and_fractional_days_agree():
    days = np.concatenate([np.arange(5000), [70_000, 1_000_000]])
    index, lapses = np.full(days.size, 9), np.full(days.size, 2)
    np.testing.assert_array_equal(cells(days, index, lapses), cells(days.astype(float), index, lapses))


review = st.tuples(st.one_of(st.integers(0, 5), st.integers(0, 65_533)), st.integers(1, 4))


@settings(deadline=None)
@given(st.lists(st.lists(review, min_size=1, max_size=12), max_size=12), st.sampled_from(["days", "seconds"]))
def test_compiled_cells_of_a_log_are_the_same(histories, scoring):
    log = ReviewLog.from_histories(histories).scored_by(scoring)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bins, "MANY", 0)
        compiled = log_cells(log)
    expected = cells(log.elapsed_days, log.review_index, log.lapses)
    assert compiled[log.scored].tolist() == expected[log.scored].tolist()


def test_cells_of_a_log_with_far_reviews(monkeypatch):
    monkeypatch.setattr(bins, "MANY", 0)
    log = ReviewLog.from_histories([[(0, 3), (70_000, 3), (2, 1), (1_000_000, 3)]])
    expected = cells([70_000, 2, 1_000_000], [2, 3, 4], [0, 0, 1])
    assert log_cells(log)[1:].tolist() == expected.tolist()
