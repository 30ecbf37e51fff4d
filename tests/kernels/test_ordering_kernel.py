from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from repetita.kernels import ordering
from repetita.kernels.ordering import marked_before, order_of, places_of, sortable


def check(values: np.ndarray) -> None:
    expected = np.argsort(values, kind="stable")
    assert sortable(values)
    assert np.array_equal(order_of(values), expected)
    assert np.array_equal(places_of(values)[expected], np.arange(len(values)))


@settings(deadline=None)
@given(hnp.arrays(np.int64, st.integers(0, 40), elements=st.integers(-(2**55), 2**55)))
def test_same_as_numpys_stable_sort(values: np.ndarray) -> None:
    check(values)


@settings(deadline=None)
@given(hnp.arrays(np.int64, st.integers(0, 40), elements=st.integers(0, 2**62)))
def test_many_small_parts_and_portions(values: np.ndarray) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "PART", 3)
        patch.setattr(ordering, "PORTION", 5)
        if sortable(values):
            check(values)


@pytest.mark.parametrize("bits", [0, 1, 8, 9, 16, 40, 47])
@pytest.mark.parametrize("lowest", [-(2**63), 0])
def test_many_numbers(bits: int, lowest: int) -> None:
    check(np.random.default_rng(bits).integers(0, 2**bits, 60_000, endpoint=True) + np.int64(lowest))


def test_one_far_number_among_close_ones() -> None:
    values = np.random.default_rng(0).integers(0, 1000, 100_000)
    values[777] = 2**44
    check(values)


def test_numbers_too_far_apart_for_their_count() -> None:
    assert not sortable(np.array([-(2**63), 5, 2**63 - 1]))


def test_what_is_read_only_can_be_ordered() -> None:
    values = np.array([3, 1, 2])
    values.flags.writeable = False
    assert order_of(values).tolist() == [1, 2, 0]


@settings(deadline=None)
@given(st.permutations(range(150)), st.integers(0, 2**150 - 1))
def test_marked_rows_with_an_earlier_place(places: list[int], bits: int) -> None:
    marked = np.array([bool(bits >> i & 1) for i in range(150)])
    found = marked_before(np.array(places), marked)
    assert found.tolist() == [sum(marked[j] and places[j] < place for j in range(150)) for place in places]
