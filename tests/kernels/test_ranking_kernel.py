"""Sorted words, beside NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.kernels.ranking import ascending


@pytest.mark.parametrize("size", [0, 1, 2, 1000])
@pytest.mark.parametrize("bits", [0, 1, 11, 12, 40, 64])
def test_words_of_any_width_come_in_order(size, bits):
    random = np.random.default_rng(bits)
    keys = random.integers(0, 2**64 - 1, size, dtype=np.uint64, endpoint=True)
    keys = keys >> np.uint64(64 - bits) if bits else np.zeros_like(keys)
    before = keys.copy()
    assert np.array_equal(ascending(keys), np.sort(before))
    assert np.array_equal(keys, before)
