"""Bins of RMSE(bins): edges, and cells that are equal exactly where all three names are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.evaluation.bins import cells, elapsed_bins, lapse_bins, review_index_bins


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
