"""Orders of integer arrays in linear time, and sums over the rows that a selection leaves out."""

from __future__ import annotations

import sys
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.int32, np.int64, np.float64)

DIGIT_BITS = 16
MANY = 1 << 18


def stable_order(values: NDArray[Any]) -> NDArray[np.int64]:
    """Row indices that sort integers, equal ones in input order; (nearly) linear in the rows.

    Numpy sorts 16-bit integers by counting, so longer ones go digit by digit, lowest first; as many passes as
    the range of the values needs. Where that jumps about in more memory than a cache holds, value and row
    number are sorted as one integer instead, by a compiled kernel where kernels are in use anyway.

    Args:
        values: Shape (n,), any integer type.

    Example:
        >>> stable_order(np.array([30, 10, 20, 10])).tolist()
        [1, 3, 2, 0]
    """
    if len(values) < 2 or bool(np.all(values[1:] >= values[:-1])):
        return np.arange(len(values), dtype=np.int64)
    # unsigned arithmetic wraps, so the distance from the minimum is right over the whole int64 range
    distance = np.asarray(values, dtype=np.int64).view(np.uint64) - np.int64(values.min()).view(np.uint64)
    widest = int(distance.max())
    row_bits = (len(values) - 1).bit_length()
    if len(values) >= MANY and DIGIT_BITS < widest.bit_length() <= 64 - row_bits:
        distance <<= np.uint64(row_bits)
        distance |= np.arange(len(values), dtype=np.uint64)
        distance = _sorted(distance, row_bits)
        distance &= np.uint64((1 << row_bits) - 1)
        return distance.view(np.int64)
    order = np.argsort(distance.astype(np.uint16), kind="stable")
    shift = DIGIT_BITS
    while widest >> shift:
        digit = (distance >> np.uint64(shift)).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
        shift += DIGIT_BITS
    return order


def _sorted(keys: NDArray[np.uint64], row_bits: int) -> NDArray[np.uint64]:
    """The keys, which are all different, in order; they may be overwritten."""
    if "numba" in sys.modules:  # loading it takes longer than this can save
        from repetita.kernels.ordering import sorted_by_upper_bits

        return sorted_by_upper_bits(keys, row_bits)
    keys.sort()
    return keys


def inverse_order(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The permutation that undoes another one.

    Example:
        >>> inverse_order(np.array([2, 0, 1])).tolist()
        [1, 2, 0]
    """
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order), dtype=np.int64)
    return inverse


def sums_since_kept(values: NDArray[Number], kept: NDArray[np.int64]) -> NDArray[Number]:
    """For each kept row, the sum of the values after the kept row before it, its own included.

    Args:
        values: Shape (n,).
        kept: Row indices, increasing.

    Example:
        >>> sums_since_kept(np.array([1, 10, 100, 1000]), np.array([1, 3])).tolist()
        [11, 1100]
    """
    if not len(kept):
        return values[:0].copy()
    starts = np.concatenate(([0], kept[:-1] + 1))
    sums: NDArray[Number] = np.add.reduceat(values[: kept[-1] + 1], starts, dtype=values.dtype)
    return sums
