from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from repetita.kernels.ordering import sorted_by_upper_bits


@settings(deadline=None)
@given(
    keys=hnp.arrays(np.uint64, st.integers(0, 40), elements=st.integers(0, 2**64 - 1)),
    low=st.integers(0, 63),
)
def test_same_as_numpys_stable_sort_of_the_upper_bits(keys: np.ndarray, low: int) -> None:
    expected = keys[np.argsort(keys >> np.uint64(low), kind="stable")]
    assert sorted_by_upper_bits(keys.copy(), low).tolist() == expected.tolist()


@pytest.mark.parametrize("bits", [0, 1, 8, 9, 16, 40])
def test_many_keys(bits: int) -> None:
    keys = np.random.default_rng(bits).integers(0, 2 ** (bits + 10), 50_000, dtype=np.uint64)
    expected = keys[np.argsort(keys >> np.uint64(10), kind="stable")]
    assert np.array_equal(sorted_by_upper_bits(keys.copy(), 10), expected)
