from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from repetita.reviews.ordering import (
    MANY,
    increasing,
    inverse_order,
    marked_before,
    stable_order,
    stable_places,
    sums_since_kept,
)

INT64 = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3), st.integers(0, 2**34))


@given(hnp.arrays(np.int64, st.integers(0, 50), elements=INT64))
def test_same_as_numpys_stable_sort(values: np.ndarray) -> None:
    assert stable_order(values).tolist() == np.argsort(values, kind="stable").tolist()


@pytest.mark.parametrize("compiled", [True, False])
def test_many_rows(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if compiled:
        import numba  # noqa: F401
    else:
        monkeypatch.delitem(sys.modules, "numba", raising=False)
    for span in (2**5, 2**20, 2**40, 2**60):
        values = np.random.default_rng(0).integers(-span, span, MANY + 5)
        values[7:99] = values[3]
        order = np.argsort(values, kind="stable")
        assert np.array_equal(stable_order(values), order)
        places = stable_places(values)
        assert np.array_equal(places[order], np.arange(len(values)))
        marked = values % 3 == 0
        assert np.array_equal(marked_before(places, marked)[order], np.cumsum(marked[order]) - marked[order])


@given(hnp.arrays(np.int64, st.integers(0, 50), elements=INT64))
def test_places_are_where_the_order_has_put_the_rows(values: np.ndarray) -> None:
    assert stable_places(values)[stable_order(values)].tolist() == list(range(len(values)))


@given(st.lists(st.integers(0, 3), max_size=6))
def test_increasing(values: list[int]) -> None:
    assert increasing(np.array(values, dtype=np.int64)) == (values == sorted(values))
    assert not increasing(np.array([*range(5000), 4998]))


@given(st.permutations(range(12)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_marked_rows_with_an_earlier_place(places: list[int], marks: list[bool]) -> None:
    found = marked_before(np.array(places), np.array(marks))
    assert found.tolist() == [sum(marks[j] and places[j] < place for j in range(12)) for place in places]


@given(st.permutations(range(12)))
def test_inverse(order: list[int]) -> None:
    values = np.arange(12)
    permutation = np.array(order)
    assert values[permutation][inverse_order(permutation)].tolist() == values.tolist()


@given(st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=30))
def test_sums_bridge_what_is_left_out(rows: list[tuple[int, bool]]) -> None:
    values = np.array([value for value, _ in rows], dtype=np.int32)
    kept = np.flatnonzero([keep for _, keep in rows])
    expected, waiting = [], 0
    for value, keep in rows:
        waiting += value
        if keep:
            expected.append(waiting)
            waiting = 0
    found = sums_since_kept(values, kept)
    assert found.tolist() == expected
    assert found.dtype == np.int32
